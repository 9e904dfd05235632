//! Columns that name things: each different name gets a number, in order of first appearance.

use super::TextColumn;
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// A column of names as numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keys {
    /// The different names.
    pub names: Vec<String>,
    /// One per row: index into `names`, `None` where missing.
    pub codes: Vec<Option<u32>>,
}

impl Keys {
    /// Numbers the names of a column. Numbers written as floats lose the empty fraction: `17850.0` is `17850`.
    pub fn of(column: &TextColumn) -> Self {
        let mut keys = Self { names: Vec::new(), codes: Vec::with_capacity(column.len()) };
        let mut index = FxHashMap::<Cow<'_, str>, u32>::default();
        for cell in column.cells() {
            let code = cell.map(canonical_key).map(|name| {
                *index.entry(name).or_insert_with_key(|name| {
                    keys.names.push(name.clone().into_owned());
                    (keys.names.len() - 1) as u32
                })
            });
            keys.codes.push(code);
        }
        keys
    }
}

/// `17850.0` and `17850.` are the customer `17850`; anything else is itself.
pub(crate) fn canonical_key(cell: &str) -> Cow<'_, str> {
    match cell.split_once('.') {
        Some((whole, fraction))
            if !whole.is_empty()
                && whole.bytes().all(|b| b.is_ascii_digit())
                && fraction.bytes().all(|b| b == b'0') =>
        {
            Cow::Borrowed(whole)
        }
        _ => Cow::Borrowed(cell),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_numbered_in_order() {
        let keys = Keys::of(&TextColumn::of("c", &["17850.0", "", "b", "17850", "1.50", "NA", "b"]));
        assert_eq!(keys.names, ["17850", "b", "1.50"]);
        assert_eq!(keys.codes, [Some(0), None, Some(1), Some(0), Some(2), None, Some(1)]);
    }
}
