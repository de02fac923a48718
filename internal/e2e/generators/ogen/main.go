// Command generated does what people do with a new account, by the client that ogen
// makes from the contract.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/google/uuid"
	"github.com/ogen-go/ogen/ogenerrors"

	"example.com/alta/generated/client"
)

// credential has a session, or else an API key.
type credential struct{ token, key string }

func (c credential) BearerAuth(context.Context, client.OperationName) (client.BearerAuth, error) {
	return client.BearerAuth{Token: c.token}, skipUnless(c.token)
}

func (c credential) ApiKey(context.Context, client.OperationName) (client.ApiKey, error) {
	return client.ApiKey{APIKey: c.key}, skipUnless(c.key)
}

func (credential) ApiKeyQuery(context.Context, client.OperationName) (client.ApiKeyQuery, error) {
	return client.ApiKeyQuery{}, ogenerrors.ErrSkipClientSecurity
}

func (credential) SessionCookie(context.Context, client.OperationName) (client.SessionCookie, error) {
	return client.SessionCookie{}, ogenerrors.ErrSkipClientSecurity
}

func (credential) Operator(context.Context, client.OperationName) (client.Operator, error) {
	return client.Operator{}, ogenerrors.ErrSkipClientSecurity
}

func skipUnless(secret string) error {
	if secret == "" {
		return ogenerrors.ErrSkipClientSecurity
	}
	return nil
}

func main() {
	log.SetFlags(0)
	if err := walk(context.Background(), os.Getenv("ALTA_URL"), os.Getenv("ALTA_KEY")); err != nil {
		log.Fatal(err)
	}
}

// walk signs up, logs in, and calls as a person and by key.
func walk(ctx context.Context, url, key string) error {
	const email, password = "ogen@example.com", "SecurePass123!"
	anyone := connect(url, credential{})
	registered, err := answer[*client.RegisterAppUserCreatedHeaders](anyone.RegisterAppUser(ctx, &client.AppRegistration{
		Email: email, Password: password, FirstName: "Ada", LastName: "Lovelace",
	}, client.RegisterAppUserParams{}))
	if err != nil || registered.Response.User.Email != email {
		return fmt.Errorf("registered: %+v, %w", registered, err)
	}
	session, err := answer[*client.AppSessionHeaders](anyone.LoginAppUser(ctx, &client.AppCredentials{Email: email, Password: password}))
	if err != nil {
		return err
	}
	if err := keepBooks(ctx, connect(url, credential{token: session.Response.Token})); err != nil {
		return err
	}
	billed, err := answer[*client.SandboxHeaders](connect(url, credential{key: key}).GetSandbox(ctx, client.GetSandboxParams{}))
	if err != nil || billed.Response.AuthMethod != client.SandboxAuthMethodAPIKey || !billed.XTokenCost.Set {
		return fmt.Errorf("by key: %+v, %w", billed, err)
	}
	return nil
}

func connect(url string, c credential) *client.Client {
	connected, err := client.NewClient(url, c)
	if err != nil {
		log.Fatal(err)
	}
	return connected
}

// answer returns the answer if it is of the type.
func answer[T any](got any, err error) (T, error) {
	wanted, ok := got.(T)
	if err == nil && !ok {
		err = fmt.Errorf("got %T %+v, want %T", got, got, wanted)
	}
	return wanted, err
}

// keepBooks changes an account, records a transaction, is refused twice, and exports.
func keepBooks(ctx context.Context, owner *client.Client) error {
	accounts, err := answer[*client.ListAccountsOKHeaders](owner.ListAccounts(ctx, client.ListAccountsParams{}))
	if err != nil {
		return err
	}
	wallet := accounts.Response[0]
	if _, err := answer[*client.AccountHeaders](owner.UpdateAccount(ctx, &client.AccountUpdate{
		Name: client.NewOptNilString("Cash"),
	}, client.UpdateAccountParams{ID: wallet.ID})); err != nil {
		return err
	}
	income := client.NewTransaction{
		Type: client.TransactionTypeINCOME, Amount: 25.5, AccountId: wallet.ID, Description: client.NewOptNilString("Salary"),
	}
	made, err := answer[*client.TransactionHeaders](owner.CreateTransaction(ctx, &income, client.CreateTransactionParams{}))
	if err != nil || made.Response.Amount != 25.5 || !made.Response.Category.Null {
		return fmt.Errorf("recorded: %+v, %w", made, err)
	}
	if _, err := answer[*client.TransactionHeaders](owner.GetTransaction(ctx, client.GetTransactionParams{ID: made.Response.ID})); err != nil {
		return err
	}
	nothing := income
	nothing.Amount = 0.001
	refused, err := answer[*client.CreateTransactionBadRequest](owner.CreateTransaction(ctx, &nothing, client.CreateTransactionParams{}))
	if err != nil || refused.AltaError != client.ErrorCodeInvalidRequest || refused.Response.StatusCode != 400 {
		return fmt.Errorf("refused: %+v, %w", refused, err)
	}
	unknown := client.GetTransactionParams{ID: uuid.MustParse("00000000-0000-4000-8000-000000000000")}
	if _, err := answer[*client.AppTransactionNotFoundHeaders](owner.GetTransaction(ctx, unknown)); err != nil {
		return err
	}
	file, err := answer[*client.ExportCSVOKHeaders](owner.ExportCSV(ctx, client.ExportCSVParams{}))
	if err != nil {
		return err
	}
	csv, err := io.ReadAll(file.Response.Data)
	if err != nil || !strings.Contains(string(csv), "Salary") {
		return fmt.Errorf("the CSV: %q, %w", csv, err)
	}
	return nil
}
