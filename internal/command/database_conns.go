package command

import (
	"context"
	"fmt"

	"example.com/alta/repo"
)

// maxDatabaseConns bounds the setting.
const maxDatabaseConns = 1000

// databaseConns returns how many connections to PostgreSQL the process opens at most.
func (f *StorageFlags) databaseConns() (int, error) {
	return parseNumber(f.DatabaseConns, repo.MinConns, maxDatabaseConns)
}

// checkConns warns if the server has too few connections for the processes that run, or
// for one. It does not count this command.
func checkConns(ctx context.Context, r *repo.Repo) (string, error) {
	room, err := r.Room(ctx)
	if err != nil {
		return "", err
	}
	if missing := room.Missing(max(1, room.Others)); missing > 0 {
		return "", warning(fmt.Sprintf("%s: PostgreSQL lacks %d; lower ALTA_DATABASE_CONNS or raise max_connections", room, missing))
	}
	return room.String(), nil
}

// warnOfConns warns if the database server has too few connections for this process and
// the others that run. If it does not tell, there is no warning: calls will.
func (p *process) warnOfConns(ctx context.Context) {
	if room, err := p.repo.Room(ctx); err == nil && room.Missing(1+room.Others) > 0 {
		p.log.Warn("the database may run out of connections: lower ALTA_DATABASE_CONNS or raise max_connections",
			"processes", 1+room.Others, "connections_each", room.Conns, "limit", room.Limit, "missing", room.Missing(1+room.Others))
	}
}
