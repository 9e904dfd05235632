//! What can be wrong with an input, said so that somebody can mend it.

use thiserror::Error;

/// Everything that this crate refuses.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum Error {
    /// A parameter outside its range.
    #[error("parameter {name} is {value}, but it must be {must}")]
    Parameter {
        /// Which one.
        name: &'static str,
        /// What was given.
        value: String,
        /// What is allowed.
        must: &'static str,
    },
    /// Two inputs whose sizes do not belong together.
    #[error("{what}: expected {expected}, found {found}")]
    Shape {
        /// Which sizes, in words.
        what: &'static str,
        /// The size that the other input asks for.
        expected: usize,
        /// The size that was given.
        found: usize,
    },
    /// A number that is not a number, or infinite.
    #[error("{what} at row {row}, column {column} is not a finite number; impute or drop it first")]
    NotFinite {
        /// Which input.
        what: &'static str,
        /// Its row, from 0.
        row: usize,
        /// Its column, from 0.
        column: usize,
    },
    /// An index that points outside.
    #[error("{what} {index} is out of range: there are {size}")]
    Index {
        /// What is pointed at.
        what: &'static str,
        /// The index, from 0.
        index: usize,
        /// How many there are.
        size: usize,
    },
    /// Too few observations for an honest answer.
    #[error("too little data: {what} needs at least {need}, there are {have}")]
    TooLittleData {
        /// What is to be computed from what.
        what: &'static str,
        /// How many observations it takes.
        need: usize,
        /// How many there are.
        have: usize,
    },
    /// Quantile edges coincide and the caller asked not to merge them.
    #[error("quantile edges are not unique and increasing: {edges:?}; merge duplicates or bin by rank")]
    DuplicateEdges {
        /// The edges found.
        edges: Vec<f64>,
    },
}

/// A result with this crate's error.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Refuses a parameter unless its condition holds.
pub(crate) fn require(holds: bool, name: &'static str, value: impl ToString, must: &'static str) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::Parameter { name, value: value.to_string(), must }) }
}

/// Refuses sizes that differ.
pub(crate) fn require_equal(what: &'static str, expected: usize, found: usize) -> Result<()> {
    if expected == found { Ok(()) } else { Err(Error::Shape { what, expected, found }) }
}

/// Refuses too few observations.
pub(crate) fn require_data(what: &'static str, need: usize, have: usize) -> Result<()> {
    if have >= need { Ok(()) } else { Err(Error::TooLittleData { what, need, have }) }
}

/// Refuses a list that holds something other than finite numbers.
pub(crate) fn require_finite(what: &'static str, values: &[f64]) -> Result<()> {
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(row) => Err(Error::NotFinite { what, row, column: 0 }),
    }
}
