-- The inbox, format 2. A file of format 1 lacks the parts that `format_2.sql` adds.

-- One row is one batch that was acknowledged and is not yet in the Lake. AUTOINCREMENT keeps the counter when the table
-- is emptied, so that an offset never means two batches.
CREATE TABLE batches (
    offset INTEGER PRIMARY KEY AUTOINCREMENT,
    received_at INTEGER NOT NULL,   -- microseconds since 1970, UTC
    records INTEGER NOT NULL,       -- how many lines
    bytes INTEGER NOT NULL,         -- size of the lines, not compressed
    body BLOB NOT NULL              -- a zstd frame with checksum: JSON lines
) STRICT;

-- How far each import has come; written together with the batches that it made.
CREATE TABLE import_cursors (
    import BLOB NOT NULL PRIMARY KEY,
    source TEXT NOT NULL,
    file TEXT NOT NULL,
    position INTEGER NOT NULL,      -- the bits of an unsigned number
    rows INTEGER NOT NULL,
    events INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    complete INTEGER NOT NULL,
    mapping TEXT NOT NULL DEFAULT '',       -- what the file was read by; empty where format 1 did not say
    last_batch INTEGER NOT NULL DEFAULT 0   -- the newest batch of this import
) STRICT, WITHOUT ROWID;

-- Which installation this inbox belongs to: one row, or none before the first opening.
CREATE TABLE installation (
    id TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
