-- Sign-in by an OpenID Connect issuer.

-- +goose Up
ALTER TABLE users ADD COLUMN auth_provider_id TEXT; -- the issuer's name for the user; null for LOCAL
CREATE UNIQUE INDEX users_provider ON users (auth_provider, auth_provider_id) WHERE auth_provider_id IS NOT NULL;

-- Sign-ins that were begun in a browser, which has not come back yet.
CREATE TABLE sign_ins (
    id         TEXT PRIMARY KEY, -- the part of the state that finds the row
    digest     TEXT NOT NULL,    -- HMAC of the state and of the browser's cookie
    secret_id  TEXT NOT NULL,    -- of the secret that made the digest
    sealed     TEXT NOT NULL,    -- PKCE verifier and nonce, encrypted
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX sign_ins_expiry ON sign_ins (expires_at);

-- +goose Down
DROP TABLE sign_ins;
DROP INDEX users_provider;
ALTER TABLE users DROP COLUMN auth_provider_id;
