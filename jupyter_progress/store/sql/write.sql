-- name: add_event
INSERT INTO events (offset, type, time, run_id, origin, writer, sequence, data)
VALUES (?, ?, ?, ?, ?, ?, ?, ?);

-- name: add_activity
INSERT INTO activity (offset, level, kind) VALUES (?, ?, ?);

-- name: put_run
INSERT INTO runs (run_id, status, begun_us, state) VALUES (?, ?, ?, ?)
ON CONFLICT (run_id) DO UPDATE SET status = excluded.status, state = excluded.state;

-- name: put_cursor
INSERT INTO cursors (origin, writer, byte, sequence, fingerprint, fingerprint_bytes)
VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (origin, writer) DO UPDATE SET
    byte = excluded.byte, sequence = excluded.sequence,
    fingerprint = excluded.fingerprint, fingerprint_bytes = excluded.fingerprint_bytes;

-- name: all_cursors
SELECT origin, writer, byte, sequence, fingerprint, fingerprint_bytes FROM cursors;

-- name: all_statuses
SELECT run_id, status FROM runs;

-- name: forgotten
SELECT run_id FROM forgotten_runs;

-- name: forget_run
INSERT OR IGNORE INTO forgotten_runs (run_id) VALUES (?);

-- name: free_identities
UPDATE events SET origin = 'removed', writer = '', sequence = offset WHERE origin = ?;

-- name: forget_activity
DELETE FROM activity WHERE offset IN (SELECT offset FROM events WHERE run_id = ? AND offset < ?);

-- name: forget_events
UPDATE events SET type = 'removed', run_id = NULL, data = '{}' WHERE run_id = ? AND offset < ?;

-- name: forget_state
DELETE FROM runs WHERE run_id = ?;

-- name: forget_cursors
DELETE FROM cursors WHERE origin = ?;

-- name: forget_chunks
DELETE FROM chunks WHERE series_id IN (SELECT series_id FROM series WHERE run_id = ?);

-- name: forget_series
DELETE FROM series WHERE run_id = ?;

-- name: find_series
SELECT series_id, points, last_step, last_value FROM series WHERE run_id = ? AND name = ?;

-- name: add_series
INSERT INTO series (run_id, name, points, last_step, last_value) VALUES (?, ?, 0, 0, NULL);

-- name: put_series
UPDATE series SET points = ?, last_step = ?, last_value = ? WHERE series_id = ?;

-- name: find_chunk
SELECT data FROM chunks WHERE series_id = ? AND level = ? AND number = ?;

-- name: put_chunk
INSERT INTO chunks (series_id, level, number, entries, max_step, data) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (series_id, level, number) DO UPDATE SET
    entries = excluded.entries, max_step = excluded.max_step, data = excluded.data;

-- name: find_identity
SELECT log_id, openings FROM identity;

-- name: add_identity
INSERT INTO identity (log_id, openings, made_time) VALUES (?, 0, ?);

-- name: count_opening
UPDATE identity SET openings = openings + 1;

-- name: extent
SELECT coalesce(min(offset), 1), coalesce(max(offset), 0), count(*) FROM events;
