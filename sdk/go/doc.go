// Package alta calls a server of Alta, at both of its doors.
//
//	client, err := alta.New("https://alta.example.com", alta.WithAPIKey(os.Getenv("ALTA_API_KEY")))
//	…
//	accounts, err := client.ListAccounts(ctx)
//
// Each operation of the contract is a method of [Client]. If the server refuses a
// call, the error is an [*Error] or wraps one: [*InsufficientTokensError] and
// [*RateLimitedError] have more details. The client repeats a failed call if that is
// safe, see [Retries]. It sends an Idempotency-Key if the operation takes one, so
// that a repeated call has one effect and one charge.
//
// Amounts of money are [encoding/json.Number], because a float64 cannot hold them
// exactly. Fields that may be null are nullable.Nullable; [Value] and [Null] make
// one. In a body that changes something, a null field and an absent field differ.
package alta
