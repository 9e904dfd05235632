//! Opening the file: what it is, which format it has, how durable it writes.

use crate::{Error, Result};
use rusqlite::{Connection, OpenFlags};
use std::{path::Path, time::Duration};

/// "BWin", so that `file` and we can tell an inbox from any other SQLite file.
const APPLICATION_ID: i64 = 0x4257_696E;
/// Counts up when the tables change.
const FORMAT: i64 = 2;
/// After a large import has been rolled, the file keeps this many free pages (16 MB) for the next one and gives the
/// rest back to the disk.
const SPARE_PAGES: i64 = 4096;

/// How to open. Everything but the default is for tests.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// How long a writer waits for another process.
    pub busy_timeout: Duration,
    /// Whether the disk is told to keep what is committed.
    pub keeps: bool,
    /// What tests do in the middle of an append.
    #[cfg(test)]
    pub fault: crate::crash_tests::Fault,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            busy_timeout: Duration::from_secs(5),
            keeps: true,
            #[cfg(test)]
            fault: crate::crash_tests::Fault::None,
        }
    }
}

/// The connection that writes; creates the file and its tables when they are missing.
pub fn open_writer(path: &Path, options: Options) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = open(path, flags, options)?;
    let is_new = check_format(path, &connection)?;
    if is_new {
        // Only a file without tables takes this setting; it makes giving pages back possible.
        run(path, &connection, "set up", "PRAGMA auto_vacuum = INCREMENTAL")?;
    }
    let mode: String = connection
        .query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))
        .map_err(|e| Error::from_sqlite(path, "open", e))?;
    if mode != "wal" {
        let source = format!("the file system does not allow write-ahead logging (mode is `{mode}`)").into();
        return Err(Error::Database { path: path.to_owned(), action: "open", source });
    }
    run(
        path,
        &connection,
        "open",
        if options.keeps { "PRAGMA synchronous = FULL" } else { "PRAGMA synchronous = OFF" },
    )?;
    run(path, &connection, "open", "PRAGMA secure_delete = OFF; PRAGMA journal_size_limit = 67108864")?;
    if is_new {
        create_tables(path, &mut connection)?;
    }
    upgrade(path, &mut connection)?;
    Ok(connection)
}

/// The connection that reads.
pub fn open_reader(path: &Path, options: Options) -> Result<Connection> {
    open(path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX, options)
}

fn open(path: &Path, flags: OpenFlags, options: Options) -> Result<Connection> {
    let connection = Connection::open_with_flags(path, flags).map_err(|e| Error::from_sqlite(path, "open", e))?;
    connection.busy_timeout(options.busy_timeout).map_err(|e| Error::from_sqlite(path, "open", e))?;
    Ok(connection)
}

/// Whether the file is still empty; an error where it holds something else or something newer.
fn check_format(path: &Path, connection: &Connection) -> Result<bool> {
    let number = |sql| {
        connection.query_row(sql, [], |row| row.get::<_, i64>(0)).map_err(|e| Error::from_sqlite(path, "open", e))
    };
    let (application, format) = (number("PRAGMA application_id")?, number("PRAGMA user_version")?);
    let tables = number("SELECT count(*) FROM sqlite_master")?;
    match (application, format) {
        (0, 0) if tables == 0 => Ok(true),
        (APPLICATION_ID, found) if found > FORMAT => {
            Err(Error::NewerFormat { path: path.to_owned(), found, known: FORMAT })
        }
        (APPLICATION_ID, _) => Ok(false),
        _ => Err(Error::Foreign { path: path.to_owned() }),
    }
}

fn create_tables(path: &Path, connection: &mut Connection) -> Result<()> {
    let result = (|| {
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        // Another process may have been faster.
        let tables: i64 = transaction.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))?;
        if tables == 0 {
            transaction.execute_batch(include_str!("schema.sql"))?;
            transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
            transaction.pragma_update(None, "user_version", FORMAT)?;
        }
        transaction.commit()
    })();
    result.map_err(|e| Error::from_sqlite(path, "create the tables of", e))
}

/// Adds what an older format lacks.
fn upgrade(path: &Path, connection: &mut Connection) -> Result<()> {
    let result = (|| {
        let format =
            |connection: &Connection| connection.query_row("PRAGMA user_version", [], |row| row.get::<_, i64>(0));
        if format(connection)? == FORMAT {
            return Ok(());
        }
        let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        // Another process may have been faster.
        if format(&transaction)? == 1 {
            transaction.execute_batch(include_str!("format_2.sql"))?;
            transaction.pragma_update(None, "user_version", FORMAT)?;
        }
        transaction.commit()
    })();
    result.map_err(|e| Error::from_sqlite(path, "upgrade", e))
}

/// Gives what was freed back to the disk, but for a reserve.
pub fn give_back_free_pages(path: &Path, connection: &Connection) -> Result<()> {
    let free: i64 = connection
        .query_row("PRAGMA freelist_count", [], |row| row.get(0))
        .map_err(|e| Error::from_sqlite(path, "measure", e))?;
    if free <= SPARE_PAGES {
        return Ok(());
    }
    // The pragma gives back one page a step, so it must be stepped to its end.
    (|| {
        let mut statement = connection.prepare(&format!("PRAGMA incremental_vacuum({})", free - SPARE_PAGES))?;
        let mut steps = statement.query([])?;
        while steps.next()?.is_some() {}
        Ok(())
    })()
    .map_err(|e| Error::from_sqlite(path, "shrink", e))
}

fn run(path: &Path, connection: &Connection, action: &'static str, sql: &str) -> Result<()> {
    connection.execute_batch(sql).map_err(|e| Error::from_sqlite(path, action, e))
}
