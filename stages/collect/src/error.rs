//! What can be wrong with a mapping or with a file as a whole. What is wrong with single rows is data: `Reject`.

use crate::time::{self, Guess};
use std::path::PathBuf;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a mapping cannot be used, with the place in its file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}")]
pub struct MappingError {
    /// The mapping's file name, as it was given.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong and what to write instead.
    pub message: String,
}

/// Why a file as a whole cannot be imported.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The mapping is wrong.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// The file cannot be opened or read.
    #[error("{}: {source}", path.display())]
    Io {
        /// Which file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Not one byte, or blanks only.
    #[error("{file} is empty: there is neither a header nor a row in it")]
    EmptyFile {
        /// Which file.
        file: String,
    },
    /// A header and nothing else.
    #[error("{file} has a header but no rows")]
    OnlyHeader {
        /// Which file.
        file: String,
    },
    /// A column that the mapping names is not in the header.
    #[error("{file}: no column `{column}` (the mapping's `{key}` asks for it); {hint}")]
    MissingColumn {
        /// Which file.
        file: String,
        /// The column that was looked for.
        column: String,
        /// Where the mapping names it, for example `columns.price`.
        key: String,
        /// The nearest names, or all of them.
        hint: String,
    },
    /// A column that the mapping names stands more than once in the header.
    #[error(
        "{file}: column `{column}` stands {times} times in the header (the mapping's `{key}` asks for it); rename one of them"
    )]
    RepeatedColumn {
        /// Which file.
        file: String,
        /// The column.
        column: String,
        /// Where the mapping names it.
        key: String,
        /// How often it is there.
        times: usize,
    },
    /// A spreadsheet, an archive, a picture …
    #[error("{file} is not a text file: {hint}")]
    NotText {
        /// Which file.
        file: String,
        /// What it seems to be, and what to do.
        hint: String,
    },
    /// The form of the dates cannot be told from the file alone.
    #[error(
        "{file}: the dates in column `{column}` (such as `{example}`) {problem}; write time.format in the mapping, for example format = \"{suggestion}\""
    )]
    UnclearDates {
        /// Which file.
        file: String,
        /// Which column.
        column: String,
        /// One of them.
        example: String,
        /// What is unclear.
        problem: String,
        /// A format that could be meant.
        suggestion: String,
    },
    /// A rule of the mapping names no time, and a file has none of its own.
    #[error(
        "{file}: rule {rule} of the mapping has no `time`, and a file does not say when it arrived; add time = \"Column\", or for a list without dates time = {{ constant = \"2026-01-31\" }}"
    )]
    NoTime {
        /// Which file.
        file: String,
        /// The rule's number, from 1.
        rule: usize,
    },
    /// The mapping looks for lists in a file of rows.
    #[error("{file} has rows of single values, but the mapping asks for each element of `{list}`; only JSON has lists")]
    NoLists {
        /// Which file.
        file: String,
        /// The list.
        list: String,
    },
    /// There are rows, and none of them can be used.
    #[error("{file}: none of its {rows} rows can be used; the first: {first}")]
    AllRowsBad {
        /// Which file.
        file: String,
        /// How many rows there are.
        rows: u64,
        /// What is wrong with the first.
        first: String,
    },
    /// An experiment's files do not fit its mapping.
    #[error("{0}")]
    Experiment(String),
}

impl Error {
    /// What could not be told from the times of a column, each with its place.
    pub(crate) fn unclear_dates(file: &str, column: &str, samples: &[(String, String)], found: Guess) -> Self {
        let first = samples.iter().find(|(_, text)| !text.is_empty()).map(|(_, text)| text.clone()).unwrap_or_default();
        let (example, problem, suggestion) = match found {
            Guess::Ambiguous(one, other) => (first, format!("can be read as {one} and as {other}"), one.to_string()),
            Guess::Is(_) | Guess::None => {
                let (place, odd) = time::odd_one(samples).cloned().unwrap_or(("the first rows".to_owned(), first));
                let problem = format!("have no form that is known; this one stands in {place}");
                (odd, problem, "%Y-%m-%d %H:%M:%S".to_owned())
            }
        };
        Self::UnclearDates { file: file.to_owned(), column: column.to_owned(), example, problem, suggestion }
    }
}
