//! A mapping's values, tied to the columns of a file.

use crate::{
    error::Result,
    mapping::{Cast, TemplatePart, ValueMapping, ValueSource},
    read::{Columns, Row},
};
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// A value of every row, found by column positions.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    source: Source,
    cast: Cast,
    map: FxHashMap<String, String>,
    /// The column, where its text is taken as it is: the usual case, and the hot one.
    plain: Option<usize>,
    /// The column's name, or the mapping's key where there is no column: what people look for.
    pub label: String,
}

#[derive(Debug, Clone)]
enum Source {
    Column(usize),
    Constant(String),
    Template(Vec<Part>),
}

#[derive(Debug, Clone)]
enum Part {
    Text(String),
    Customer,
    Order,
    Column(usize),
}

/// The values that templates may speak of besides columns.
#[derive(Clone, Copy, Default)]
pub(crate) struct Context<'r> {
    pub customer: &'r str,
    pub order: &'r str,
}

impl Bound {
    pub fn new(mapping: &ValueMapping, columns: &Columns) -> Result<Self> {
        let index = |column: &str| columns.index(column, &mapping.key);
        let (source, label) = match &mapping.source {
            ValueSource::Column(column) => (Source::Column(index(column)?), column.clone()),
            ValueSource::Constant(text) => (Source::Constant(text.clone()), mapping.key.clone()),
            ValueSource::Template(template) => {
                let part = |part: &TemplatePart| {
                    Ok(match part {
                        TemplatePart::Text(text) => Part::Text(text.clone()),
                        TemplatePart::Customer => Part::Customer,
                        TemplatePart::Order => Part::Order,
                        TemplatePart::Column(column) => Part::Column(index(column)?),
                    })
                };
                (Source::Template(template.parts.iter().map(part).collect::<Result<_>>()?), mapping.key.clone())
            }
        };
        let map: FxHashMap<_, _> = mapping.map.iter().map(|(from, to)| (from.clone(), to.clone())).collect();
        let plain = match source {
            Source::Column(index) if map.is_empty() && mapping.cast == Cast::Text => Some(index),
            _ => None,
        };
        Ok(Self { source, cast: mapping.cast, map, plain, label })
    }

    /// The value of a row; empty where it has none.
    #[inline]
    pub fn value<'r>(&'r self, row: &Row<'r>, context: Context<'_>) -> Cow<'r, str> {
        match self.plain {
            Some(index) => Cow::Borrowed(trimmed(row.field(index))),
            None => self.changed(row, context),
        }
    }

    fn changed<'r>(&'r self, row: &Row<'r>, context: Context<'_>) -> Cow<'r, str> {
        let text = match &self.source {
            Source::Column(index) => Cow::Borrowed(trimmed(row.field(*index))),
            Source::Constant(text) => Cow::Borrowed(text.as_str()),
            Source::Template(parts) => Cow::Owned(fill(parts, row, context)),
        };
        let cast = self.cast(text);
        match self.map.is_empty() {
            true => cast,
            false => self.map.get(cast.as_ref()).map_or(cast, |mapped| Cow::Borrowed(mapped.as_str())),
        }
    }

    /// As [`Self::value`], but with the blanks around it, which are for cleaning to judge.
    pub fn untrimmed<'r>(&'r self, row: &Row<'r>) -> Cow<'r, str> {
        match self.plain {
            Some(index) => Cow::Borrowed(row.field(index)),
            None => self.changed(row, Context::default()),
        }
    }

    fn cast<'r>(&self, text: Cow<'r, str>) -> Cow<'r, str> {
        match self.cast {
            Cast::Text => text,
            Cast::Lower => Cow::Owned(text.to_lowercase()),
            Cast::Upper => Cow::Owned(text.to_uppercase()),
            Cast::IntegerText => match text {
                Cow::Borrowed(text) => Cow::Borrowed(integer_text(text)),
                Cow::Owned(text) => Cow::Owned(integer_text(&text).to_owned()),
            },
        }
    }
}

fn fill(parts: &[Part], row: &Row<'_>, context: Context<'_>) -> String {
    let mut filled = String::new();
    for part in parts {
        let value = match part {
            Part::Text(text) => text,
            Part::Customer => context.customer,
            Part::Order => context.order,
            Part::Column(index) => row.field(*index).trim(),
        };
        // A half-filled address or number would look like a real one.
        if value.is_empty() {
            return String::new();
        }
        filled.push_str(value);
    }
    filled
}

/// Most fields have no blanks around them, which two bytes tell.
#[inline]
fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [b'!'..=b'~'] | [b'!'..=b'~', .., b'!'..=b'~'] => text,
        _ => text.trim(),
    }
}

/// `17850.0` without its `.0`; anything else as it is.
fn integer_text(text: &str) -> &str {
    match text.split_once('.') {
        Some((whole, zeros))
            if !whole.is_empty()
                && whole.bytes().all(|byte| byte.is_ascii_digit())
                && !zeros.is_empty()
                && zeros.bytes().all(|byte| byte == b'0') =>
        {
            whole
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::integer_text;

    #[test]
    fn only_whole_numbers_lose_their_point() {
        assert_eq!(integer_text("17850.0"), "17850");
        assert_eq!(integer_text("17850"), "17850");
        assert_eq!(integer_text("17850.5"), "17850.5");
        assert_eq!(integer_text("v1.0"), "v1.0");
        assert_eq!(integer_text(".0"), ".0");
    }
}
