package alta_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"strings"

	alta "example.com/alta/sdk/go"
)

// Signs a user up at the app door and deposits money.
func Example() {
	ctx := context.Background()
	anyone, err := alta.New(baseURL)
	if err != nil {
		log.Fatal(err)
	}
	session, err := anyone.RegisterAppUser(ctx, alta.AppRegistration{
		Email: "john.doe@example.com", Password: "SecurePass123!", FirstName: "John", LastName: "Doe", Currency: alta.Value("USD"),
	})
	if err != nil {
		log.Fatal(err)
	}
	client, err := alta.New(baseURL, alta.WithToken(session.Token))
	if err != nil {
		log.Fatal(err)
	}
	defer leave(client, "SecurePass123!")
	account, err := client.CreateAccount(ctx, alta.NewAccount{Name: "Vacaciones", Type: "SAVINGS", Currency: "USD"})
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.DepositIntoAccount(ctx, account.ID, alta.Deposit{Amount: "500.75"})
	if err != nil {
		log.Fatal(err)
	}
	accounts, err := client.ListAccounts(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, account := range accounts {
		fmt.Println(account.Name, account.Balance, account.Currency)
	}
	// Output:
	// Efectivo / Billetera 0 USD
	// Vacaciones 500.75 USD
}

// Signs a developer up with an invite and creates an API key.
func ExampleClient_RegisterDeveloper() {
	ctx := context.Background()
	anyone, err := alta.New(baseURL)
	if err != nil {
		log.Fatal(err)
	}
	invite, err := anyone.RedeemInvite(ctx, alta.InviteCode{Code: newInvite()})
	if err != nil {
		log.Fatal(err)
	}
	_, err = anyone.RegisterDeveloper(ctx, alta.Registration{
		Email: "user@example.com", Password: "correct horse battery staple", InviteToken: invite.InviteToken,
	})
	if err != nil {
		log.Fatal(err)
	}
	_, err = anyone.VerifyEmail(ctx, alta.OneTimeToken{Token: tokenMailedTo("user@example.com")})
	if err != nil {
		log.Fatal(err)
	}
	session, err := anyone.LoginDeveloper(ctx, alta.Credentials{Email: "user@example.com", Password: "correct horse battery staple"})
	if err != nil {
		log.Fatal(err)
	}
	developer, err := alta.New(baseURL, alta.WithToken(session.Token))
	if err != nil {
		log.Fatal(err)
	}
	defer leave(developer, "correct horse battery staple")
	key, err := developer.CreateAPIKey(ctx, alta.NewAPIKey{Name: "ci"})
	if err != nil {
		log.Fatal(err)
	}
	program, err := alta.New(baseURL, alta.WithAPIKey(key.Key))
	if err != nil {
		log.Fatal(err)
	}
	var metadata alta.Metadata
	answer, err := program.GetSandbox(ctx, alta.WithMetadata(&metadata))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer.Message, "cost", *metadata.TokenCost, "and left", *metadata.TokenBalance)
	// Output:
	// sandbox response cost 10 and left 1990
}

// A refusal says which kind it is, and which rules were broken.
func ExampleError() {
	client, err := alta.New(baseURL)
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.RegisterAppUser(context.Background(), alta.AppRegistration{
		Email: "nobody", Password: "short", FirstName: "John", LastName: "Doe",
	})
	var refused *alta.Error
	if errors.As(err, &refused) {
		fmt.Println(refused.Status)
		for _, field := range refused.Fields {
			fmt.Println(field.Message)
		}
	}
	_, err = client.RedeemInvite(context.Background(), alta.InviteCode{Code: "AAAAA-AAAAA-AAAAA-AAAAA"})
	if errors.As(err, &refused) && refused.Code == alta.ErrorCodeInviteUnknown {
		fmt.Println(refused.Message)
	}
	// Output:
	// 400
	// email must be an email
	// La contraseña debe tener al menos 8 caracteres
	// Invalid invite code
}

// A call by key that costs more than there is takes nothing.
func ExampleInsufficientTokensError() {
	client, err := alta.New(baseURL, alta.WithAPIKey(newAPIKey(3)))
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.GetDashboard(context.Background(), alta.GetDashboardParams{})
	var short *alta.InsufficientTokensError
	if errors.As(err, &short) {
		fmt.Println("it costs", short.RequiredCost, "and there are", short.CurrentBalance)
		fmt.Println("more at", strings.TrimPrefix(short.UpgradeURL, baseURL))
	}
	// Output:
	// it costs 5 and there are 3
	// more at /pricing
}

// A call that is made again under the same key, by another process even, is
// not done again.
func ExampleWithIdempotencyKey() {
	ctx := context.Background()
	client, err := alta.New(baseURL, alta.WithToken(newSession()))
	if err != nil {
		log.Fatal(err)
	}
	for range 2 {
		_, err := client.CreateAccount(ctx, alta.NewAccount{Name: "Ahorros", Type: "SAVINGS", Currency: "EUR"}, alta.WithIdempotencyKey("order-4711"))
		if err != nil {
			log.Fatal(err)
		}
	}
	accounts, err := client.ListAccounts(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(accounts), "accounts: the wallet that everybody has, and the savings")
	// Output:
	// 2 accounts: the wallet that everybody has, and the savings
}

// A download comes with the name that the server proposes.
func ExampleClient_ExportCSV() {
	client, err := alta.New(baseURL, alta.WithToken(newSession()))
	if err != nil {
		log.Fatal(err)
	}
	file, err := client.ExportCSV(context.Background(), alta.ExportCSVParams{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(file.ContentType, strings.HasSuffix(file.Name, ".csv"), len(file.Body) > 0)
	// Output:
	// text/csv true true
}

// Null and absent are two things: one removes a value, the other leaves it.
func ExampleNull() {
	ctx := context.Background()
	client, err := alta.New(baseURL, alta.WithToken(newSession()))
	if err != nil {
		log.Fatal(err)
	}
	account, err := client.CreateAccount(ctx, alta.NewAccount{
		Name: "Viaje", Type: "SAVINGS", Currency: "EUR", TargetDate: alta.Value("2030-01-15"), Icon: alta.Value("plane"),
	})
	if err != nil {
		log.Fatal(err)
	}
	account, err = client.UpdateAccount(ctx, account.ID, alta.AccountUpdate{TargetDate: alta.Null[string]()})
	if err != nil {
		log.Fatal(err)
	}
	icon, err := account.Icon.Get()
	fmt.Println(account.TargetDate.IsNull(), icon, err)
	// Output:
	// true plane <nil>
}
