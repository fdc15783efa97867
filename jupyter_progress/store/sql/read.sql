-- name: head
SELECT coalesce(max(offset), 0) FROM events;

-- name: first_kept
SELECT coalesce(min(offset), 1) FROM events;

-- name: events_after
SELECT type, time, data, run_id, origin, writer, sequence, offset FROM events
WHERE offset > ? ORDER BY offset LIMIT ?;

-- name: run
SELECT state FROM runs WHERE run_id = ?;

-- name: newest_runs
-- What needs no search: it goes along the index, and reads no run that it does not answer.
SELECT state, begun_us, run_id FROM runs
WHERE :before_us IS NULL OR (begun_us, run_id) < (:before_us, :before)
ORDER BY begun_us DESC, run_id DESC LIMIT :limit;

-- name: states
SELECT run_id, state FROM runs WHERE run_id IN (SELECT value FROM json_each(?));

-- name: recent_runs
SELECT state FROM runs WHERE status IN ('queued', 'running', 'stopping')
    OR run_id IN (SELECT run_id FROM runs ORDER BY begun_us DESC, run_id DESC LIMIT ?)
ORDER BY begun_us DESC, run_id DESC;

-- name: active_runs
SELECT state FROM runs WHERE status IN ('queued', 'running', 'stopping')
ORDER BY begun_us, run_id;

-- name: activity
SELECT events.time, events.run_id, events.data, events.offset
FROM activity JOIN events USING (offset)
WHERE (:level IS NULL OR activity.level = :level) AND (:kind IS NULL OR activity.kind = :kind)
    AND (:before IS NULL OR activity.offset < :before)
ORDER BY activity.offset DESC LIMIT :limit;

-- name: activity_of_run
-- The run's own events first, by their index: its lines may lie far below the newest of all runs.
SELECT events.time, events.run_id, events.data, events.offset
FROM events CROSS JOIN activity USING (offset)
WHERE events.run_id = :run_id
    AND (:level IS NULL OR activity.level = :level) AND (:kind IS NULL OR activity.kind = :kind)
    AND (:before IS NULL OR events.offset < :before)
ORDER BY events.offset DESC LIMIT :limit;

-- name: series_of_run
SELECT name, series_id, points, last_step, last_value FROM series WHERE run_id = ? ORDER BY name;

-- name: points_since
SELECT coalesce(sum(entries), 0) FROM chunks
WHERE series_id = ? AND level = 0 AND max_step > ?;

-- name: first_chunk_since
SELECT coalesce(min(number), 0) FROM chunks
WHERE series_id = ? AND level = ? AND max_step > ?;

-- name: chunks
SELECT data FROM chunks WHERE series_id = ? AND level = ? AND number >= ? ORDER BY number;

-- name: story
SELECT type, time, data, run_id, origin, writer, sequence, offset FROM events
WHERE run_id = ? ORDER BY offset;

-- name: search
SELECT type, data FROM events
WHERE run_id = ? AND type IN ('fold_completed', 'candidate_completed') ORDER BY offset;
