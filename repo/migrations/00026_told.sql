-- Which sign-up a verification mail is about, whose password it is, and what people are
-- told by mail.

-- +goose Up
ALTER TABLE users ADD COLUMN sign_up_address TEXT NOT NULL DEFAULT '';    -- of the client; '' once the mail address is verified
ALTER TABLE users ADD COLUMN sign_up_user_agent TEXT NOT NULL DEFAULT ''; -- likewise
ALTER TABLE users ADD COLUMN password_reset_at TIMESTAMP;                 -- null: the password is the sign-up's, and nobody has replaced it by a link in a mail
ALTER TABLE users ADD COLUMN first_login_at TIMESTAMP;                    -- null: never
ALTER TABLE users ADD COLUMN notify_login BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE users ADD COLUMN notify_keys BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE users ADD COLUMN notify_lock BOOLEAN NOT NULL DEFAULT TRUE;
UPDATE users SET sign_up_address = COALESCE(
    (SELECT MAX(a.address) FROM audit_events a WHERE a.user_id = users.id AND a.kind = 'sign_up'), '')
WHERE email_verified_at IS NULL AND deleted_at IS NULL;
UPDATE users SET password_reset_at = (
    SELECT MAX(a.created_at) FROM audit_events a WHERE a.user_id = users.id AND a.kind = 'password_reset')
WHERE password_hash IS NOT NULL AND deleted_at IS NULL;
UPDATE users SET first_login_at = created_at WHERE door = 'app' OR email_verified_at IS NOT NULL;

-- A mail about one event is never replaced by the next one of its kind.
ALTER TABLE outbox ADD COLUMN about TEXT NOT NULL DEFAULT ''; -- the event; '': the newest mail of the kind replaces the others
DROP INDEX outbox_one_pending;
CREATE UNIQUE INDEX outbox_one_pending ON outbox (user_id, kind, about) WHERE state = 'pending';

-- +goose Down
DELETE FROM outbox WHERE about <> '';
DROP INDEX outbox_one_pending;
CREATE UNIQUE INDEX outbox_one_pending ON outbox (user_id, kind) WHERE state = 'pending';
ALTER TABLE outbox DROP COLUMN about;
ALTER TABLE users DROP COLUMN notify_lock;
ALTER TABLE users DROP COLUMN notify_keys;
ALTER TABLE users DROP COLUMN notify_login;
ALTER TABLE users DROP COLUMN first_login_at;
ALTER TABLE users DROP COLUMN password_reset_at;
ALTER TABLE users DROP COLUMN sign_up_user_agent;
ALTER TABLE users DROP COLUMN sign_up_address;
