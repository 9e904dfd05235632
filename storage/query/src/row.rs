//! A row as JSON, column by column.

use bellwether_domain::json::write_text;
use serde_json::value::RawValue;

/// Writes an object.
pub(crate) struct RowWriter<'w> {
    into: &'w mut String,
    is_first: bool,
}

impl<'w> RowWriter<'w> {
    pub fn new(into: &'w mut String) -> Self {
        into.clear();
        into.push('{');
        Self { into, is_first: true }
    }

    pub fn name(&mut self, name: &str) {
        if !std::mem::take(&mut self.is_first) {
            self.into.push(',');
        }
        write_text(self.into, name);
        self.into.push(':');
    }

    pub fn null(&mut self) {
        self.into.push_str("null");
    }

    pub fn text(&mut self, text: &str) {
        write_text(self.into, text);
    }

    /// A number as JSON has it; a text where it is none.
    pub fn number(&mut self, digits: &str) {
        match serde_json::from_str::<serde_json::Number>(digits) {
            Ok(_) => self.into.push_str(digits),
            Err(_) => self.text(digits),
        }
    }

    /// JSON as it is; a text where it is none.
    pub fn json(&mut self, json: &str) {
        match serde_json::from_str::<&RawValue>(json) {
            Ok(json) => self.into.push_str(&one_line(json.get())),
            Err(_) => self.text(json),
        }
    }

    /// Text where bytes are UTF-8, otherwise hexadecimal.
    pub fn bytes(&mut self, bytes: &[u8]) {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.text(text),
            Err(_) => self.text(&bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()),
        }
    }

    pub fn end(self) {
        self.into.push('}');
    }
}

/// Line ends in JSON lie between its parts only, where a blank is as good.
pub(crate) fn one_line(json: &str) -> String {
    json.replace(['\n', '\r'], " ")
}
