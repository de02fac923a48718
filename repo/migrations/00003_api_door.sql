-- The API door: invites, plans, keys, the token ledger, and mail.
-- Secrets are kept as keyed digests, or encrypted while they wait to be sent.

-- +goose Up
CREATE TABLE plans (
    name                TEXT PRIMARY KEY CHECK (name IN ('free', 'paid')),
    tokens_per_month    BIGINT NOT NULL CHECK (tokens_per_month >= 0),
    requests_per_minute INTEGER NOT NULL CHECK (requests_per_minute > 0),
    price_cents         BIGINT NOT NULL CHECK (price_cents >= 0)
);
INSERT INTO plans (name, tokens_per_month, requests_per_minute, price_cents)
VALUES ('free', 2000, 60, 0), ('paid', 200000, 600, 2900);

CREATE TABLE invite_codes (
    code       TEXT PRIMARY KEY,
    max_uses   INTEGER NOT NULL CHECK (max_uses > 0),
    uses       INTEGER NOT NULL DEFAULT 0 CHECK (uses BETWEEN 0 AND max_uses),
    note       TEXT NOT NULL,
    created_by TEXT NOT NULL, -- an administrator's id, or 'operator'
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    revoked_at TIMESTAMP
);
CREATE INDEX invite_codes_age ON invite_codes (created_at, code);

ALTER TABLE users ADD COLUMN invite_code TEXT; -- that the user came by, or activated the API with
ALTER TABLE users ADD COLUMN webhook_url TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN notify_email BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE users ADD COLUMN notify_browser BOOLEAN NOT NULL DEFAULT TRUE;

CREATE TABLE api_keys (
    id           TEXT PRIMARY KEY,
    user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name         TEXT NOT NULL,
    masked       TEXT NOT NULL,
    digest       TEXT NOT NULL, -- HMAC of the key
    secret_id    TEXT NOT NULL, -- of the secret that made the digest
    created_at   TIMESTAMP NOT NULL,
    last_used_at TIMESTAMP,
    expires_at   TIMESTAMP,
    revoked_at   TIMESTAMP
);
CREATE UNIQUE INDEX api_keys_digest ON api_keys (digest);
CREATE INDEX api_keys_user ON api_keys (user_id, created_at);

-- balance is always the sum of the user's deltas. It outlives the user's
-- personal data.
CREATE TABLE ledgers (
    user_id         TEXT PRIMARY KEY REFERENCES users (id),
    balance         BIGINT NOT NULL CHECK (balance >= 0),
    plan_started_at TIMESTAMP NOT NULL -- refills fall on its anniversaries
);

-- Append-only.
CREATE TABLE token_transactions (
    id         TEXT PRIMARY KEY, -- UUID version 7: in order of time
    user_id    TEXT NOT NULL REFERENCES ledgers (user_id),
    delta      BIGINT NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('debit', 'refund', 'refill', 'grant', 'adjustment')),
    endpoint   TEXT NOT NULL, -- "POST /api/v1/auth/register"
    request_id TEXT NOT NULL, -- made by the server
    created_at TIMESTAMP NOT NULL,
    UNIQUE (user_id, request_id, kind)
);
CREATE INDEX token_transactions_user ON token_transactions (user_id, created_at);

-- What mail links prove. A row is deleted when its token is used.
CREATE TABLE one_time_tokens (
    id         TEXT PRIMARY KEY, -- the token's first part
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    purpose    TEXT NOT NULL CHECK (purpose IN ('verify_email', 'reset_password')),
    digest     TEXT NOT NULL, -- HMAC of the whole token
    secret_id  TEXT NOT NULL, -- of the secret that made the digest
    attempts   INTEGER NOT NULL DEFAULT 0,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX one_time_tokens_one ON one_time_tokens (user_id, purpose);
CREATE INDEX one_time_tokens_expiry ON one_time_tokens (expires_at);

-- Mail that is to be sent, and for a while what became of it.
CREATE TABLE outbox (
    id           TEXT PRIMARY KEY, -- and of the Message-ID
    user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind         TEXT NOT NULL,
    token_id     TEXT,             -- of the one-time token in it
    state        TEXT NOT NULL CHECK (state IN ('pending', 'sent', 'dead', 'cancelled')),
    payload      TEXT NOT NULL,    -- encrypted; '' unless pending
    attempts     INTEGER NOT NULL DEFAULT 0,
    due_at       TIMESTAMP NOT NULL,
    leased_until TIMESTAMP,        -- somebody is sending it until then
    last_error   TEXT NOT NULL DEFAULT '',
    created_at   TIMESTAMP NOT NULL,
    finished_at  TIMESTAMP
);
CREATE UNIQUE INDEX outbox_one_pending ON outbox (user_id, kind) WHERE state = 'pending';
CREATE INDEX outbox_due ON outbox (due_at) WHERE state = 'pending';
CREATE INDEX outbox_user ON outbox (user_id, kind, finished_at);
CREATE INDEX outbox_finished ON outbox (finished_at);

-- Mails that somebody has asked for, by an address that may belong to nobody:
-- whether one is sent is decided after the answer, so that the answer to a
-- known address takes no longer.
CREATE TABLE mail_requests (
    id         TEXT PRIMARY KEY,
    kind       TEXT NOT NULL,
    email      TEXT NOT NULL, -- encrypted
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX mail_requests_age ON mail_requests (created_at);

-- A reset clears the failures of every device, whose buckets begin with the
-- pseudonym of the address.
CREATE INDEX login_failures_address ON login_failures (substr(bucket, 1, 32));

-- +goose Down
DROP INDEX login_failures_address;
DROP TABLE mail_requests;
DROP TABLE outbox;
DROP TABLE one_time_tokens;
DROP TABLE token_transactions;
DROP TABLE ledgers;
DROP TABLE api_keys;
ALTER TABLE users DROP COLUMN notify_browser;
ALTER TABLE users DROP COLUMN notify_email;
ALTER TABLE users DROP COLUMN webhook_url;
ALTER TABLE users DROP COLUMN invite_code;
DROP TABLE invite_codes;
DROP TABLE plans;
