package site

func (s *Site) docsPages() {}
