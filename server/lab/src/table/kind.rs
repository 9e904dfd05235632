//! What a whole column holds, by what nearly all of its cells look like.

use super::{CellKind, TextColumn, classify};
use std::collections::BTreeMap;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColumnType {
    Integer,
    Number,
    Boolean,
    Date,
    DateTime,
    Text,
    Empty,
}

impl ColumnType {
    /// The type of a column.
    pub fn of(column: &TextColumn) -> Self {
        let kinds = count_kinds(column.cells().flatten().map(|cell| (cell, 1)));
        Self::of_counts(&kinds, kinds.values().sum())
    }

    /// The type by the number of cells of each kind, out of `present`.
    pub fn of_counts(kinds: &BTreeMap<CellKind, u64>, present: u64) -> Self {
        let count = |wanted: &[CellKind]| wanted.iter().map(|kind| kinds.get(kind).copied().unwrap_or(0)).sum::<u64>();
        let most = |count: u64| nearly_all(count, present);
        let numbers = count(&[CellKind::Integer, CellKind::Number, CellKind::FormattedNumber]);
        if present == 0 {
            Self::Empty
        } else if most(numbers) {
            if numbers == count(&[CellKind::Integer]) { Self::Integer } else { Self::Number }
        } else if most(count(&[CellKind::Boolean])) {
            Self::Boolean
        } else if most(count(&[CellKind::Date, CellKind::DateTime])) {
            if count(&[CellKind::DateTime]) == 0 { Self::Date } else { Self::DateTime }
        } else {
            Self::Text
        }
    }

    /// The name in reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Date => "date",
            Self::DateTime => "datetime",
            Self::Text => "text",
            Self::Empty => "empty",
        }
    }

    /// Can be added up.
    pub fn is_numeric(self) -> bool {
        matches!(self, Self::Integer | Self::Number | Self::Boolean)
    }
}

/// All but one in a hundred; in a small table all but three, if that is not more than a tenth.
fn nearly_all(count: u64, present: u64) -> bool {
    let others = present - count;
    others * 100 <= present || (others <= 3 && others * 10 <= present)
}

/// Counts texts by what they look like.
pub(crate) fn count_kinds<'t>(texts: impl Iterator<Item = (&'t str, u64)>) -> BTreeMap<CellKind, u64> {
    let mut kinds = BTreeMap::new();
    for (text, count) in texts {
        *kinds.entry(classify(text)).or_insert(0) += count;
    }
    kinds
}
