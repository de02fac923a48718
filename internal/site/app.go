package site

func (s *Site) appPages() {}
