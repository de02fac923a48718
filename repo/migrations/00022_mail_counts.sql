-- How many mails a mailbox got, and the requests for mails that wait. A mailbox is
-- named by an HMAC of its address, because its counts outlive the account for a day.

-- +goose Up
CREATE TABLE mailboxes (
    mailbox TEXT PRIMARY KEY,
    last_at TIMESTAMP NOT NULL, -- of the latest mail, or of the latest one that was held back
    held_at TIMESTAMP           -- when it was recorded last that a mail was held back
);
CREATE INDEX mailboxes_last ON mailboxes (last_at);
CREATE TABLE mailbox_mails (
    id         TEXT PRIMARY KEY, -- that the mail has, or had, in the outbox
    mailbox    TEXT NOT NULL,
    kind       TEXT NOT NULL,
    counted_at TIMESTAMP NOT NULL,
    sent_at    TIMESTAMP
);
CREATE INDEX mailbox_mails_mailbox ON mailbox_mails (mailbox, counted_at);
CREATE INDEX mailbox_mails_age ON mailbox_mails (counted_at);

ALTER TABLE mail_requests ADD COLUMN mailbox TEXT NOT NULL DEFAULT ''; -- '': of before this column
ALTER TABLE mail_requests ADD COLUMN client TEXT NOT NULL DEFAULT '';  -- the network that the request came from
CREATE INDEX mail_requests_mailbox ON mail_requests (mailbox, kind);
CREATE INDEX mail_requests_client ON mail_requests (client, created_at);

-- +goose Down
DROP INDEX mail_requests_client;
DROP INDEX mail_requests_mailbox;
ALTER TABLE mail_requests DROP COLUMN client;
ALTER TABLE mail_requests DROP COLUMN mailbox;
DROP TABLE mailbox_mails;
DROP TABLE mailboxes;
