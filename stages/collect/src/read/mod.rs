//! From the bytes of a file to rows of fields or to JSON documents: decompression, encoding, delimiter, quotes, brackets. Memory stays bounded whatever
//! the file holds.

mod dialect;
mod documents;
mod encoding;
mod header;
mod quoted;
mod rows;
mod source;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod typed;
mod window;

pub(crate) use documents::{Documents, NextDocument};
pub(crate) use header::Columns;
pub(crate) use rows::{KEEP, Next, Problem, Row};
pub(crate) use source::Input;
pub use source::{Packing, file_digest, files_of};
pub(crate) use table::Table;
pub(crate) use text::Text;
pub(crate) use typed::TypedReader;
pub use typed::{RowIds, TypedRows};
