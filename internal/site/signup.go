package site

func (s *Site) signUpPages() {}
