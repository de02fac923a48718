-- What registration gives everybody: accounts and categories.
-- Money is in minor units (cents), as integers.

-- +goose Up
CREATE TABLE accounts (
    id            TEXT PRIMARY KEY,
    user_id       TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name          TEXT NOT NULL,
    type          TEXT NOT NULL CHECK (type IN ('WALLET', 'SAVINGS', 'INVESTMENT', 'CREDIT_CARD')),
    currency      TEXT NOT NULL,
    balance       BIGINT NOT NULL DEFAULT 0,
    color         TEXT,
    icon          TEXT,
    target_amount BIGINT,
    target_date   TIMESTAMP,
    is_default    BOOLEAN NOT NULL DEFAULT FALSE,
    created_at    TIMESTAMP NOT NULL,
    updated_at    TIMESTAMP NOT NULL
);
CREATE INDEX accounts_user ON accounts (user_id, created_at, id);
CREATE UNIQUE INDEX accounts_one_default ON accounts (user_id) WHERE is_default;

CREATE TABLE categories (
    id         TEXT PRIMARY KEY,
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name       TEXT NOT NULL,
    type       TEXT NOT NULL CHECK (type IN ('INCOME', 'EXPENSE', 'BOTH')),
    is_fixed   BOOLEAN NOT NULL,
    color      TEXT,
    icon       TEXT,
    parent_id  TEXT REFERENCES categories (id) ON DELETE SET NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    deleted_at TIMESTAMP
);
-- Roots count as children of one parent, and deleted rows free their name.
CREATE UNIQUE INDEX categories_name ON categories (user_id, name, type, COALESCE(parent_id, '')) WHERE deleted_at IS NULL;
CREATE INDEX categories_parent ON categories (parent_id);

-- +goose Down
DROP TABLE categories;
DROP TABLE accounts;
