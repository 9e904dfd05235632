//! A strict walk over a TOML document: every key is asked for by name, and what nobody asked for is an error with its place.

use super::MappingError;
use super::name::{Asked, Name, NameTable};
use crate::nearest::{listed, nearest};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

/// The text of a mapping and what to call it.
#[derive(Clone, Copy)]
pub(super) struct Document<'t> {
    pub file: &'t str,
    pub text: &'t str,
    /// What it calls the values of a record.
    pub names: &'t NameTable,
}

impl Document<'_> {
    pub fn error_at(&self, byte: usize, message: impl Into<String>) -> MappingError {
        let before = &self.text.as_bytes()[..byte.min(self.text.len())];
        let line = 1 + before.iter().filter(|b| **b == b'\n').count();
        let line_start = before.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        let column = 1 + String::from_utf8_lossy(&before[line_start..]).chars().count();
        MappingError { file: self.file.to_owned(), line, column, message: message.into() }
    }
}

/// A table whose keys are asked for one by one.
pub(super) struct Section<'t> {
    document: Document<'t>,
    path: String,
    start: usize,
    table: &'t DeTable<'t>,
    asked: Vec<&'static str>,
}

/// One value and how to speak of it.
#[derive(Clone)]
pub(super) struct Node<'t> {
    document: Document<'t>,
    pub path: String,
    value: &'t Spanned<DeValue<'t>>,
}

impl<'t> Section<'t> {
    pub fn root(document: Document<'t>, table: &'t Spanned<DeTable<'t>>) -> Self {
        Self { document, path: String::new(), start: 0, table: table.get_ref(), asked: Vec::new() }
    }

    /// The value of a key that may be left out.
    pub fn optional(&mut self, key: &'static str) -> Option<Node<'t>> {
        self.asked.push(key);
        let (_, value) = self.table.iter().find(|(name, _)| name.get_ref() == key)?;
        Some(Node { document: self.document, path: self.path_of(key), value })
    }

    /// The value of a key that must be there.
    pub fn required(&mut self, key: &'static str) -> Result<Node<'t>, MappingError> {
        let path = self.path_of(key);
        match self.optional(key) {
            Some(node) => Ok(node),
            None => {
                // A key that is nearly this one is the likelier mistake than a forgotten one.
                let written: Vec<&str> = self.table.iter().map(|(name, _)| name.get_ref().as_ref()).collect();
                let hint = match nearest(key, written).first() {
                    Some(near) => format!("; is `{near}` meant to be it?"),
                    None => String::new(),
                };
                Err(self.document.error_at(self.start, format!("`{path}` is missing{hint}")))
            }
        }
    }

    pub fn text(&mut self, key: &'static str) -> Result<String, MappingError> {
        self.required(key)?.text().map(str::to_owned)
    }

    pub fn optional_text(&mut self, key: &'static str) -> Result<Option<String>, MappingError> {
        self.optional(key).map(|node| node.text().map(str::to_owned)).transpose()
    }

    pub fn optional_texts(&mut self, key: &'static str) -> Result<Vec<String>, MappingError> {
        self.optional(key).map(|node| node.texts()).transpose().map(Option::unwrap_or_default)
    }

    pub fn optional_bool(&mut self, key: &'static str) -> Result<Option<bool>, MappingError> {
        self.optional(key).map(|node| node.boolean()).transpose()
    }

    /// Every key with its value, for tables whose keys are the user's own words.
    pub fn entries(self) -> Vec<(String, Node<'t>)> {
        let node = |key: &str, value| Node { document: self.document, path: self.path_of(key), value };
        let mut entries: Vec<_> = self
            .table
            .iter()
            .map(|(key, value)| (key.span().start, key.get_ref().to_string(), node(key.get_ref(), value)))
            .collect();
        entries.sort_by_key(|(start, ..)| *start);
        entries.into_iter().map(|(_, key, node)| (key, node)).collect()
    }

    /// The keys that stand in it.
    pub fn written(&self) -> Vec<String> {
        self.table.iter().map(|(name, _)| name.get_ref().to_string()).collect()
    }

    /// The names that values of the whole document were asked for by.
    pub fn names(&self) -> Vec<Asked> {
        self.document.names.asked()
    }

    pub fn error(&self, message: impl Into<String>) -> MappingError {
        self.document.error_at(self.start, message)
    }

    /// Refuses every key that was not asked for.
    pub fn finish(self) -> Result<(), MappingError> {
        let unknown = self.table.iter().find(|(name, _)| !self.asked.contains(&name.get_ref().as_ref()));
        let Some((name, _)) = unknown else { return Ok(()) };
        let near = nearest(name.get_ref(), self.asked.iter().copied());
        let hint = if near.is_empty() {
            format!("known here: {}", listed(&self.asked))
        } else {
            format!("did you mean {}?", listed(&near))
        };
        let path = self.path_of(name.get_ref());
        Err(self.document.error_at(name.span().start, format!("unknown key `{path}`; {hint}")))
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}

impl<'t> Node<'t> {
    pub fn error(&self, message: impl Into<String>) -> MappingError {
        self.document.error_at(self.value.span().start, message)
    }

    pub fn is_text(&self) -> bool {
        self.value.get_ref().is_str()
    }

    pub fn is_list(&self) -> bool {
        self.value.get_ref().is_array()
    }

    pub fn is_table(&self) -> bool {
        self.value.get_ref().is_table()
    }

    pub fn text(&self) -> Result<&'t str, MappingError> {
        match self.value.get_ref() {
            DeValue::String(text) => Ok(text),
            other => Err(self.expected("a text in quotes", other)),
        }
    }

    /// The name of a column or a path into JSON.
    pub fn name(&self) -> Result<Name, MappingError> {
        match self.text()?.trim() {
            "" => Err(self.error(format!("`{}` names no column", self.path))),
            written => Ok(self.name_of(written)),
        }
    }

    /// A name that stands somewhere inside of this value.
    pub fn name_of(&self, written: &str) -> Name {
        self.document.names.name(written, &self.path)
    }

    /// A number as JSON writes it.
    pub fn json_number(&self) -> Result<String, MappingError> {
        let digits = match self.value.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str().replace('_', ""),
            DeValue::Float(number) => number.as_str().replace('_', ""),
            other => return Err(self.expected("a text, a number, true or false", other)),
        };
        let digits = digits.strip_prefix('+').unwrap_or(&digits);
        match serde_json::from_str::<serde_json::Number>(digits) {
            Ok(_) => Ok(digits.to_owned()),
            Err(_) => Err(self.error(format!("`{}` is not a usable number: {digits}", self.path))),
        }
    }

    pub fn boolean(&self) -> Result<bool, MappingError> {
        self.value.get_ref().as_bool().ok_or_else(|| self.expected("true or false", self.value.get_ref()))
    }

    /// A number as it is written, whole or with a point; a text is taken as well, because it is exact.
    pub fn digits(&self) -> Result<String, MappingError> {
        match self.value.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => Ok(number.as_str().to_owned()),
            DeValue::Float(number) => Ok(number.as_str().to_owned()),
            DeValue::String(text) => Ok(text.to_string()),
            other => Err(self.expected("a number", other)),
        }
    }

