//! The value that a mapping asks for, out of a record.

use super::{
    changes::{self, Style},
    fault::Fault,
    record::{Found, View, noun},
};
use crate::{
    mapping::{Cast, Literal, TemplatePart, ValueMapping, ValueSource},
    segment::fields::text_of,
};
use bellwether_domain::RejectReason;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Item<'r> {
    /// A text.
    Text(Cow<'r, str>),
    /// The JSON of a number, a truth value, a list or an object.
    Json(Cow<'r, str>),
}

impl<'r> Item<'r> {
    /// As a text, whatever it is.
    pub fn into_text(self) -> Cow<'r, str> {
        match self {
            Self::Text(text) | Self::Json(text) => text,
        }
    }

    /// `None` for what says nothing.
    pub fn of_json(raw: &'r RawValue) -> Option<Self> {
        match text_of(raw) {
            Ok(None) => None,
            Ok(Some(text)) if raw.get().starts_with('"') => Some(Self::Text(text)).filter(|item| !item.is_blank()),
            _ => Some(Self::Json(Cow::Borrowed(raw.get()))),
        }
    }

    fn of_literal(literal: &'r Literal) -> Self {
        let text = Cow::Borrowed(literal.text.as_str());
        if literal.is_json { Self::Json(text) } else { Self::Text(text) }
    }

    pub fn is_blank(&self) -> bool {
        matches!(self, Self::Text(text) if text.trim().is_empty())
    }
}

/// The value; `None` where the record has none.
pub(super) fn read<'r>(value: &'r ValueMapping, view: &View<'_, 'r>, style: &Style) -> Result<Option<Item<'r>>, Fault> {
    let mut item = source(value, view);
    for cast in &value.casts {
        let Some(now) = item else { break };
        let currency = match (cast, &value.currency) {
            (Cast::MinorUnits, Some(name)) => plain_text(view.find(name)),
            _ => None,
        };
        let changed = changes::cast(*cast, now, value, currency.as_deref(), style);
        item = changed.map_err(|(reason, problem)| Fault::new(label(value), reason, problem))?;
        item = item.filter(|item| !item.is_blank());
    }
    if !value.map.is_empty() || value.otherwise.is_some() {
        item = item.and_then(|item| mapped(value, item));
    }
    Ok(item.or_else(|| value.default.as_ref().map(Item::of_literal)))
}

/// A value that is an id, a name or a word: a text, or the digits of a number, without blanks around it.
pub(super) fn word<'r>(
    value: &'r ValueMapping,
    view: &View<'_, 'r>,
    style: &Style,
) -> Result<Option<Cow<'r, str>>, Fault> {
    match read(value, view, style)? {
        None => Ok(None),
        Some(Item::Text(text)) => Ok(Some(trimmed(text))),
        Some(Item::Json(json)) if matches!(json.as_bytes().first(), Some(b'-' | b'0'..=b'9')) => Ok(Some(json)),
        Some(Item::Json(json)) => {
            let noun = serde_json::from_str(&json).map_or("no text", noun);
            let problem = format!("{noun} stands where a text or a number belongs");
            Err(Fault::new(label(value), RejectReason::Malformed, problem))
        }
    }
}

/// What people look for: the column's name, or the mapping's key where there is no column.
pub(super) fn label(value: &ValueMapping) -> &str {
    match &value.source {
        ValueSource::Column(name) => &name.text,
        ValueSource::Constant(_) | ValueSource::Template(_) => &value.key,
    }
}

/// A value as a text, for conditions and gaps; `None` where there is none.
pub(super) fn plain_text<'r>(found: Found<'r>) -> Option<Cow<'r, str>> {
    let text = match found {
        Found::Nothing => None,
        Found::Text(text) => Some(Cow::Borrowed(text.trim())),
        Found::Json(raw) => Item::of_json(raw).map(|item| trimmed(item.into_text())),
    };
    text.filter(|text| !text.is_empty())
}

fn source<'r>(value: &'r ValueMapping, view: &View<'_, 'r>) -> Option<Item<'r>> {
    match &value.source {
        ValueSource::Constant(literal) => Some(Item::of_literal(literal)),
        ValueSource::Column(name) => match view.find(name) {
            Found::Nothing => None,
            Found::Text(text) => {
                Some(text.trim()).filter(|text| !text.is_empty()).map(|t| Item::Text(Cow::Borrowed(t)))
            }
            Found::Json(raw) => Item::of_json(raw),
        },
        ValueSource::Template(template) => {
            let mut filled = String::new();
            for part in &template.parts {
                match part {
                    TemplatePart::Text(text) => filled.push_str(text),
                    // A half-filled address or number would look like a real one.
                    TemplatePart::Column(name) => filled.push_str(&plain_text(view.find(name))?),
                    TemplatePart::Customer | TemplatePart::Order => return None,
                }
            }
            Some(Item::Text(Cow::Owned(filled)))
        }
    }
}

fn mapped<'r>(value: &'r ValueMapping, item: Item<'r>) -> Option<Item<'r>> {
    let found = {
        let text = match &item {
            Item::Text(text) | Item::Json(text) => text,
        };
        value.map.get(text.as_ref()).or(value.otherwise.as_ref())
    };
    match found {
        None => Some(item),
        Some(text) if text.is_empty() => None,
        Some(text) => Some(Item::Text(Cow::Borrowed(text))),
    }
}

fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
        Cow::Owned(text) if text.trim().len() == text.len() => Cow::Owned(text),
        Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
    }
}
