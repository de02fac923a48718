package main

import (
	"encoding/json"
	"fmt"
	"sync/atomic"
)

const (
	password      = "SecurePass123!"
	wrongPassword = "WrongPass123!"
)

// addresses counts the addresses that newAddress has returned.
var addresses atomic.Int64

// newAddress returns an unused e-mail address.
func newAddress() string { return fmt.Sprintf("bench-%06d@example.com", addresses.Add(1)) }

// signUp signs a user up and returns the token of the first session.
func signUp(c *client, email string) (token string, err error) {
	body, err := c.post("/api/auth/register", map[string]string{
		"email": email, "password": password, "firstName": "John", "lastName": "Doe", "currency": "USD",
	}, 201)
	if err != nil {
		return "", err
	}
	var session struct{ Token string }
	if err := json.Unmarshal(body, &session); err != nil {
		return "", err
	}
	return session.Token, nil
}

// logIn logs in and expects the given status.
func logIn(c *client, email, password string, want int) error {
	_, err := c.post("/api/auth/login", map[string]string{"email": email, "password": password}, want)
	return err
}
