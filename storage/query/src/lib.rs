//! Rows of queries on other people's databases: PostgreSQL, MySQL and MariaDB, SQLite.
//!
//! **Takes** an address, a query and how far earlier runs came. **Gives** its rows one by one, each as a JSON object with every
//! value exact, and what its cursor column says. **Promises** bounded memory on this side; that rows come in the order of the
//! cursor, or an error says so; that the database is only read. **Never** keeps how far it came: that is the caller's.
//!
//! With `storage/store` and `storage/inbox` one of the crates that know SQL; no type of theirs leaves it.

mod cursor;
mod database;
mod error;
mod mysql;
mod placeholder;
mod postgres;
mod row;
mod sqlite;

pub use cursor::{Cursor, CursorKind};
pub use database::{Database, Query, Row, Run};
pub use error::{Error, Result};
