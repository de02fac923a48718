package repo

import "context"

// crowd is a table with rows that anybody can cause without an account. Their column
// client has the network that they came from, which is empty in other rows.
type crowd struct {
	table, key string // key is its primary key
	order      string // which rows of a network go first
	spared     string // the condition for rows that stay; "": none do
	most       int    // rows in all
}

// Rows that anybody can cause, without an account.
var (
	strangerCalls    = crowd{table: "idempotent_calls", key: "scope, key", order: "created_at", spared: "leased_until IS NOT NULL", most: 10_000}
	strangerSignIns  = crowd{table: "sign_ins", key: "id", order: "expires_at", most: 10_000}
	strangerRequests = crowd{table: "mail_requests", key: "id", order: "created_at DESC", most: 5_000}
)

// crowdBatch is the number of rows that make room at once.
const crowdBatch = 100

// makeRoom deletes rows beyond the bound: those of the network that has the most, so
// that a network loses rows of others' only if these have as many.
func (t *writes) makeRoom(ctx context.Context, c crowd) error {
	var n int
	if err := t.get(ctx, &n, `SELECT COUNT(*) FROM `+c.table+` WHERE client <> ''`); err != nil || n <= c.most {
		return err
	}
	due := `client = (SELECT client FROM ` + c.table + ` WHERE client <> '' GROUP BY client ORDER BY COUNT(*) DESC, client LIMIT 1)`
	if c.spared != "" {
		due += ` AND NOT (` + c.spared + `)`
	}
	_, err := t.exec(ctx, `
DELETE FROM `+c.table+` WHERE (`+c.key+`) IN (SELECT `+c.key+` FROM `+c.table+` WHERE `+due+` ORDER BY `+c.order+` LIMIT $1)`,
		crowdBatch)
	return err
}
