//! From the bytes of a file to rows of fields: decompression, encoding, delimiter, quotes. Memory stays bounded whatever
//! the file holds.

mod dialect;
mod encoding;
mod header;
mod quoted;
mod rows;
mod source;
mod table;
#[cfg(test)]
mod tests;

pub(crate) use header::Columns;
pub(crate) use rows::KEEP;
pub(crate) use rows::{Next, Problem, Row};
pub(crate) use source::Input;
pub use source::file_digest;
pub(crate) use table::Table;
