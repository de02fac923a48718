-- A token that proved an address is kept until it expires: the same link may be
-- followed again.

-- +goose Up
ALTER TABLE one_time_tokens ADD COLUMN used_at TIMESTAMP; -- null: it has not been used

-- +goose Down
DELETE FROM one_time_tokens WHERE used_at IS NOT NULL;
ALTER TABLE one_time_tokens DROP COLUMN used_at;
