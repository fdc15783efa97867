-- Runs in the order in which they were queued or started: the id alone says only the second.

ALTER TABLE runs ADD COLUMN begun_us INTEGER NOT NULL DEFAULT 0;

UPDATE runs SET begun_us = coalesce(
    1000 * CAST(round(86400000 * (julianday(coalesce(
        json_extract(CAST(state AS TEXT), '$.queued_time'),
        json_extract(CAST(state AS TEXT), '$.start_time')
    )) - 2440587.5)) AS INTEGER),
    0
);

CREATE INDEX runs_by_time ON runs (begun_us, run_id);
DROP INDEX runs_by_status;
CREATE INDEX runs_by_status ON runs (status, begun_us, run_id);
