-- What runs are found and ordered by. It is narrow: a search reads all of it, and no state.

CREATE TABLE found_runs (
    run_id TEXT PRIMARY KEY,
    begun_us INTEGER NOT NULL,
    status TEXT NOT NULL,
    name_key TEXT NOT NULL,
    estimator TEXT NOT NULL,
    duration_s REAL,
    score REAL,
    words TEXT NOT NULL
) WITHOUT ROWID;

-- What was measured on the test rows.
CREATE TABLE test_scores (
    metric TEXT NOT NULL,
    run_id TEXT NOT NULL,
    value REAL NOT NULL,
    PRIMARY KEY (metric, run_id)
) WITHOUT ROWID;

CREATE INDEX test_scores_by_run ON test_scores (run_id);

-- The newest value of a metric in every run.
CREATE INDEX series_by_name ON series (name, run_id);
