-- Who there is, where they are logged in, and what happened.
-- One text for SQLite and PostgreSQL. Times are UTC. Ids are UUIDs.

-- +goose Up
CREATE TABLE users (
    id                TEXT PRIMARY KEY,
    email             TEXT NOT NULL UNIQUE, -- lower case
    password_hash     TEXT,                 -- null: no log-in by password
    door              TEXT NOT NULL CHECK (door IN ('app', 'api')),
    first_name        TEXT NOT NULL,
    last_name         TEXT NOT NULL,
    avatar_url        TEXT,
    phone             TEXT,
    auth_provider     TEXT NOT NULL DEFAULT 'LOCAL' CHECK (auth_provider IN ('LOCAL', 'GOOGLE', 'MICROSOFT', 'APPLE')),
    currency          TEXT NOT NULL,
    fiscal_start_day  INTEGER NOT NULL DEFAULT 1 CHECK (fiscal_start_day BETWEEN 1 AND 28),
    timezone          TEXT NOT NULL DEFAULT 'America/Argentina/Buenos_Aires',
    language          TEXT NOT NULL DEFAULT 'es' CHECK (language IN ('es', 'en')),
    role              TEXT NOT NULL DEFAULT 'USER' CHECK (role IN ('USER', 'ADMIN')),
    is_active         BOOLEAN NOT NULL DEFAULT TRUE, -- false: suspended by an operator
    plan              TEXT NOT NULL DEFAULT 'none' CHECK (plan IN ('none', 'free', 'paid')),
    email_verified_at TIMESTAMP,
    created_at        TIMESTAMP NOT NULL,
    updated_at        TIMESTAMP NOT NULL
);

CREATE TABLE sessions (
    id           TEXT PRIMARY KEY,
    user_id      TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    door         TEXT NOT NULL CHECK (door IN ('app', 'api')),
    user_agent   TEXT NOT NULL,
    address      TEXT NOT NULL,
    created_at   TIMESTAMP NOT NULL,
    last_seen_at TIMESTAMP NOT NULL,
    expires_at   TIMESTAMP NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id, created_at);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Failed log-ins in a row, by a pseudonym of the address (and of the device,
-- for one that has logged in before), so that addresses that belong to nobody
-- are not kept.
CREATE TABLE login_failures (
    bucket       TEXT PRIMARY KEY,
    failures     INTEGER NOT NULL,
    last_at      TIMESTAMP NOT NULL,
    locked_until TIMESTAMP
);
CREATE INDEX login_failures_age ON login_failures (last_at);

-- Append-only. It outlives the users that it speaks of.
CREATE TABLE audit_events (
    id         TEXT PRIMARY KEY, -- UUID version 7: in order of time
    created_at TIMESTAMP NOT NULL,
    kind       TEXT NOT NULL,
    actor      TEXT NOT NULL,    -- a user's id, 'operator', or 'anonymous'
    user_id    TEXT,             -- whom it concerns, where that is a user
    subject    TEXT NOT NULL,    -- pseudonym of the address it was about, or ''
    address    TEXT NOT NULL,    -- of the client, or ''
    request_id TEXT NOT NULL,    -- or ''
    detail     TEXT NOT NULL
);
CREATE INDEX audit_events_age ON audit_events (created_at);
CREATE INDEX audit_events_user ON audit_events (user_id, created_at);

-- +goose Down
DROP TABLE audit_events;
DROP TABLE login_failures;
DROP TABLE sessions;
DROP TABLE users;
