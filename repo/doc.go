// Package repo keeps Alta's data in SQLite or PostgreSQL. Each table or
// aggregate has a file; each query has one SQL text, with $1 placeholders, for
// both engines. Reads are methods of Repo and of Tx, writes of Tx alone. The
// package imports nothing of HTTP.
//
// # Transactions
//
// [Repo.InTx] runs a function in a transaction and commits, and
// [Repo.InSnapshot] runs one on a consistent read-only state. Either may lose
// against a concurrent transaction (a serialization failure, a deadlock,
// SQLITE_BUSY). The whole function then runs again, up to maxTries times with a
// random pause in between, so it must have no effect outside the database.
//
// On SQLite, transactions that wait for the writer at the same time share one COMMIT;
// see groupCommit.
//
// Transactions of [Repo.InTx] wait for their turn before they begin, without a
// connection: each user's in order, and then all together. At most one in writersShare
// connections to PostgreSQL runs them, so that the others are left for queries. That
// bounds what one user, or many, can do to everybody else. [UserKey] in the context says
// whose a transaction is; calls have it. Other processes are not known here: a
// transaction that finds its user's row locked gives its connection back after lockWait
// and tries again later.
//
// # Prepared statements
//
// Every query runs as a prepared statement, because parsing its text costs more
// than most queries take to run: with prepared statements the server answers
// about three times as many data calls per second. Neither lib/pq nor SQLite's
// driver caches statements by text, so this package does:
//
//   - A [statements] value holds the prepared statements of one connection pool
//     by their text. database/sql prepares them again on each further connection.
//     The texts are constants, and statements for many rows come in few lengths
//     (see inChunks), so the number of entries is bounded.
//   - Outside a transaction, conn.statement prepares a query when it runs for the
//     first time. If several goroutines ask for the same text at once, one of
//     them prepares it while the others wait until it is done or their context
//     ends. So no statement is prepared twice, and none has to be closed again:
//     closing would wait for the connection that it was prepared on.
//   - Inside a transaction nothing is prepared, because preparing takes a
//     connection from the pool and the transaction may hold the only one: the two
//     would wait for each other. A transaction uses the statements that exist
//     already. It runs every other query as plain text and notes the text in
//     transaction.unprepared.
//   - After the transaction has ended, prepareForNext prepares the noted texts for
//     the transactions to come. It may take a second at most, and its failure is
//     ignored: the transaction has succeeded whatever becomes of this.
package repo
