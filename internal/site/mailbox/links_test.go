package mailbox

import (
	"reflect"
	"testing"
)

func TestOpenInTop(t *testing.T) {
	const base = `<base target="_top">`
	for _, test := range []struct{ before, after string }{
		{"", ""},
		{"", "<p>x"},
		{"<!DOCTYPE html>\n", "<p>x<head>"},
		{"<!doctype html>\n<html>\n", "<body>"},
		{"<HTML lang=en><HEAD class=a>", "<title>x"},
		{"\n<head>", "<base target=_self>"},
		{"<html>", "<header>x</header>"},
	} {
		if got, want := openInTop(test.before+test.after), test.before+base+test.after; got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestFindLinks(t *testing.T) {
	for text, want := range map[string][]piece{
		"":                         {{"", false}},
		"no link":                  {{"no link", false}},
		"http://a/b.":              {{"", false}, {"http://a/b", true}, {".", false}},
		"(see https://a/?x=1&y=2)": {{"(see ", false}, {"https://a/?x=1&y=2", true}, {")", false}},
		"<http://a> http://b":      {{"<", false}, {"http://a", true}, {"> ", false}, {"http://b", true}, {"", false}},
		"ftp://a javascript:b":     {{"ftp://a javascript:b", false}},
	} {
		if got := findLinks(text); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %v, want %v", text, got, want)
		}
	}
}

func TestIsName(t *testing.T) {
	for _, name := range []string{"", ".", "..", "a/b"} {
		if isName(name) {
			t.Errorf("%q is taken for a name", name)
		}
	}
}

func TestTextsAreWhole(t *testing.T) {
	for language, words := range texts {
		for i, v := 0, reflect.ValueOf(*words); i < v.NumField(); i++ {
			if v.Field(i).String() == "" {
				t.Errorf("%s lacks %s", language, v.Type().Field(i).Name)
			}
		}
	}
}
