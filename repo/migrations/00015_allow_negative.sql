-- Accounts whose owner lets them go below zero, besides credit cards.

-- +goose Up
ALTER TABLE accounts ADD COLUMN allow_negative BOOLEAN NOT NULL DEFAULT FALSE;

-- +goose Down
ALTER TABLE accounts DROP COLUMN allow_negative;
