package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"
)

// client makes calls over one connection, one after the other. It is simpler than
// the client of net/http, which would use more processor time than the server on
// the same machine.
type client struct {
	ctx     context.Context // when it ends, the connection is closed
	address string
	conn    net.Conn // nil: the next call opens it
	reader  *bufio.Reader
	release func() bool
}

func newClient(ctx context.Context, address string) *client {
	return &client{ctx: ctx, address: address}
}

func (c *client) close() {
	if c.conn != nil {
		c.release()
		c.conn.Close()
		c.conn = nil
	}
}

func (c *client) open() error {
	conn, err := (&net.Dialer{Timeout: 10 * time.Second}).DialContext(c.ctx, "tcp", c.address)
	if err != nil {
		return err
	}
	c.conn, c.reader = conn, bufio.NewReader(conn)
	c.release = context.AfterFunc(c.ctx, func() { conn.Close() })
	return nil
}

// get makes a call with a session and returns the body of the response. A status
// other than the wanted one is an error.
func (c *client) get(path, token string, want int) ([]byte, error) {
	return c.call("GET "+path+" HTTP/1.1\r\nHost: "+c.address+"\r\nAuthorization: Bearer "+token+"\r\n\r\n", want)
}

// getByKey makes a call with an API key.
func (c *client) getByKey(path, key string, want int) ([]byte, error) {
	return c.call("GET "+path+" HTTP/1.1\r\nHost: "+c.address+"\r\nX-Api-Key: "+key+"\r\n\r\n", want)
}

// post sends a JSON object.
func (c *client) post(path string, body map[string]string, want int) ([]byte, error) {
	text, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	return c.postText(path, "", string(text), want)
}

// postText sends JSON, with a session if there is a token.
func (c *client) postText(path, token, body string, want int) ([]byte, error) {
	if token != "" {
		token = "Authorization: Bearer " + token + "\r\n"
	}
	head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n",
		path, c.address, token, len(body))
	return c.call(head+body, want)
}

func (c *client) call(request string, want int) ([]byte, error) {
	if c.conn == nil {
		if err := c.open(); err != nil {
			return nil, err
		}
	}
	status, body, err := c.exchange(request)
	if err != nil {
		c.close()
		return nil, err
	}
	if status != want {
		line, _, _ := strings.Cut(request, "\r\n")
		return nil, fmt.Errorf("%s: status %d, want %d: %.200s", line, status, want, body)
	}
	return body, nil
}

func (c *client) exchange(request string) (status int, body []byte, err error) {
	if _, err := io.WriteString(c.conn, request); err != nil {
		return 0, nil, err
	}
	response, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return 0, nil, err
	}
	if body, err = io.ReadAll(response.Body); err != nil {
		return 0, nil, err
	}
	if response.Close {
		c.close()
	}
	return response.StatusCode, body, nil
}
