// Package identity has the means to identify people and programs: passwords and
// the pool that hashes them, signed tokens, API keys, e-mail addresses, the keys
// from which all of these are made, and the locks after failed log-ins. It uses
// neither HTTP nor the database.
package identity
