// Package alta calls a server of Alta, at both of its doors.
//
//	client, err := alta.New("https://alta.example.com", alta.WithAPIKey(os.Getenv("ALTA_API_KEY")))
//	…
//	accounts, err := client.ListAccounts(ctx)
//
// Each operation of the contract is a method of [Client]. A call that the
// server refuses returns an [*Error], or one of its relatives:
// [*InsufficientTokensError] and [*RateLimitedError]. Calls are made again by
// themselves where that is safe, see [Retries], and with an Idempotency-Key
// where the operation takes one, so that what is made again is neither done nor
// charged twice.
//
// Amounts of money are [encoding/json.Number], since a float64 cannot hold them
// exactly. What may be null is a nullable.Nullable, which [Value] and [Null] make:
// in a body that changes something, null and absent are two things.
package alta