    /// A number of any of the types that read themselves from text.
    pub fn number<N: std::str::FromStr>(&self) -> Result<N, MappingError> {
        let digits = self.digits()?;
        digits.parse().map_err(|_| self.error(format!("`{}` is not a usable number: {digits}", self.path)))
    }

    pub fn texts(&self) -> Result<Vec<String>, MappingError> {
        self.list()?.iter().map(|node| node.text().map(str::to_owned)).collect()
    }

    pub fn list(&self) -> Result<Vec<Node<'t>>, MappingError> {
        match self.value.get_ref() {
            DeValue::Array(list) => Ok((0..list.len())
                .filter_map(|index| list.get(index))
                .enumerate()
                .map(|(index, value)| Node {
                    document: self.document,
                    path: format!("{}[{}]", self.path, index + 1),
                    value,
                })
                .collect()),
            other => Err(self.expected("a list in [ ]", other)),
        }
    }

    pub fn section(&self) -> Result<Section<'t>, MappingError> {
        match self.value.get_ref() {
            DeValue::Table(table) => Ok(Section {
                document: self.document,
                path: self.path.clone(),
                start: self.value.span().start,
                table,
                asked: Vec::new(),
            }),
            other => Err(self.expected("a table", other)),
        }
    }

    /// One word out of a few.
    pub fn choice<T: Copy>(&self, choices: &[(&'static str, T)]) -> Result<T, MappingError> {
        let text = self.text()?;
        if let Some((_, value)) = choices.iter().find(|(name, _)| *name == text) {
            return Ok(*value);
        }
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        let hint = match nearest(text, names.iter().copied()).first() {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("possible: {}", listed(&names)),
        };
        Err(self.error(format!("`{}` cannot be `{text}`; {hint}", self.path)))
    }

    fn expected(&self, what: &str, found: &DeValue<'_>) -> MappingError {
        self.error(format!("`{}` must be {what}, but it is a {}", self.path, found.type_str()))
    }
}
