package command

import (
	"example.com/alta/internal/collection"
	"example.com/alta/internal/docs"
)

type openapiCommand struct {
	Format string `enum:"yaml,json,postman,http" default:"yaml" help:"The contract as yaml or json, or a collection of its requests: postman (a Postman collection) or http (an .http file)."`
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
	if c.Format == "yaml" {
		return contract, nil
	}
	book, err := docs.New(contract, "")
	if err != nil {
		return nil, err
	}
	switch c.Format {
	case "postman":
		return collection.Postman(book)
	case "http":
		return collection.HTTPFile(book), nil
	}
	return append(book.JSON(), '\n'), nil
}
