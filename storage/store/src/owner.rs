//! One process at a time: a locked file beside SQLite's, an advisory lock on a connection of its own on PostgreSQL.

use crate::{Error, Result, StoreTarget, error::Doing};
use sea_orm::{
    DatabaseConnection,
    sqlx::{self, PgConnection},
};
use std::{
    fs::{File, TryLockError},
    path::Path,
    time::Duration,
};
use tokio::sync::Mutex;

/// "BWst": with a number made of the schema's name, the advisory lock's key.
const ADVISORY_KEY: i32 = 0x4257_7374;
/// A server notices a little later that a process has died; one that is started anew at once waits so long.
const ATTEMPTS: u32 = 20;
const PAUSE: Duration = Duration::from_millis(100);

/// What keeps others out for as long as it lives.
#[derive(Debug)]
pub(crate) enum Owner {
    File(#[expect(dead_code, reason = "held for its lock")] File),
    Connection(Mutex<PgConnection>),
}

impl Owner {
    pub async fn take(target: &StoreTarget, database: &DatabaseConnection) -> Result<Self> {
        let in_use = || Error::InUse { target: target.to_string() };
        match target {
            StoreTarget::Sqlite(path) => lock_file(target, path)?.map(Self::File).ok_or_else(in_use),
            StoreTarget::Postgres(_) => {
                let connection = advisory_lock(database).await.doing("take the store for this process")?;
                connection.map(|connection| Self::Connection(Mutex::new(connection))).ok_or_else(in_use)
            }
        }
    }
}

impl Owner {
    /// A server that was started anew has forgotten who was first; takes the lock again where it was lost.
    pub async fn renew(&self, target: impl FnOnce() -> String, database: &DatabaseConnection) -> Result<()> {
        const DOING: &str = "keep the store for this process";
        let Self::Connection(connection) = self else { return Ok(()) };
        let mut connection = connection.lock().await;
        if sqlx::Connection::ping(&mut *connection).await.is_ok() {
            return Ok(());
        }
        match advisory_lock(database).await.doing(DOING)? {
            Some(new) => {
                *connection = new;
                Ok(())
            }
            None => Err(Error::InUse { target: target() }),
        }
    }
}

fn lock_file(target: &StoreTarget, path: &Path) -> Result<Option<File>> {
    let mut name = path.as_os_str().to_owned();
    name.push("-owner");
    let failed = |source: std::io::Error| Error::Open { target: target.to_string(), source: source.into() };
    let file = File::options().write(true).create(true).truncate(false).open(Path::new(&name)).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

async fn advisory_lock(database: &DatabaseConnection) -> Result<Option<PgConnection>, sea_orm::DbErr> {
    let failed = |error: sqlx::Error| sea_orm::DbErr::Conn(sea_orm::RuntimeErr::SqlxError(error.into()));
    // Out of the pool: a connection that the pool closes would give the lock back.
    let mut connection = database.get_postgres_connection_pool().acquire().await.map_err(failed)?.detach();
    for attempt in 1..=ATTEMPTS {
        let taken = sqlx::query_scalar("SELECT pg_try_advisory_lock($1, hashtext(coalesce(current_schema(), '')))")
            .bind(ADVISORY_KEY)
            .fetch_one(&mut connection)
            .await
            .map_err(failed)?;
        if taken {
            return Ok(Some(connection));
        }
        if attempt < ATTEMPTS {
            sqlx::query("SELECT pg_sleep($1)")
                .bind(PAUSE.as_secs_f64())
                .execute(&mut connection)
                .await
                .map_err(failed)?;
        }
    }
    Ok(None)
}
