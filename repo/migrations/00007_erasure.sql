-- Users who deleted themselves, or were deleted. The row stays: ledgers and
-- audit events name its id. Who it was is no longer in it.

-- +goose Up
ALTER TABLE users ADD COLUMN deleted_at TIMESTAMP; -- null: there is such a user
CREATE INDEX users_newest ON users (created_at, id) WHERE deleted_at IS NULL;

-- Whose account a call by nobody in particular has made: its answer names the user.
ALTER TABLE idempotent_calls ADD COLUMN user_id TEXT;
CREATE INDEX idempotent_calls_user ON idempotent_calls (user_id) WHERE user_id IS NOT NULL;

-- What is erased is found by the user, deleted rows too, and what is known of an
-- address by its pseudonym.
CREATE INDEX transactions_deleted ON transactions (user_id, date, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX categories_deleted ON categories (user_id) WHERE deleted_at IS NOT NULL;
CREATE INDEX audit_events_subject ON audit_events (subject) WHERE subject <> '';
CREATE INDEX audit_events_actor ON audit_events (actor) WHERE actor <> 'anonymous' AND actor <> 'operator';

-- A CHECK cannot be changed, so the table is made anew.
CREATE TABLE kept_tokens AS SELECT * FROM one_time_tokens;
DROP TABLE one_time_tokens;
CREATE TABLE one_time_tokens (
    id         TEXT PRIMARY KEY, -- the token's first part
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose    TEXT NOT NULL CHECK (purpose IN ('verify_email', 'reset_password', 'delete_account')),
    digest     TEXT NOT NULL, -- HMAC of the whole token
    secret_id  TEXT NOT NULL, -- of the secret that made the digest
    attempts   INTEGER NOT NULL DEFAULT 0,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
INSERT INTO one_time_tokens (id, user_id, purpose, digest, secret_id, attempts, created_at, expires_at)
SELECT id, user_id, purpose, digest, secret_id, attempts, created_at, expires_at FROM kept_tokens;
DROP TABLE kept_tokens;
CREATE UNIQUE INDEX one_time_tokens_one ON one_time_tokens (user_id, purpose);
CREATE INDEX one_time_tokens_expiry ON one_time_tokens (expires_at);

-- +goose Down
CREATE TABLE kept_tokens AS SELECT * FROM one_time_tokens WHERE purpose <> 'delete_account';
DROP TABLE one_time_tokens;
CREATE TABLE one_time_tokens (
    id         TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose    TEXT NOT NULL CHECK (purpose IN ('verify_email', 'reset_password')),
    digest     TEXT NOT NULL,
    secret_id  TEXT NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
INSERT INTO one_time_tokens (id, user_id, purpose, digest, secret_id, attempts, created_at, expires_at)
SELECT id, user_id, purpose, digest, secret_id, attempts, created_at, expires_at FROM kept_tokens;
DROP TABLE kept_tokens;
CREATE UNIQUE INDEX one_time_tokens_one ON one_time_tokens (user_id, purpose);
CREATE INDEX one_time_tokens_expiry ON one_time_tokens (expires_at);
DROP INDEX audit_events_actor;
DROP INDEX audit_events_subject;
DROP INDEX categories_deleted;
DROP INDEX transactions_deleted;
DROP INDEX idempotent_calls_user;
ALTER TABLE idempotent_calls DROP COLUMN user_id;
DROP INDEX users_newest;
ALTER TABLE users DROP COLUMN deleted_at;
