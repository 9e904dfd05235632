//! How far each import has come, and which installation all of them are of.

use crate::{
    ImportCursor, Inbox, Result,
    inbox::{lock, to_stored, unsigned},
};
use bellwether_domain::{ImportId, Offset};
use rusqlite::{Connection, OptionalExtension, Row, named_params, params};

impl Inbox {
    /// How far an import has come; `None` when it has not begun.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn import_cursor(&self, import: ImportId) -> Result<Option<ImportCursor>> {
        (|| {
            let reader = lock(&self.reader);
            let mut statement = reader.prepare_cached(
                "SELECT import, source, file, position, rows, events, rejected, complete, mapping
                 FROM import_cursors WHERE import = ?1",
            )?;
            statement.query_row([import.as_uuid().as_bytes()], read_cursor).optional()
        })()
        .map_err(self.database("read"))
    }

    /// How far every import has come, by source and file.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn import_cursors(&self) -> Result<Vec<ImportCursor>> {
        (|| {
            let reader = lock(&self.reader);
            let mut statement = reader.prepare_cached(
                "SELECT import, source, file, position, rows, events, rejected, complete, mapping
                 FROM import_cursors ORDER BY source, file, import",
            )?;
            let cursors = statement.query_map([], read_cursor)?;
            cursors.collect::<rusqlite::Result<Vec<_>>>()
        })()
        .map_err(self.database("read"))
    }

    /// The import of a source that appended last.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn newest_import(&self, source: &str) -> Result<Option<ImportId>> {
        lock(&self.reader)
            .query_row(
                "SELECT import FROM import_cursors WHERE source = ?1 ORDER BY last_batch DESC LIMIT 1",
                [source],
                |row| row.get(0).map(ImportId::from_bytes),
            )
            .optional()
            .map_err(self.database("read"))
    }

    /// Forgets how far an import has come, so that it begins anew. What it appended stays.
    ///
    /// # Errors
    /// When the file cannot be written; nothing was forgotten then.
    pub fn forget_cursor(&self, import: ImportId) -> Result<()> {
        self.in_transaction(&mut lock(&self.writer), "forget an import of", |transaction| {
            transaction.execute("DELETE FROM import_cursors WHERE import = ?1", [import.as_uuid().as_bytes()])?;
            Ok(())
        })
        .map(|_| ())
    }

    /// Which installation the inbox belongs to; `None` while it belongs to none.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn installation(&self) -> Result<Option<String>> {
        lock(&self.reader)
            .query_row("SELECT id FROM installation", [], |row| row.get(0))
            .optional()
            .map_err(self.database("read"))
    }

    /// Makes the inbox part of an installation, unless it is part of one already.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn join_installation(&self, id: &str) -> Result<()> {
        self.in_transaction(&mut lock(&self.writer), "write to", |transaction| {
            transaction
                .execute("INSERT INTO installation SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM installation)", [id])?;
            Ok(())
        })
        .map(|_| ())
    }
}

pub(crate) fn put_cursor(connection: &Connection, cursor: &ImportCursor) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO import_cursors (import, source, file, position, rows, events, rejected, complete, mapping)
         VALUES (:import, :source, :file, :position, :rows, :events, :rejected, :complete, :mapping)
         ON CONFLICT (import) DO UPDATE SET source = excluded.source, file = excluded.file,
             position = excluded.position, rows = excluded.rows, events = excluded.events,
             rejected = excluded.rejected, complete = excluded.complete, mapping = excluded.mapping",
    )?;
    statement.execute(named_params! {
        ":import": cursor.import.as_uuid().as_bytes(),
        ":source": cursor.source,
        ":file": cursor.file,
        ":position": to_stored(cursor.position),
        ":rows": to_stored(cursor.rows),
        ":events": to_stored(cursor.events),
        ":rejected": to_stored(cursor.rejected),
        ":complete": cursor.complete,
        ":mapping": cursor.mapping,
    })?;
    Ok(())
}

pub(crate) fn note_batch(connection: &Connection, import: ImportId, batch: Offset) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached("UPDATE import_cursors SET last_batch = ?1 WHERE import = ?2")?;
    statement.execute(params![to_stored(batch.0), import.as_uuid().as_bytes()]).map(drop)
}

fn read_cursor(row: &Row<'_>) -> rusqlite::Result<ImportCursor> {
    Ok(ImportCursor {
        import: ImportId::from_bytes(row.get("import")?),
        mapping: row.get("mapping")?,
        source: row.get("source")?,
        file: row.get("file")?,
        position: unsigned(row, "position")?,
        rows: unsigned(row, "rows")?,
        events: unsigned(row, "events")?,
        rejected: unsigned(row, "rejected")?,
        complete: row.get("complete")?,
    })
}
