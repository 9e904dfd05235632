//! What a file seems to be, for people to look at before anything is made of it.

use super::{
    draft,
    table::{Sample, TextForm},
};
use crate::mapping::Format;

/// Texts of a column that are shown.
const SHOWN: usize = 5;
/// Letters of a text that are shown.
const SHOWN_LETTERS: usize = 120;

/// What a file seems to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// What it is made of.
    pub format: Format,
    /// How its text is written; nothing where its rows came with types.
    pub text: Option<TextForm>,
    /// The rows that were looked at.
    pub rows: usize,
    /// What it has, in order; of JSON, paths to values.
    pub columns: Vec<LookColumn>,
    /// Names that stand more than once in the header, so that no mapping can speak of them.
    pub repeated: Vec<String>,
    /// A draft of a mapping, as [`crate::guess`] gives it.
    pub draft: String,
}

/// A column and the first texts in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LookColumn {
    /// Its name, as a mapping writes it.
    pub name: String,
    /// Its first texts, row by row; empty where a row has none.
    pub texts: Vec<String>,
}

impl Look {
    pub(super) fn of(name: &str, sample: &Sample) -> Self {
        let shown = |text: &String| text.chars().take(SHOWN_LETTERS).collect();
        let column = |column: &super::table::Column| LookColumn {
            name: column.name.clone(),
            texts: column.texts.iter().take(SHOWN).map(shown).collect(),
        };
        Self {
            format: sample.format,
            text: sample.text,
            rows: sample.rows,
            columns: sample.columns.iter().map(column).collect(),
            repeated: sample.repeated.clone(),
            draft: draft::of(name, sample),
        }
    }
}
