//! What can go wrong, in words that say what, where and what to do.

use bellwether_domain::{JobId, MessageId, Offset};
use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

/// The underlying database's own error, kept for logs.
pub type Source = Box<dyn std::error::Error + Send + Sync>;

/// Why the Store could not do something. Nothing of a refused or failed call is visible afterwards.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database cannot be reached or opened.
    #[error(
        "cannot open the store at {target}: {source}; check the path or address, the permissions, and that the server runs"
    )]
    Open {
        /// Where, without password.
        target: String,
        /// What the database said.
        source: Source,
    },
    /// Another process holds the database.
    #[error("the store at {target} is in use by another bellwether process; stop it first, or choose another database")]
    InUse {
        /// Where, without password.
        target: String,
    },
    /// A newer version of the program has written this database.
    #[error(
        "the store at {target} has schema version {found}, but this program knows versions up to {known}; \
         use the newer program, or restore a backup made by this one"
    )]
    NewerSchema {
        /// Where, without password.
        target: String,
        /// Version of the database.
        found: i64,
        /// Newest version that this program knows.
        known: i64,
    },
    /// A step to a newer schema failed; the database is as it was before.
    #[error("cannot bring the store at {target} to schema version {version}: {source}")]
    Migration {
        /// Where, without password.
        target: String,
        /// The version that could not be reached.
        version: i64,
        /// What the database said.
        source: Source,
    },
    /// A change set or roll does not continue where the Store stands: it was committed before, or came out of order.
    #[error("{what} up to batch {given} is refused: the store stands at batch {stored} already; go on after that one")]
    OutOfOrder {
        /// `change set` or `roll`.
        what: &'static str,
        /// The offset of the refused step.
        given: u64,
        /// The offset that is stored.
        stored: u64,
    },
    /// Files of the Lake that are to be replaced are not in the manifest any more.
    #[error("{missing} files are not in the manifest any more; look at its list again")]
    FilesGone {
        /// How many.
        missing: u64,
    },
    /// A message can get its outcome once, and only after it was reserved.
    #[error("message {message} cannot become {to}: it is {from}")]
    OutcomeRefused {
        /// Which.
        message: MessageId,
        /// Where it stands: a state of the ledger, `not reserved` or `named twice in one call`.
        from: String,
        /// The outcome that was refused.
        to: &'static str,
    },
    /// The job is not (or no longer) held by the caller.
    #[error("job {job} is {state} now and no longer held by this worker (its attempt {attempt}); drop what was done")]
    JobNotHeld {
        /// Which.
        job: JobId,
        /// Where it stands: a state, or `unknown` when it does not exist.
        state: String,
        /// The attempt that the caller speaks for.
        attempt: u32,
    },
    /// The short name belongs to something else already.
    #[error("{what} `{slug}` exists already with another id; choose another short name")]
    SlugTaken {
        /// `campaign`, `segment`, `experiment` or `source`.
        what: &'static str,
        /// The name.
        slug: String,
    },
    /// The write key belongs to another source already. The key itself is not repeated.
    #[error("the write key of source `{slug}` is that of another source already; give it another key")]
    WriteKeyTaken {
        /// The source that was to get it.
        slug: String,
    },
    /// An entry of the tracking plan was changed by somebody else meanwhile.
    #[error(
        "the plan for {what} is not what it was: it is at version {stored} by now; look at it again, then change it"
    )]
    PlanMoved {
        /// Which entry.
        what: String,
        /// Where it stands.
        stored: u64,
    },
    /// Something refers to a profile, segment or the like that does not exist.
    #[error(
        "cannot {doing}: it refers to a profile, segment or other row that is not in the store; store that one first ({source})"
    )]
    MissingReference {
        /// What was going on.
        doing: &'static str,
        /// What the database said.
        source: Source,
    },
    /// A number that no database can keep or compare.
    #[error("{what} is {value}: only finite numbers can be stored")]
    NotFinite {
        /// Which number of what.
        what: String,
        /// `NaN` or an infinity.
        value: f64,
    },
    /// A row that this program could not have written.
    #[error(
        "table {table}, row {key}: column {column} is impossible: {problem}; restore a backup, or repair the row by hand"
    )]
    ImpossibleRow {
        /// Table.
        table: &'static str,
        /// The row's key.
        key: String,
        /// Column.
        column: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// The disk under the database is full.
    #[error("cannot {doing}: the disk of the store is full; free some space and run it again ({source})")]
    DiskFull {
        /// What was going on.
        doing: &'static str,
        /// What the database said.
        source: Source,
    },
    /// The database did not answer, or was locked by another process for too long.
    #[error("cannot {doing}: the store is not available ({source}); try again")]
    Unavailable {
        /// What was going on.
        doing: &'static str,
        /// What the database said.
        source: Source,
    },
    /// Any other refusal of the database.
    #[error("cannot {doing}: {source}")]
    Database {
        /// What was going on.
        doing: &'static str,
        /// What the database said.
        source: Source,
    },
}

/// This crate's results.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// Whether waiting and trying again can help.
    pub const fn is_temporary(&self) -> bool {
        matches!(self, Self::DiskFull { .. } | Self::Unavailable { .. })
    }

    pub(crate) fn out_of_order(what: &'static str, given: Offset, stored: Offset) -> Self {
        Self::OutOfOrder { what, given: given.0, stored: stored.0 }
    }
}

/// Says what was going on when the database refused.
pub(crate) trait Doing<T> {
    /// Completes the sentence "cannot …".
    fn doing(self, what: &'static str) -> Result<T>;
}

impl<T> Doing<T> for Result<T, DbErr> {
    fn doing(self, what: &'static str) -> Result<T> {
        self.map_err(|error| classify(what, error))
    }
}

/// Whether a unique key was violated, as it is for a short name that is taken.
pub(crate) fn is_unique_violation(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

fn classify(doing: &'static str, error: DbErr) -> Error {
    if matches!(error.sql_err(), Some(SqlErr::ForeignKeyConstraintViolation(_))) {
        return Error::MissingReference { doing, source: Box::new(error) };
    }
    match code(&error).as_deref() {
        // SQLITE_FULL; PostgreSQL disk_full.
        Some("13" | "53100") => Error::DiskFull { doing, source: Box::new(error) },
        // SQLITE_BUSY and its kinds, SQLITE_LOCKED, SQLITE_IOERR, SQLITE_CANTOPEN; PostgreSQL: deadlock,
        // serialisation, too many connections, shutting down.
        Some("5" | "261" | "517" | "6" | "10" | "14" | "40P01" | "40001" | "53300" | "57P01" | "57P02" | "57P03") => {
            Error::Unavailable { doing, source: Box::new(error) }
        }
        Some(_) => Error::Database { doing, source: Box::new(error) },
        None if is_connection_trouble(&error) => Error::Unavailable { doing, source: Box::new(error) },
        None => Error::Database { doing, source: Box::new(error) },
    }
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(e))
        | DbErr::Exec(RuntimeErr::SqlxError(e))
        | DbErr::Query(RuntimeErr::SqlxError(e)) => Some(e),
        _ => None,
    }
}

fn code(error: &DbErr) -> Option<String> {
    let sqlx::Error::Database(database) = sqlx_error(error)? else { return None };
    database.code().map(|code| code.into_owned())
}

fn is_connection_trouble(error: &DbErr) -> bool {
    matches!(error, DbErr::ConnectionAcquire(_) | DbErr::Conn(_))
        || matches!(
            sqlx_error(error),
            Some(sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed)
        )
}
