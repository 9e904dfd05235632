//! An address, and what is asked there.

use crate::{Cursor, Error, Result, cursor::Follower, mysql, placeholder, postgres, sqlite};
use std::{ops::ControlFlow, time::Duration};
use url::Url;

/// How long a database may take to greet.
const PATIENCE: Duration = Duration::from_secs(15);

/// A database, by its address.
#[derive(Clone)]
pub struct Database {
    kind: Kind,
    address: String,
    shown: String,
}

#[derive(Debug, Clone, Copy)]
enum Kind {
    Postgres,
    MySql,
    Sqlite,
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Query<'q> {
    /// One SELECT, with `:cursor` where the value goes that earlier runs came to.
    pub sql: &'q str,
    /// The column by which rows are ordered and a later run goes on, where there is one.
    pub cursor: Option<&'q str>,
    /// What stands for `:cursor`.
    pub from: Option<&'q Cursor>,
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub struct Row<'r> {
    /// A JSON object on one line, its columns in order.
    pub json: &'r str,
    /// The value of the cursor column.
    pub cursor: Option<&'r Cursor>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// There are no more rows.
    Finished,
    /// The taker has enough.
    Stopped,
}

/// What a driver calls for every row.
pub(crate) type Take<'t> = dyn FnMut(&str, Option<(crate::CursorKind, String)>) -> Result<ControlFlow<()>> + Send + 't;

impl Database {
    /// Reads an address: `postgres://user:password@host:port/database`, `mysql://…` (also for MariaDB), `sqlite:FILE`.
    ///
    /// # Errors
    /// [`Error::Address`].
    pub fn new(address: &str) -> Result<Self> {
        let scheme = address.split_once(':').map_or("", |(scheme, _)| scheme);
        let kind = match scheme {
            "postgres" | "postgresql" => Kind::Postgres,
            "mysql" | "mariadb" => Kind::MySql,
            "sqlite" => Kind::Sqlite,
            "" => return Err(Error::Address("it has no `:`".to_owned())),
            _ => return Err(Error::Address(format!("`{scheme}` is no database that is known here"))),
        };
        let shown = match kind {
            Kind::Sqlite => address.to_owned(),
            _ => {
                let url = Url::parse(address).map_err(|error| Error::Address(error.to_string()))?;
                let port = url.port().map_or(String::new(), |port| format!(":{port}"));
                format!("{scheme}://{}{port}{}", url.host_str().unwrap_or_default(), url.path())
            }
        };
        let address = address.replacen("mariadb:", "mysql:", 1);
        Ok(Self { kind, address, shown })
    }

    /// Where it is, without user and password.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Gives the rows of a query to `take` until it says that it has enough.
    ///
    /// # Errors
    /// [`Error::Away`] and [`Error::Silent`] where it makes sense to try again; the others say what to mend.
    pub async fn run(
        &self,
        query: Query<'_>,
        mut take: impl FnMut(Row<'_>) -> std::result::Result<ControlFlow<()>, String> + Send,
    ) -> Result<Run> {
        let mut follower = Follower::default();
        let mut give = |json: &str, value: Option<(crate::CursorKind, String)>| {
            let cursor = query.cursor.map(|column| follower.next(column, value)).transpose()?;
            take(Row { json, cursor: cursor.as_ref() }).map_err(Error::Taker)
        };
        let sql = placeholder::bare(query.sql);
        match self.kind {
            Kind::Postgres => postgres::run(self, sql, &query, &mut give).await,
            Kind::MySql => mysql::run(self, sql, &query, &mut give).await,
            Kind::Sqlite => sqlite::run(self, sql, &query, &mut give).await,
        }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Waits for a connection, but not for ever.
    pub(crate) async fn greeted<C>(&self, connecting: impl Future<Output = sqlx::Result<C>>) -> Result<C> {
        match tokio::time::timeout(PATIENCE, connecting).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(source)) => Err(Error::Away { database: self.shown.clone(), source }),
            Err(_) => Err(Error::Silent(self.shown.clone())),
        }
    }

    /// What went wrong while rows came.
    pub(crate) fn failed(&self, source: sqlx::Error) -> Error {
        let database = self.shown.clone();
        match source {
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::Protocol(_) => Error::Away { database, source },
            source => Error::Query { database, source },
        }
    }
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_ever_shown() {
        let database = Database::new("postgres://ann:secret@db.example:5433/shop?sslmode=require").unwrap();
        assert_eq!(
            (database.shown(), format!("{database:?}")),
            ("postgres://db.example:5433/shop", "postgres://db.example:5433/shop".to_owned())
        );
        for wrong in ["shop.db", "oracle://x", "postgres://ann:secret@[::1"] {
            let error = Database::new(wrong).unwrap_err().to_string();
            assert!(error.contains("postgres://…") && !error.contains("secret"), "{error}");
        }
    }
}
