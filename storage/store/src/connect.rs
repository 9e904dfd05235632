//! Opens the database: one write connection and several for reading on SQLite, one pool on PostgreSQL.

use crate::{
    Error, Result,
    error::{Doing, Source},
    migrations,
    owner::Owner,
    quarantine::REJECTS_KEPT,
};
use sea_orm::{
    AccessMode, DatabaseConnection, DatabaseTransaction, DbBackend, IsolationLevel, SqliteTransactionMode,
    SqlxPostgresConnector, SqlxSqliteConnector, TransactionOptions, TransactionTrait,
    sqlx::{
        ConnectOptions,
        pool::PoolOptions,
        postgres::PgConnectOptions,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
    },
};
use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

/// Writers queue for SQLite's one write connection; the longest transaction (an import's change set, a whole segment
/// replaced) takes far less.
const PATIENCE: Duration = Duration::from_secs(60);
const SQLITE_READERS: u32 = 4;
/// In KiB, with the sign that SQLite wants; taken only as far as the database is large. Ids are random, so that writing
/// to a large table needs much of its index at hand, and what a transaction changes beyond it is written twice.
const SQLITE_WRITER_CACHE: &str = "-131072";
const SQLITE_READER_CACHE: &str = "-8192";
const POSTGRES_CONNECTIONS: u32 = 10;

/// Which database.
#[derive(Clone, PartialEq, Eq)]
pub enum StoreTarget {
    /// A file, created when it is missing. Its folder must exist.
    Sqlite(PathBuf),
    /// `postgres://user:password@host:port/database`; tables are made in the connection's default schema.
    Postgres(String),
}

impl fmt::Display for StoreTarget {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "{}", path.display()),
            Self::Postgres(url) => match url.parse::<PgConnectOptions>() {
                Ok(options) => {
                    let database = options.get_database().unwrap_or_else(|| options.get_username());
                    let (user, host) = (options.get_username(), options.get_host());
                    write!(f, "postgres://{user}@{host}:{}/{database}", options.get_port())
                }
                Err(_) => {
                    f.write_str("an address that cannot be read (expected postgres://user:password@host:port/database)")
                }
            },
        }
    }
}

impl fmt::Debug for StoreTarget {
    /// Without the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The seam. Cheap to clone; clones share their connections.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) writer: DatabaseConnection,
    pub(crate) reader: DatabaseConnection,
    schema_version: i64,
    target: Arc<str>,
    owner: Option<Arc<Owner>>,
    /// Rows of each source in quarantine.
    pub(crate) rejects_kept: u64,
}

impl Store {
    /// Opens the database and brings its schema up to this program's version. A newer schema is refused.
    pub async fn open(target: &StoreTarget) -> Result<Self> {
        let (writer, reader) =
            connect(target).await.map_err(|source| Error::Open { target: target.to_string(), source })?;
        let schema_version = migrations::run(&writer, target).await?;
        let target = target.to_string().into();
        Ok(Self { writer, reader, schema_version, target, owner: None, rejects_kept: REJECTS_KEPT })
    }

    /// As [`Store::open`], and keeps every other process that calls this out until the last clone is gone, however the
    /// process ends. [`Error::InUse`] where another one was first.
    pub async fn open_exclusive(target: &StoreTarget) -> Result<Self> {
        let store = Self::open(target).await?;
        let owner = Owner::take(target, &store.writer).await?;
        Ok(Self { owner: Some(Arc::new(owner)), ..store })
    }

    /// Goes on keeping others out, also where the database server was started anew in between. To be called before work that
    /// was interrupted goes on: [`Error::InUse`] where another process has the Store now.
    pub async fn stay_exclusive(&self) -> Result<()> {
        match &self.owner {
            Some(owner) => owner.renew(|| self.target.to_string(), &self.writer).await,
            None => Ok(()),
        }
    }

    /// Whether this process keeps the others out.
    pub const fn is_exclusive(&self) -> bool {
        self.owner.is_some()
    }

    /// `sqlite` or `postgres`.
    pub fn backend(&self) -> &'static str {
        match self.writer.get_database_backend() {
            DbBackend::Postgres => "postgres",
            _ => "sqlite",
        }
    }

    /// The schema's version, which is the newest that this program knows.
    pub const fn schema_version(&self) -> i64 {
        self.schema_version
    }

    /// Whether the database answers; for readiness checks.
    pub async fn ping(&self) -> Result<()> {
        self.reader.ping().await.doing("reach the database")
    }

    /// Ends all connections. Without it they end with the last clone, a little later.
    pub async fn close(&self) -> Result<()> {
        // The writer last: SQLite folds the log into the database file when the last connection leaves.
        self.reader.close_by_ref().await.doing("close the store")?;
        self.writer.close_by_ref().await.doing("close the store")
    }

    /// A transaction that writes. Dropped without commit it leaves nothing.
    pub(crate) async fn begin(&self, doing: &'static str) -> Result<DatabaseTransaction> {
        begin_write(&self.writer).await.doing(doing)
    }

    /// A transaction that sees one and the same moment throughout.
    pub(crate) async fn snapshot(&self, doing: &'static str) -> Result<DatabaseTransaction> {
        let options = match self.reader.get_database_backend() {
            DbBackend::Postgres => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..TransactionOptions::default()
            },
            _ => TransactionOptions::default(),
        };
        self.reader.begin_with_options(options).await.doing(doing)
    }
}

/// SQLite takes the write lock at once: a transaction that reads first and is refused the lock later cannot wait.
pub(crate) async fn begin_write(writer: &DatabaseConnection) -> Result<DatabaseTransaction, sea_orm::DbErr> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    writer.begin_with_options(options).await
}

async fn connect(target: &StoreTarget) -> Result<(DatabaseConnection, DatabaseConnection), Source> {
    match target {
        StoreTarget::Sqlite(path) => {
            let options = sqlite_options(path);
            let writer = pool_options(1).connect_with(options.clone()).await?;
            let options = options.pragma("query_only", "on").pragma("cache_size", SQLITE_READER_CACHE);
            let reader = pool_options(SQLITE_READERS).connect_lazy_with(options);
            let connection = SqlxSqliteConnector::from_sqlx_sqlite_pool;
            Ok((connection(writer), connection(reader)))
        }
        StoreTarget::Postgres(url) => {
            let options = url.parse::<PgConnectOptions>()?.application_name("bellwether").disable_statement_logging();
            let pool = pool_options(POSTGRES_CONNECTIONS).test_before_acquire(true).connect_with(options).await?;
            let connection = SqlxPostgresConnector::from_sqlx_postgres_pool(pool);
            Ok((connection.clone(), connection))
        }
    }
}

/// `synchronous=FULL`: the ledger's reservation must survive a power cut before the message leaves.
fn sqlite_options(path: &std::path::Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(30))
        .pragma("cache_size", SQLITE_WRITER_CACHE)
        .pragma("temp_store", "memory")
        .disable_statement_logging()
}

/// Connections stay open: nothing wakes up to look after them while the process is idle.
fn pool_options<DB: sea_orm::sqlx::Database>(connections: u32) -> PoolOptions<DB> {
    PoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}
