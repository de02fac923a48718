-- The tokens of a month are given once, however often the plan changes within it.

-- +goose Up
ALTER TABLE ledgers ADD COLUMN cycle_quota BIGINT NOT NULL DEFAULT 0;
UPDATE ledgers SET cycle_quota = COALESCE(
    (SELECT p.tokens_per_month FROM users u JOIN plans p ON p.name = u.plan WHERE u.id = ledgers.user_id), 0);

-- +goose Down
ALTER TABLE ledgers DROP COLUMN cycle_quota;
