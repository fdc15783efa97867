-- The log: an index of the journals. All of it can be made again from them.

CREATE TABLE identity (
    log_id TEXT NOT NULL,
    openings INTEGER NOT NULL,
    made_time TEXT NOT NULL
);

-- Offsets are contiguous from 1. An event of a deleted run stays as a row of type 'removed'.
CREATE TABLE events (
    offset INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    time TEXT NOT NULL,
    run_id TEXT,
    origin TEXT NOT NULL,
    writer TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    data BLOB NOT NULL
);

-- Reading a journal again adds nothing: the cursors see to it, this holds them to it.
CREATE UNIQUE INDEX events_by_identity ON events (origin, writer, sequence);
CREATE INDEX events_by_run ON events (run_id) WHERE run_id IS NOT NULL;

CREATE TABLE runs (
    run_id TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    state BLOB NOT NULL
) WITHOUT ROWID;

CREATE INDEX runs_by_status ON runs (status, run_id);

CREATE TABLE run_tags (
    tag TEXT NOT NULL,
    run_id TEXT NOT NULL,
    PRIMARY KEY (tag, run_id)
) WITHOUT ROWID;

CREATE INDEX tags_by_run ON run_tags (run_id);

-- Deleted runs, so that what is still read of their journals stays forgotten.
CREATE TABLE forgotten_runs (run_id TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE TABLE activity (
    offset INTEGER PRIMARY KEY,
    level TEXT NOT NULL,
    kind TEXT NOT NULL
);

CREATE INDEX activity_by_level ON activity (level, offset);
CREATE INDEX activity_by_kind ON activity (kind, offset);

-- How far each journal is logged. fingerprint: of the file's beginning, which tells a replaced one.
CREATE TABLE cursors (
    origin TEXT NOT NULL,
    writer TEXT NOT NULL,
    byte INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    fingerprint INTEGER NOT NULL,
    fingerprint_bytes INTEGER NOT NULL,
    PRIMARY KEY (origin, writer)
) WITHOUT ROWID;

CREATE TABLE series (
    series_id INTEGER PRIMARY KEY,
    run_id TEXT NOT NULL,
    name TEXT NOT NULL,
    points INTEGER NOT NULL,
    last_step REAL NOT NULL,
    last_value REAL,
    UNIQUE (run_id, name)
);

-- Points packed as float64. Level 0: (step, value) pairs; above: (step of least, least, step of
-- greatest, greatest) of 16 · 4^(level - 1) points each. data stands last: what goes before it is
-- read without its pages.
CREATE TABLE chunks (
    series_id INTEGER NOT NULL,
    level INTEGER NOT NULL,
    number INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    max_step REAL NOT NULL,
    data BLOB NOT NULL
);

CREATE UNIQUE INDEX chunks_by_place ON chunks (series_id, level, number);

-- Where in a series a step lies, without reading any points.
CREATE INDEX chunks_by_step ON chunks (series_id, level, max_step, number, entries);
