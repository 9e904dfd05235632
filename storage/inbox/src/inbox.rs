//! The append log.

use crate::{
    Error, ImportCursor, NewBatch, Result, StoredBatch,
    cursors::{note_batch, put_cursor},
    database::{self, Options},
    memory::Memory,
};
use bellwether_domain::Offset;
use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, named_params};
use std::{
    fmt,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::sync::watch;
use zstd::{
    bulk::{Compressor, Decompressor},
    zstd_safe::CParameter,
};

/// Level 1 costs a third of level 3 here and gives up a tenth of the size; the Lake compresses for good.
const COMPRESSION_LEVEL: i32 = 1;

/// What has arrived and is acknowledged. One thread can append while another reads.
pub struct Inbox {
    path: PathBuf,
    #[cfg(test)]
    options: Options,
    pub(crate) writer: Mutex<Connection>,
    pub(crate) reader: Mutex<Connection>,
    compressor: Mutex<Option<Compressor<'static>>>,
    memory: Memory,
    appended: watch::Sender<Offset>,
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Inbox {
    /// Opens the file, and creates it when it is missing; its folder must exist. A second process may open it to read.
    ///
    /// # Errors
    /// When the file is not an inbox, or of a newer format, or cannot be written to.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_with(path, Options::default())
    }

    /// The same, but the disk is never told to keep anything. Only for the test that shows what would be lost.
    ///
    /// # Errors
    /// As [`Self::open`].
    #[cfg(debug_assertions)]
    pub fn open_carelessly(path: &Path) -> Result<Self> {
        Self::open_with(path, Options { keeps: false, ..Options::default() })
    }

    pub(crate) fn open_with(path: &Path, options: Options) -> Result<Self> {
        let writer = database::open_writer(path, options)?;
        let reader = database::open_reader(path, options)?;
        let last = last_offset(&reader).map_err(|e| Error::from_sqlite(path, "open", e))?;
        Ok(Self {
            path: path.to_owned(),
            #[cfg(test)]
            options,
            writer: Mutex::new(writer),
            reader: Mutex::new(reader),
            compressor: Mutex::default(),
            memory: Memory::default(),
            appended: watch::Sender::new(last),
        })
    }

    /// Where the file lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The offset of the last batch, and word of every new one that this `Inbox` appends: whoever waits for it need not
    /// ask again and again. What another process appends is not told.
    pub fn appended(&self) -> watch::Receiver<Offset> {
        self.appended.subscribe()
    }

    /// Appends batches and moves the cursor in one transaction, which is on the disk when this returns. Gives the offset
    /// of the last batch that there is, also when the call only moved the cursor.
    ///
    /// # Errors
    /// [`Error::DiskFull`], [`Error::Locked`] and the others of this crate. After an error nothing of the call was kept,
    /// and the same call can be made again.
    pub fn append(
        &self,
        batches: &[NewBatch],
        cursor: Option<&ImportCursor>,
        received_at: DateTime<Utc>,
    ) -> Result<Offset> {
        check_record_counts(batches)?;
        let bodies = self.compress(batches)?;
        let mut writer = lock(&self.writer);
        let write = |transaction: &Transaction<'_>| {
            for (batch, body) in batches.iter().zip(&bodies) {
                insert_batch(transaction, batch, body, received_at)?;
            }
            if let Some(cursor) = cursor {
                put_cursor(transaction, cursor)?;
                if !batches.is_empty() {
                    note_batch(transaction, cursor.import, last_offset(transaction)?)?;
                }
            }
            Ok(())
        };
        #[cfg(test)]
        self.options.fault.before_batches(&mut writer, cursor).map_err(self.database("append to"))?;
        let last = self.in_transaction(&mut writer, "append to", write)?;
        // Under the writer's lock, so that the word of a later batch cannot be overtaken by that of an earlier one.
        self.appended.send_if_modified(|known| std::mem::replace(known, last) != last);
        Ok(last)
    }

    /// As [`Inbox::append`] for one batch, which stays at hand until it is read: somebody who reads as fast as this appends need
    /// not unpack it.
    ///
    /// # Errors
    /// As [`Inbox::append`], but the batch is gone.
    pub fn append_at_hand(
        &self,
        batch: NewBatch,
        cursor: Option<&ImportCursor>,
        received_at: DateTime<Utc>,
    ) -> Result<Offset> {
        let offset = self.append(std::slice::from_ref(&batch), cursor, received_at)?;
        let received_at = DateTime::from_timestamp_micros(received_at.timestamp_micros()).unwrap_or(received_at);
        self.memory.keep(StoredBatch { offset, records: batch.records, received_at, body: batch.body });
        Ok(offset)
    }

    /// The batch behind an offset; `None` at the end. Give its memory back with [`Inbox::recycle`].
    ///
    /// # Errors
    /// As [`Inbox::read_after`].
    pub fn next_after(&self, after: Offset) -> Result<Option<StoredBatch>> {
        match self.memory.at_hand(after.next()) {
            Some(batch) => Ok(Some(batch)),
            None => Ok(self.read_after(after, 1)?.pop()),
        }
    }

    /// The batches behind an offset, in order, at most `max_batches`.
    ///
    /// # Errors
    /// [`Error::Damaged`] when a batch is not what was appended.
    pub fn read_after(&self, after: Offset, max_batches: usize) -> Result<Vec<StoredBatch>> {
        let reader = lock(&self.reader);
        let rows = (|| {
            let mut statement = reader.prepare_cached(
                "SELECT offset, received_at, records, bytes, body FROM batches WHERE offset > ?1 ORDER BY offset LIMIT ?2",
            )?;
            let rows = statement.query_map([bound(after.0), bound(max_batches as u64)], BatchRow::read)?;
            rows.collect::<rusqlite::Result<Vec<_>>>()
        })()
        .map_err(self.database("read"))?;
        drop(reader);
        rows.into_iter().map(|row| self.restore(row)).collect()
    }

    /// When the batch behind an offset was received; `None` at the end. Reads no body.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn received_after(&self, after: Offset) -> Result<Option<DateTime<Utc>>> {
        let reader = lock(&self.reader);
        let received = (|| {
            let mut statement =
                reader.prepare_cached("SELECT received_at FROM batches WHERE offset > ?1 ORDER BY offset LIMIT 1")?;
            statement.query_row([bound(after.0)], |row| row.get::<_, i64>(0)).optional()
        })()
        .map_err(self.database("read"))?;
        Ok(received.and_then(DateTime::from_timestamp_micros))
    }

    /// Gives back the memory of a batch that was read, for others.
    pub fn recycle(&self, batch: StoredBatch) {
        self.memory.give_back(batch.body);
    }

    /// Frees what was given back.
    pub fn forget_spares(&self) {
        self.memory.forget_spares();
    }

    /// Memory for a body of about so many bytes, empty, and used before where there is some.
    pub fn spare_body(&self, bytes: usize) -> Vec<u8> {
        self.memory.take(bytes)
    }

    /// The offset of the last batch that was ever appended, dropped ones included; zero when there was none.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn last_offset(&self) -> Result<Offset> {
        last_offset(&lock(&self.reader)).map_err(self.database("read"))
    }

    /// Removes the batches up to an offset, that one included, because they are in the Lake; says how many there were.
    ///
    /// # Errors
    /// When the file cannot be written; nothing was removed then.
    pub fn drop_through(&self, offset: Offset) -> Result<u64> {
        let mut writer = lock(&self.writer);
        let mut dropped = 0;
        self.in_transaction(&mut writer, "drop batches of", |transaction| {
            let mut statement = transaction.prepare_cached("DELETE FROM batches WHERE offset <= ?1")?;
            dropped = statement.execute([bound(offset.0)])? as u64;
            Ok(())
        })?;
        if dropped > 0 {
            // The batches are gone whether or not the file gets smaller; the next call tries again.
            if let Err(error) = database::give_back_free_pages(&self.path, &writer) {
                tracing::warn!(%error, "the inbox keeps its free pages for now");
            }
        }
        Ok(dropped)
    }

    /// Runs `write` and makes it durable, or leaves nothing of it.
    pub(crate) fn in_transaction(
        &self,
        writer: &mut Connection,
        action: &'static str,
        write: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<()>,
    ) -> Result<Offset> {
        let result = (|| {
            // IMMEDIATE: a writer that waits for another one must not have read anything before.
            let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
            write(&transaction)?;
            let last = last_offset(&transaction)?;
            #[cfg(test)]
            self.options.fault.before_commit();
            transaction.commit()?;
            Ok(last)
        })();
        result.map_err(self.database(action))
    }

    fn compress(&self, batches: &[NewBatch]) -> Result<Vec<Vec<u8>>> {
        let failed = |e| Error::from_io(&self.path, "compress a batch for", e);
        let mut kept = self.compressor.lock().unwrap_or_else(PoisonError::into_inner);
        let compressor = match &mut *kept {
            Some(compressor) => compressor,
            none => none.insert(new_compressor().map_err(failed)?),
        };
        batches.iter().map(|batch| compressor.compress(&batch.body).map_err(failed)).collect()
    }

    fn restore(&self, row: BatchRow) -> Result<StoredBatch> {
        let damaged = |detail: String| Error::Damaged { path: self.path.clone(), offset: row.offset, detail };
        // Before so much memory is asked for.
        let stated = zstd::zstd_safe::get_frame_content_size(&row.body);
        if !matches!(stated, Ok(Some(bytes)) if bytes == row.bytes as u64) {
            return Err(damaged(format!("it does not hold the {} bytes that it should", row.bytes)));
        }
        let mut body = self.memory.take(row.bytes);
        let decompress = |body: &mut Vec<u8>| Decompressor::new()?.decompress_to_buffer(&row.body, body);
        decompress(&mut body).map_err(|e| damaged(e.to_string()))?;
        if body.len() != row.bytes {
            return Err(damaged(format!("{} bytes instead of {}", body.len(), row.bytes)));
        }
        let received_at = DateTime::from_timestamp_micros(row.received_at)
            .ok_or_else(|| damaged(format!("{} is not a time", row.received_at)))?;
        Ok(StoredBatch { offset: Offset(row.offset), records: row.records, received_at, body })
    }

    pub(crate) fn database(&self, action: &'static str) -> impl Fn(rusqlite::Error) -> Error + '_ {
        move |error| Error::from_sqlite(&self.path, action, error)
    }
}

