-- A user is known to an OpenID Connect issuer by the issuer and the subject together
-- (OpenID Connect Core 1.0, section 5.7).

-- +goose Up
ALTER TABLE users ADD COLUMN auth_provider_issuer TEXT; -- null: of before this column; the next start with an issuer sets it
DROP INDEX users_provider;
CREATE UNIQUE INDEX users_provider ON users (auth_provider, auth_provider_issuer, auth_provider_id) WHERE auth_provider_id IS NOT NULL;

-- +goose Down
DROP INDEX users_provider;
CREATE UNIQUE INDEX users_provider ON users (auth_provider, auth_provider_id) WHERE auth_provider_id IS NOT NULL;
ALTER TABLE users DROP COLUMN auth_provider_issuer;
