//! A first draft of a mapping, guessed from the names and contents of a file.
//!
//! The draft is TOML with a comment for every guess, and with all columns that were left out. It always parses; whether it
//! is right is for a dry run and a person to see. Guesses are cautious: a column that could be two things is left out.

mod branch;
mod content;
mod draft;
mod look;
mod meaning;
mod names;
mod plan;
mod table;

pub use look::{Look, LookColumn};
pub use table::TextForm;

use crate::error::Result;
use std::{io::Read, path::Path};

/// A draft of a mapping for a file.
///
/// # Errors
/// The file cannot be read, is empty or no text.
pub fn guess(path: &Path) -> Result<String> {
    let source = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    guess_text(crate::read::Input::open(path)?, &source)
}

/// As [`guess`], from any bytes; `name` is what they are called.
///
/// # Errors
/// As [`guess`].
pub fn guess_from_reader(name: &str, reader: impl Read + Send + 'static) -> Result<String> {
    let input = crate::read::Input::new(name, reader)
        .map_err(|source| crate::error::Error::Io { path: name.into(), source })?;
    guess_text(input, name)
}

/// As [`guess`], from rows that have names and types.
///
/// # Errors
/// There is no row, or it cannot be read.
pub fn guess_from_rows(name: &str, rows: Box<dyn crate::read::TypedRows>) -> Result<String> {
    Ok(draft::of(name, &table::Sample::of_rows(name, rows)?))
}

/// What a file seems to be, with its first values and a draft of a mapping.
///
/// # Errors
/// As [`guess`].
pub fn look_at(path: &Path) -> Result<Look> {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Look::of(&name, &table::Sample::take(crate::read::Input::open(path)?)?))
}

/// As [`look_at`], of rows that have names and types.
///
/// # Errors
/// As [`guess_from_rows`].
pub fn look_at_rows(name: &str, rows: Box<dyn crate::read::TypedRows>) -> Result<Look> {
    Ok(Look::of(name, &table::Sample::of_rows(name, rows)?))
}

/// As [`guess`], from one document, or a list of them, that arrives by itself; nothing where it is no object.
pub(crate) fn guess_from_document(source: &str, body: &str) -> Option<String> {
    let sample = table::Sample::of_delivery(body)?;
    Some(draft::of(source, &sample))
}

fn guess_text(input: crate::read::Input, name: &str) -> Result<String> {
    Ok(draft::of(name, &table::Sample::take(input)?))
}
