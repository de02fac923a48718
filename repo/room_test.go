package repo_test

import (
	"testing"
	"time"

	"example.com/alta/internal/testdb"
	"example.com/alta/repo"
)

func TestRoomCountsProcesses(t *testing.T) {
	testdb.Each(t, func(t *testing.T, databaseURL string) {
		first, second := open(t, databaseURL, time.Now), open(t, databaseURL, time.Now)
		want := 0
		if repo.IsPostgres(databaseURL) {
			want = 1
		}
		for _, r := range []*repo.Repo{first, second} {
			room, err := r.Room(t.Context())
			if err != nil || room.Others != want || (room.Limit > 0) != repo.IsPostgres(databaseURL) {
				t.Errorf("got %+v, %v", room, err)
			}
		}
	})
}

func TestRoomMissing(t *testing.T) {
	for _, test := range []struct {
		room            repo.Room
		processes, want int
	}{
		{repo.Room{Limit: 97, Conns: 24}, 1, 0},
		{repo.Room{Limit: 97, Conns: 24}, 3, 0},
		{repo.Room{Limit: 97, Conns: 24}, 4, 2},
		{repo.Room{Limit: 97, Conns: 23}, 4, 0},
		{repo.Room{Limit: 97, Conns: 24}, 6, 50},
		{repo.Room{Limit: 20, Conns: 24}, 1, 7},
		{repo.Room{}, 100, 0},
	} {
		if got := test.room.Missing(test.processes); got != test.want {
			t.Errorf("%+v, %d processes: got %d, want %d", test.room, test.processes, got, test.want)
		}
	}
}
