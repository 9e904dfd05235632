//! How far a query came.

use crate::{Error, Result};
use serde::{Deserialize, Serialize};

/// A value of the cursor column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// What it is.
    pub kind: CursorKind,
    /// As the database writes it.
    pub text: String,
}

/// What a cursor is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CursorKind {
    /// A whole number.
    Number,
    /// A day or a moment, written so that later ones are greater texts.
    Time,
    /// Any text; only the database knows its order.
    Text,
}

impl Cursor {
    /// Whether it lies before another one. Of texts only the database knows.
    fn is_before(&self, other: &Self) -> bool {
        match (self.kind, other.kind) {
            (CursorKind::Number, CursorKind::Number) => {
                let number = |cursor: &Self| cursor.text.parse::<i128>().unwrap_or_default();
                number(self) < number(other)
            }
            (CursorKind::Time, CursorKind::Time) => self.text < other.text,
            _ => false,
        }
    }
}

/// Follows the cursor from row to row.
#[derive(Debug, Default)]
pub(crate) struct Follower {
    last: Option<Cursor>,
    rows: u64,
}

impl Follower {
    /// Takes the cursor of the next row; fails where it goes back, is missing or of no use.
    pub fn next(&mut self, column: &str, value: Option<(CursorKind, String)>) -> Result<Cursor> {
        self.rows += 1;
        let (row, column) = (self.rows, column.to_owned());
        let Some((kind, text)) = value else { return Err(Error::EmptyCursor { row, column }) };
        if kind == CursorKind::Number && text.parse::<i128>().is_err() {
            return Err(Error::OddCursor { row, column, value: text });
        }
        let now = Cursor { kind, text };
        if let Some(before) = self.last.as_ref().filter(|before| now.is_before(before)) {
            return Err(Error::Disorder { row, column, before: before.text.clone(), now: now.text });
        }
        self.last = Some(now.clone());
        Ok(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follow(values: &[(CursorKind, &str)]) -> Result<()> {
        let mut follower = Follower::default();
        values.iter().try_for_each(|(kind, text)| follower.next("id", Some((*kind, (*text).to_owned()))).map(drop))
    }

    #[test]
    fn a_cursor_goes_forward_only() {
        use CursorKind::{Number, Text, Time};
        follow(&[(Number, "9"), (Number, "9"), (Number, "10")]).unwrap();
        let error = follow(&[(Number, "10"), (Number, "9")]).unwrap_err().to_string();
        assert!(error.contains("row 2 has `9` in `id` behind `10`"), "{error}");
        let times = [
            "2024-01-31 12:00:00+00",
            "2024-01-31 12:00:00.25+00",
            "2024-01-31 12:00:00.3+00",
            "2024-01-31 12:00:01+00",
        ];
        follow(&times.map(|time| (Time, time))).unwrap();
        assert!(follow(&[(Time, times[2]), (Time, times[1])]).is_err());
        follow(&[(Text, "b"), (Text, "a")]).unwrap();
        assert!(matches!(follow(&[(Number, "1.5")]), Err(Error::OddCursor { .. })));
        assert!(matches!(Follower::default().next("id", None), Err(Error::EmptyCursor { row: 1, .. })));
    }
}
