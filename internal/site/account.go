package site

func (s *Site) accountPages() {}
