//! A mapping's values, tied to the columns of a file.

use crate::{
    cast,
    error::Result,
    mapping::{Cast, Name, TemplatePart, ValueMapping, ValueSource},
    read::{Columns, Row},
};
use rustc_hash::FxHashMap;
use std::borrow::Cow;

/// A value of every row, found by column positions.
#[derive(Debug, Clone)]
pub(crate) struct Bound {
    source: Source,
    casts: Vec<Cast>,
    map: FxHashMap<String, String>,
    otherwise: Option<String>,
    default: Option<String>,
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
        let index = |column: &Name| columns.index(&column.text, &mapping.key);
        let (source, label) = match &mapping.source {
            ValueSource::Column(column) => (Source::Column(index(column)?), column.text.clone()),
            ValueSource::Constant(literal) => (Source::Constant(literal.text.clone()), mapping.key.clone()),
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
            Source::Column(index) if mapping.is_plain() => Some(index),
            _ => None,
        };
        let default = mapping.default.as_ref().map(|literal| literal.text.clone());
        Ok(Self {
            source,
            casts: mapping.casts.clone(),
            map,
            otherwise: mapping.otherwise.clone(),
            default,
            plain,
            label,
        })
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
        let text = self.casts.iter().fold(text, |text, cast| cast::text(*cast, text));
        let otherwise = self.otherwise.as_ref().filter(|_| !text.is_empty());
        let mapped = match self.map.get(text.as_ref()).or(otherwise) {
            Some(mapped) => Cow::Borrowed(mapped.as_str()),
            None => text,
        };
        match &self.default {
            Some(default) if mapped.is_empty() => Cow::Borrowed(default.as_str()),
            _ => mapped,
        }
    }

    /// As [`Self::value`], but with the blanks around it, which are for cleaning to judge.
    pub fn untrimmed<'r>(&'r self, row: &Row<'r>) -> Cow<'r, str> {
        match self.plain {
            Some(index) => Cow::Borrowed(row.field(index)),
            None => self.changed(row, Context::default()),
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
