-- Transactions, what they add up to by fiscal month, and budgets.
-- Money is in minor units (cents), as integers.

-- +goose Up
CREATE TABLE transactions (
    id          TEXT PRIMARY KEY,
    user_id     TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    type        TEXT NOT NULL CHECK (type IN ('INCOME', 'EXPENSE', 'TRANSFER')),
    amount      BIGINT NOT NULL CHECK (amount > 0),
    currency    TEXT NOT NULL,
    description TEXT,
    search_text TEXT NOT NULL, -- the description, case folded; '' without one
    date        TIMESTAMP NOT NULL,
    account_id  TEXT REFERENCES accounts (id) ON DELETE SET NULL,
    category_id TEXT REFERENCES categories (id) ON DELETE SET NULL,
    transfer_id TEXT,          -- both legs of a transfer between accounts have the same one
    created_at  TIMESTAMP NOT NULL,
    updated_at  TIMESTAMP NOT NULL,
    deleted_at  TIMESTAMP
);
CREATE INDEX transactions_user ON transactions (user_id, date, id) WHERE deleted_at IS NULL;
CREATE INDEX transactions_account ON transactions (account_id, date, id);
CREATE INDEX transactions_category ON transactions (category_id, date, id);
CREATE INDEX transactions_transfer ON transactions (transfer_id) WHERE transfer_id IS NOT NULL;

-- What a user's live transactions come to in each fiscal month and in all, kept
-- in the transaction that writes them, so that reports do not grow with the
-- history.
CREATE TABLE period_totals (
    user_id     TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    period      TEXT NOT NULL,    -- 2026-01: the fiscal month, by the user's day and zone; '': all of them
    account_id  TEXT NOT NULL,    -- '' for none
    category_id TEXT NOT NULL,    -- '' for none
    type        TEXT NOT NULL,
    is_transfer BOOLEAN NOT NULL, -- a leg of a transfer between accounts
    currency    TEXT NOT NULL,
    amount      BIGINT NOT NULL,
    entries     BIGINT NOT NULL,
    PRIMARY KEY (user_id, period, account_id, category_id, type, is_transfer, currency)
);

CREATE TABLE budgets (
    id          TEXT PRIMARY KEY,
    user_id     TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    category_id TEXT NOT NULL REFERENCES categories (id) ON DELETE CASCADE,
    amount      BIGINT NOT NULL CHECK (amount > 0),
    month       INTEGER NOT NULL CHECK (month BETWEEN 1 AND 12),
    year        INTEGER NOT NULL,
    created_at  TIMESTAMP NOT NULL,
    updated_at  TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX budgets_month ON budgets (user_id, year, month, category_id);
CREATE INDEX budgets_category ON budgets (category_id);

-- +goose Down
DROP TABLE budgets;
DROP TABLE period_totals;
DROP TABLE transactions;
