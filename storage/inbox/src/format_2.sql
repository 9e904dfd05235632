-- From format 1 to format 2.
ALTER TABLE import_cursors ADD COLUMN mapping TEXT NOT NULL DEFAULT '';
ALTER TABLE import_cursors ADD COLUMN last_batch INTEGER NOT NULL DEFAULT 0;

CREATE TABLE installation (
    id TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
