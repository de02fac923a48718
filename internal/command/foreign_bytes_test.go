package command_test

import (
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

// TestArgumentsInAnyEncoding: the arguments of commands are bytes. As addresses and
// names they match nobody; as texts they are stored in valid UTF-8.
func TestArgumentsInAnyEncoding(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		env := storage(t, databaseURL)
		r := openRepo(t, databaseURL, time.Now)
		addUsers(t, r, "ada@example.com")
		for _, odd := range []string{"ada@example.com\xff", "ada@example.com\x00", "\xf1@example.com"} {
			for _, args := range [][]string{
				{"user", "suspend", odd}, {"user", "resume", odd}, {"user", "promote", odd}, {"user", "plan", odd, "free"},
				{"tokens", "grant", odd, "1", "--reason", "x"},
			} {
				run(t, env, args...).fails("no user has the address")
			}
			run(t, env, "user", "plan", "ada@example.com", odd).fails("there is no plan")
			run(t, env, "plan", "set", odd, "--tokens", "1").fails("there is no plan")
			run(t, env, "invite", "revoke", odd).fails("invite")
		}
		run(t, env, "user", "plan", "ada@example.com", "free").ok()
		run(t, env, "tokens", "grant", "ada@example.com", "5", "--reason", "por la ma\xf1ana").ok()
		run(t, env, "invite", "create", "--note", "ma\xf1ana").ok()
		invites, _, err := r.Invites(t.Context(), repo.Page{Limit: 1})
		if err != nil || len(invites) != 1 || invites[0].Note != "ma\uFFFDana" {
			t.Errorf("the invites are %+v, %v", invites, err)
		}
	})
}
