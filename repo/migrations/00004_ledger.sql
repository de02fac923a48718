-- Charging calls: refills, usage by day, and calls that may be made again.

-- +goose Up
ALTER TABLE ledgers ADD COLUMN refill_at TIMESTAMP; -- null: to be worked out from plan_started_at
CREATE INDEX ledgers_refill ON ledgers (refill_at);

ALTER TABLE token_transactions ADD COLUMN cycle_start TIMESTAMP; -- of a refill
CREATE UNIQUE INDEX token_transactions_cycle ON token_transactions (user_id, cycle_start) WHERE cycle_start IS NOT NULL;

-- What calls took, in days of UTC. Refunds are taken off the day of the call.
CREATE TABLE token_usage (
    user_id  TEXT NOT NULL REFERENCES ledgers (user_id),
    day      TEXT NOT NULL, -- 2026-03-04
    endpoint TEXT NOT NULL,
    tokens   BIGINT NOT NULL,
    calls    BIGINT NOT NULL,
    PRIMARY KEY (user_id, day, endpoint)
);

-- Calls by Idempotency-Key: while one is under way, and its answer for a day.
CREATE TABLE idempotent_calls (
    scope        TEXT NOT NULL, -- the user, or a digest of an anonymous request
    key          TEXT NOT NULL,
    fingerprint  TEXT NOT NULL, -- digest of the request
    request_id   TEXT NOT NULL, -- that its debit has
    leased_until TIMESTAMP,     -- null: it has been answered
    response     TEXT NOT NULL, -- encrypted; '' while it is under way
    created_at   TIMESTAMP NOT NULL,
    PRIMARY KEY (scope, key)
);
CREATE INDEX idempotent_calls_age ON idempotent_calls (created_at);

-- +goose Down
DROP TABLE idempotent_calls;
DROP TABLE token_usage;
DROP INDEX token_transactions_cycle;
ALTER TABLE token_transactions DROP COLUMN cycle_start;
DROP INDEX ledgers_refill;
ALTER TABLE ledgers DROP COLUMN refill_at;
