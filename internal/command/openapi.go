package command

import (
	"fmt"
	"net/url"

	"example.com/alta/internal/collection"
	"example.com/alta/internal/docs"
	"example.com/alta/internal/stage"
)

type openapiCommand struct {
	Format    string `enum:"yaml,json,postman,http" default:"yaml" help:"The contract as yaml or json, or a collection of its requests: postman (a Postman collection) or http (an .http file)."`
	PublicURL string `help:"URL of the server that the contract names, and that the requests of a collection go to (default ${default})." default:"http://127.0.0.1:8080" placeholder:"URL"`
}

// Run prints the contract in the format.
func (c *openapiCommand) Run(env *Environment) error {
	text, err := c.render(env.Contract)
	if err == nil {
		_, err = env.Stdout.Write(text)
	}
	return err
}

func (c *openapiCommand) render(contract []byte) ([]byte, error) {
	server, err := parsePublicURL(c.PublicURL, "")
	if err != nil {
		return nil, fmt.Errorf("ALTA_PUBLIC_URL: %w", err)
	}
	cookies := stage.Cookies{Secure: server.Scheme == "https"}
	contract = docs.Server{URL: server.String(), SessionCookie: cookies.Name(stage.SessionCookie)}.Publish(contract)
	if c.Format == "yaml" {
		return contract, nil
	}
	book, err := docs.New(contract, "")
	if err != nil {
		return nil, err
	}
	return c.collect(book, server)
}

func (c *openapiCommand) collect(book *docs.Book, server *url.URL) ([]byte, error) {
	switch c.Format {
	case "postman":
		return collection.Postman(book, server.String())
	case "http":
		return collection.HTTPFile(book, server.String()), nil
	}
	return append(book.JSON(), '\n'), nil
}
