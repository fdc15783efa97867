-- name: put_found
INSERT INTO found_runs (run_id, begun_us, status, name_key, estimator, duration_s, score, words)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (run_id) DO UPDATE SET
    status = excluded.status, name_key = excluded.name_key, estimator = excluded.estimator,
    duration_s = excluded.duration_s, score = excluded.score, words = excluded.words;

-- name: drop_found
DELETE FROM found_runs WHERE run_id = ?;

-- name: put_score
INSERT OR REPLACE INTO test_scores (metric, run_id, value) VALUES (?, ?, ?);

-- name: drop_scores
DELETE FROM test_scores WHERE run_id = ?;

-- name: drop_tags
DELETE FROM run_tags WHERE run_id = ?;

-- name: add_tag
INSERT OR IGNORE INTO run_tags (tag, run_id) VALUES (?, ?);

-- name: facets_of_statuses
SELECT status, count(*) AS runs FROM found_runs GROUP BY status
ORDER BY runs DESC, status LIMIT ?;

-- name: facets_of_tags
SELECT tag, count(*) AS runs FROM run_tags GROUP BY tag ORDER BY runs DESC, tag LIMIT ?;

-- name: facets_of_estimators
SELECT estimator, count(*) AS runs FROM found_runs WHERE estimator != '' GROUP BY estimator
ORDER BY runs DESC, estimator LIMIT ?;

-- name: facets_of_metrics
SELECT name, runs FROM (
    SELECT 'test.' || metric AS name, count(*) AS runs, 0 AS place FROM test_scores GROUP BY metric
    UNION ALL
    SELECT 'metrics.' || name, count(*), 1 FROM series GROUP BY name
) ORDER BY place, runs DESC, name LIMIT ?;
