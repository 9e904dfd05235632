//! A record: named values, possibly nested.

use super::fault::Fault;
use crate::{
    mapping::{Name, Scope, Step},
    read::Row,
    segment::fields::{each_field, is_object},
};
use bellwether_domain::RejectReason;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// Named values, possibly nested, that did not come from a file: the body of a web hook, a row of a query.
#[derive(Debug, Clone)]
pub struct Record<'r> {
    /// As it was written; empty where it was given as columns.
    text: &'r str,
    fields: Vec<(Cow<'r, str>, &'r RawValue)>,
    given: Vec<(Cow<'r, str>, Cow<'r, str>)>,
}

/// Why something is no record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// No JSON at all.
    #[error("it is not JSON: {0}")]
    NotJson(String),
    /// JSON, but a list, a text or a number.
    #[error("it must be a JSON object with named values, but it is {0}")]
    NotAnObject(&'static str),
}

impl<'r> Record<'r> {
    /// Reads one JSON object. What is inside stays as it was written until a mapping asks for it.
    ///
    /// # Errors
    /// When the text is not one JSON object.
    pub fn parse(json: &'r str) -> Result<Self, RecordError> {
        let text = json.trim_start_matches('\u{feff}').trim();
        let whole: &RawValue = serde_json::from_str(text).map_err(|error| RecordError::NotJson(error.to_string()))?;
        if !is_object(whole) {
            return Err(RecordError::NotAnObject(noun(whole)));
        }
        let fields = fields(whole).map_err(RecordError::NotJson)?;
        Ok(Self { text, fields, given: Vec::new() })
    }

    /// A record of named texts, such as the columns of a table. An empty text is a missing value.
    pub fn from_columns<N, V>(columns: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: Into<Cow<'r, str>>,
        V: Into<Cow<'r, str>>,
    {
        let given = columns.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { text: "", fields: Vec::new(), given }
    }

    /// Adds a header of the request that brought the record. Mappings ask for it as `header.x-shopify-topic`, in small letters.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: impl Into<Cow<'r, str>>) -> Self {
        self.given.push((Cow::Owned(format!("header.{}", name.to_ascii_lowercase())), value.into()));
        self
    }

    /// The JSON that it was read from.
    pub fn text(&self) -> &'r str {
        self.text
    }

    /// Named texts beside the JSON: columns and headers, in order.
    pub(super) fn given(&self) -> &[(Cow<'r, str>, Cow<'r, str>)] {
        &self.given
    }
}

/// An element of a list, while events are made of it.
#[derive(Debug)]
pub(super) struct Element<'r> {
    pub raw: &'r RawValue,
    fields: Vec<(Cow<'r, str>, &'r RawValue)>,
}

impl<'r> Element<'r> {
    pub fn new(raw: &'r RawValue) -> Self {
        let fields = if is_object(raw) { fields(raw).unwrap_or_default() } else { Vec::new() };
        Self { raw, fields }
    }
}

/// What a rule sees of a record.
#[derive(Clone, Copy)]
pub(super) enum View<'e, 'r> {
    /// A row, and the positions of the columns by the mapping's slots.
    Row { row: &'e Row<'r>, columns: &'e [usize] },
    /// A document, or one element of a list in it.
    Document { record: &'r Record<'r>, element: Option<&'e Element<'r>> },
}

/// A value as it stands in the record.
#[derive(Debug, Clone, Copy)]
pub(super) enum Found<'r> {
    Nothing,
    Text(&'r str),
    Json(&'r RawValue),
}

impl<'r> View<'_, 'r> {
    pub fn find(&self, name: &Name) -> Found<'r> {
        match self {
            Self::Row { row, columns } => match columns.get(name.slot) {
                Some(index) => Found::Text(row.field(*index)),
                None => Found::Nothing,
            },
            Self::Document { record, element } => find(record, *element, name),
        }
    }

    /// The elements of a list; none where there is nothing. What is there and no list would be lost in silence.
    pub fn elements(&self, name: &Name) -> Result<Vec<&'r RawValue>, Fault> {
        let no_list = |what: &str| {
            let problem = format!("it is {what}, but the mapping asks for each element of a list");
            Err(Fault::new(&name.text, RejectReason::Malformed, problem))
        };
        match self.find(name) {
            Found::Nothing => Ok(Vec::new()),
            Found::Json(raw) if raw.get() == "null" => Ok(Vec::new()),
            Found::Json(raw) => serde_json::from_str(raw.get()).or_else(|_| no_list(noun(raw))),
            Found::Text(_) => no_list("a text"),
        }
    }
}

fn find<'r>(record: &'r Record<'r>, element: Option<&Element<'r>>, name: &Name) -> Found<'r> {
    if let Some((_, value)) = record.given.iter().rev().find(|(given, _)| *given == name.text) {
        return Found::Text(value);
    }
    let fields = match (name.scope, element) {
        (Scope::Itself, Some(element)) => return Found::Json(element.raw),
        (Scope::Here, Some(element)) => &element.fields,
        _ => &record.fields,
    };
    // A key that is written just so goes before a path that is read into it.
    match field(fields, &name.text).or_else(|| follow(fields, &name.steps)) {
        Some(raw) => Found::Json(raw),
        None => Found::Nothing,
    }
}

fn follow<'r>(fields: &[(Cow<'r, str>, &'r RawValue)], steps: &[Step]) -> Option<&'r RawValue> {
    let Some((Step::Key(first), rest)) = steps.split_first() else { return None };
    rest.iter().try_fold(field(fields, first)?, step)
}

fn step<'r>(value: &'r RawValue, step: &Step) -> Option<&'r RawValue> {
    match step {
        Step::Element(index) => serde_json::from_str::<Vec<&RawValue>>(value.get()).ok()?.get(*index).copied(),
        Step::Key(key) => {
            let mut found = None;
            each_field(value.get(), |name, value| {
                if name == *key {
                    found = Some(value);
                }
            })
            .ok()?;
            found
        }
    }
}

/// Of a key that stands twice the last one counts, as everywhere in JSON.
fn field<'r>(fields: &[(Cow<'r, str>, &'r RawValue)], name: &str) -> Option<&'r RawValue> {
    fields.iter().rev().find(|(key, _)| key == name).map(|(_, value)| *value)
}

fn fields<'r>(object: &'r RawValue) -> Result<Vec<(Cow<'r, str>, &'r RawValue)>, String> {
    let mut fields = Vec::new();
    each_field(object.get(), |name, value| fields.push((name, value))).map_err(|error| error.to_string())?;
    Ok(fields)
}

/// What a value is, to speak of it.
pub(super) fn noun(value: &RawValue) -> &'static str {
    match value.get().as_bytes().first() {
        Some(b'{') => "an object",
        Some(b'[') => "a list",
        Some(b'"') => "a text",
        Some(b'n') => "nothing (null)",
        Some(b't' | b'f') => "a truth value",
        _ => "a number",
    }
}
