-- The end that a key's owner wished. A rotation with an overlap ends the old key
-- earlier, but must not shorten the life of the keys that replace it.

-- +goose Up
ALTER TABLE api_keys ADD COLUMN wished_expires_at TIMESTAMP; -- null: never
UPDATE api_keys SET wished_expires_at = expires_at;

-- Of the keys that are in an overlap now, those have no end of their own whose
-- replacement has none: a rotation gave it the same. The replacement is the key of
-- the same name that was made whole hours before the end. SQLite has the difference
-- in microseconds, and PostgreSQL as an interval.
WITH RECURSIVE endless (id, user_id, name, created_at) AS (
    SELECT id, user_id, name, created_at FROM api_keys WHERE expires_at IS NULL
    UNION
    SELECT k.id, k.user_id, k.name, k.created_at
    FROM endless n
    JOIN audit_events e ON e.user_id = n.user_id AND e.kind = 'api_key_rotated' AND e.detail = 'key ' || n.id
    JOIN api_keys k ON k.user_id = n.user_id AND k.name = n.name AND k.created_at < n.created_at AND k.expires_at > n.created_at
    WHERE CAST(k.expires_at - n.created_at AS TEXT) LIKE '%00000000'
       OR CAST(k.expires_at - n.created_at AS TEXT) LIKE '%:00:00'
       OR CAST(k.expires_at - n.created_at AS TEXT) LIKE '%day'
       OR CAST(k.expires_at - n.created_at AS TEXT) LIKE '%days'
)
UPDATE api_keys SET wished_expires_at = NULL WHERE id IN (SELECT id FROM endless);

-- +goose Down
ALTER TABLE api_keys DROP COLUMN wished_expires_at;