fn new_compressor() -> std::io::Result<Compressor<'static>> {
    let mut compressor = Compressor::new(COMPRESSION_LEVEL)?;
    // A disk that returns other bytes than it was given is noticed instead of believed.
    compressor.set_parameter(CParameter::ChecksumFlag(true))?;
    Ok(compressor)
}

/// A poisoned lock only says that another thread panicked; its transaction was rolled back with its guard.
pub(crate) fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

fn check_record_counts(batches: &[NewBatch]) -> Result<()> {
    for (index, batch) in batches.iter().enumerate() {
        let found = count_lines(&batch.body);
        if found != batch.records as usize {
            return Err(Error::RecordCount { index, said: batch.records, found });
        }
    }
    Ok(())
}

/// The last one may lack its line break. Every byte that arrives is looked at here twice; counting with an iterator of the
/// standard library took a tenth of the server's processor time in a storm.
pub(crate) fn count_lines(body: &[u8]) -> usize {
    let breaks = memchr::memchr_iter(b'\n', body).count();
    breaks + usize::from(body.last().is_some_and(|byte| *byte != b'\n'))
}

fn insert_batch(
    transaction: &Transaction<'_>,
    batch: &NewBatch,
    body: &[u8],
    received_at: DateTime<Utc>,
) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO batches (received_at, records, bytes, body) VALUES (:received_at, :records, :bytes, :body)",
    )?;
    statement.execute(named_params! {
        ":received_at": received_at.timestamp_micros(),
        ":records": batch.records,
        ":bytes": to_stored(batch.body.len() as u64),
        ":body": body,
    })?;
    Ok(())
}

