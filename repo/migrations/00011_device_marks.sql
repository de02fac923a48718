-- Browsers that have logged in to an address. Their wrong passwords are counted
-- apart from strangers'. A user has a limited number of them.

-- +goose Up
CREATE TABLE device_marks (
    id         TEXT PRIMARY KEY, -- in the browser's cookie
    user_id    TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX device_marks_user ON device_marks (user_id, expires_at);
CREATE INDEX device_marks_expiry ON device_marks (expires_at);

-- +goose Down
DROP TABLE device_marks;
