//! What can go wrong, and what to do about it. No message holds a password.

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a query gives no rows.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address cannot be one.
    #[error("the address of the database cannot be used: {0}; write postgres://…, mysql://… or sqlite:FILE")]
    Address(String),
    /// Nobody answers, or not as hoped.
    #[error(
        "cannot reach the database at {database}: {source}; nothing is lost, run it again when the database is there"
    )]
    Away {
        /// Where it is, without a password.
        database: String,
        /// What went wrong.
        source: sqlx::Error,
    },
    /// It answers in too long a time.
    #[error("the database at {0} did not answer within 15 seconds; nothing is lost, run it again when it does")]
    Silent(String),
    /// It refuses the query, or breaks off.
    #[error("{database} does not carry out the query: {source}")]
    Query {
        /// Where it is.
        database: String,
        /// What it says.
        source: sqlx::Error,
    },
    /// The rows have no such column.
    #[error("the query's rows have no column `{0}`, which the mapping's `query.cursor` names; select it")]
    NoCursor(String),
    /// A row without a value there.
    #[error(
        "row {row} has no value in `{column}`, so nobody knows how far the query came; leave such rows out with `WHERE {column} IS NOT NULL`"
    )]
    EmptyCursor {
        /// Its number in this run, from 1.
        row: u64,
        /// The cursor's column.
        column: String,
    },
    /// A number with places, or bytes.
    #[error("row {row} has `{value}` in `{column}`; a cursor is a whole number, a time or a text")]
    OddCursor {
        /// Its number in this run, from 1.
        row: u64,
        /// The cursor's column.
        column: String,
        /// What it holds.
        value: String,
    },
    /// Rows that go back.
    #[error("row {row} has `{now}` in `{column}` behind `{before}`; end the query with ORDER BY {column}")]
    Disorder {
        /// Its number in this run, from 1.
        row: u64,
        /// The cursor's column.
        column: String,
        /// The value of the row before.
        before: String,
        /// Its value.
        now: String,
    },
    /// The caller's own failure.
    #[error("{0}")]
    Taker(String),
}
