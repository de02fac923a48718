-- What anybody can cause has a bound in all: events of the audit log are summed up
-- beyond theirs, and rows name the client network, so that the network with the most
-- gives way. Mails take turns by network.

-- +goose Up
CREATE TABLE audit_tallies (
    kind       TEXT NOT NULL,
    about_user BOOLEAN NOT NULL,   -- the events concern users, and not addresses of nobody
    hour       TIMESTAMP NOT NULL, -- its begin
    events     INTEGER NOT NULL,
    event_id   TEXT,               -- of the event that sums up those beyond the bound; null: there are none
    PRIMARY KEY (kind, about_user, hour)
);
CREATE INDEX audit_tallies_hour ON audit_tallies (hour);

CREATE INDEX login_failures_once ON login_failures (last_at, bucket) WHERE failures <= 1;
CREATE INDEX login_failures_again ON login_failures (last_at, bucket) WHERE failures > 1;

ALTER TABLE idempotent_calls ADD COLUMN client TEXT NOT NULL DEFAULT ''; -- the network of a call by nobody in particular
CREATE INDEX idempotent_calls_client ON idempotent_calls (client, created_at) WHERE client <> '';
ALTER TABLE sign_ins ADD COLUMN client TEXT NOT NULL DEFAULT '';
CREATE INDEX sign_ins_client ON sign_ins (client, expires_at) WHERE client <> '';

ALTER TABLE outbox ADD COLUMN client TEXT NOT NULL DEFAULT ''; -- the network that caused a pending mail
CREATE INDEX outbox_client ON outbox (client, due_at) WHERE state = 'pending';

-- +goose Down
DROP INDEX outbox_client;
ALTER TABLE outbox DROP COLUMN client;
DROP INDEX sign_ins_client;
ALTER TABLE sign_ins DROP COLUMN client;
DROP INDEX idempotent_calls_client;
ALTER TABLE idempotent_calls DROP COLUMN client;
DROP INDEX login_failures_again;
DROP INDEX login_failures_once;
DROP TABLE audit_tallies;
