-- A user has a bounded number of transactions. How many rows there are is kept with the
-- user, who is locked by every writer, so that no write counts them.

-- +goose Up
ALTER TABLE users ADD COLUMN kept_transactions BIGINT NOT NULL DEFAULT 0; -- rows of transactions, deleted ones included
UPDATE users SET kept_transactions = kept.n
FROM (SELECT user_id, COUNT(*) AS n FROM transactions GROUP BY user_id) AS kept WHERE kept.user_id = users.id;

-- What no transaction counts in any more is not kept.
DELETE FROM period_totals WHERE entries = 0;

-- +goose Down
ALTER TABLE users DROP COLUMN kept_transactions;
