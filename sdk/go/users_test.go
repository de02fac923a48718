package alta_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	alta "example.com/alta/sdk/go"
)

const password = "SecurePass123!"

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// newAddress returns an unused address, so that tests can run more than once.
func newAddress() string { return strings.ToLower(rand.Text()) + "@example.com" }

// leave deletes the user of an example, so that the example can run again.
func leave(client *alta.Client, password string) {
	must(client.DeleteMe(context.Background(), alta.Deletion{Password: alta.Value(password)}))
}

// newSession signs a user up at the app door and returns the token of the session.
func newSession() string {
	anyone := must(alta.New(baseURL))
	return must(anyone.RegisterAppUser(context.Background(), alta.AppRegistration{
		Email: newAddress(), Password: password, FirstName: "John", LastName: "Doe", Currency: alta.Value("USD"),
	})).Token
}

// newDeveloper signs a user up at the API door. It returns a client with a session,
// and the address.
func newDeveloper() (client *alta.Client, email string) {
	email = newAddress()
	ctx := context.Background()
	anyone := must(alta.New(baseURL))
	invite := must(anyone.RedeemInvite(ctx, alta.InviteCode{Code: newInvite()}))
	must(anyone.RegisterDeveloper(ctx, alta.Registration{Email: email, Password: password, InviteToken: invite.InviteToken}))
	must(anyone.VerifyEmail(ctx, alta.OneTimeToken{Token: tokenMailedTo(email)}))
	session := must(anyone.LoginDeveloper(ctx, alta.Credentials{Email: email, Password: password}))
	return must(alta.New(baseURL, alta.WithToken(session.Token))), email
}

// newAPIKey signs a user up at the API door and returns a key with a balance of that
// many tokens.
func newAPIKey(tokens int64) string {
	ctx := context.Background()
	developer, email := newDeveloper()
	key := must(developer.CreateAPIKey(ctx, alta.NewAPIKey{Name: "ci"})).Key
	balance := must(developer.GetTokenBalance(ctx)).CurrentBalance
	server.run("tokens", "grant", email, fmt.Sprint(tokens-balance), "--reason", "a test of refusals")
	return key
}
