-- One row that the server writes now and then, to know whether it can.

-- +goose Up
CREATE TABLE storage_probe (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    probed_at TIMESTAMP NOT NULL
);

-- +goose Down
DROP TABLE storage_probe;
