// Package identity holds what proves who somebody is: passwords and the pool
// that hashes them, signed tokens, e-mail addresses, the keys that all of
// these are made with, and the ladder of locks after failed log-ins. It knows
// neither HTTP nor the database.
package identity