/// The counter of AUTOINCREMENT, which outlives the rows.
pub(crate) fn last_offset(connection: &Connection) -> rusqlite::Result<Offset> {
    let mut statement = connection.prepare_cached("SELECT seq FROM sqlite_sequence WHERE name = 'batches'")?;
    let last = statement.query_row([], |row| unsigned(row, "seq")).optional()?;
    Ok(Offset(last.unwrap_or(0)))
}

/// For comparisons: a number beyond SQLite's largest is as good as the largest.
fn bound(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

/// SQLite's integers are signed; the bits are what is kept.
pub(crate) const fn to_stored(value: u64) -> i64 {
    value.cast_signed()
}

pub(crate) fn unsigned(row: &Row<'_>, column: &str) -> rusqlite::Result<u64> {
    row.get::<_, i64>(column).map(i64::cast_unsigned)
}

/// A row of `batches` as it lies in the file.
struct BatchRow {
    offset: u64,
    received_at: i64,
    records: u32,
    bytes: usize,
    body: Vec<u8>,
}

impl BatchRow {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            offset: unsigned(row, "offset")?,
            received_at: row.get("received_at")?,
            records: row.get("records")?,
            bytes: row.get::<_, i64>("bytes")?.cast_unsigned() as usize,
            body: row.get("body")?,
        })
    }
}

#[cfg(test)]
#[path = "inbox_tests.rs"]
mod tests;
