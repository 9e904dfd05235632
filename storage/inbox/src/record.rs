//! The lines of a batch: `{"e":{…}}` is an event, `{"r":{…}}` a row that could not become one.

use crate::{Error, NewBatch, Result};
use bellwether_domain::{RawEvent, Reject};
use serde::{Deserialize, Serialize};
use std::{iter::Enumerate, str::SplitTerminator};

/// One line of a batch. Texts borrow from the batch's body wherever they hold no escape.
#[derive(Debug, Serialize, Deserialize)]
pub enum Record<'a> {
    /// Something that happened.
    #[serde(rename = "e", borrow)]
    Event(RawEvent<'a>),
    /// Something that could not be read, on its way to quarantine.
    #[serde(rename = "r")]
    Reject(Reject),
}

/// Appends an event as one line.
///
/// # Errors
/// When the event cannot be written as JSON (none that came from JSON or from a file).
pub fn encode_event(into: &mut Vec<u8>, event: &RawEvent<'_>) -> Result<()> {
    encode_line(into, b"{\"e\":", event)
}

/// Appends a reject as one line.
///
/// # Errors
/// When the reject cannot be written as JSON.
pub fn encode_reject(into: &mut Vec<u8>, reject: &Reject) -> Result<()> {
    encode_line(into, b"{\"r\":", reject)
}

fn encode_line(into: &mut Vec<u8>, prefix: &[u8], value: &impl Serialize) -> Result<()> {
    let start = into.len();
    into.extend_from_slice(prefix);
    if let Err(error) = serde_json::to_writer(&mut *into, value) {
        into.truncate(start);
        return Err(Error::BadRecord { number: 1, source: error.into() });
    }
    // Traits and properties are kept as they came, which may be indented. A line break in valid JSON can only stand
    // between tokens, where a space means the same.
    for byte in &mut into[start..] {
        if *byte == b'\n' {
            *byte = b' ';
        }
    }
    into.extend_from_slice(b"}\n");
    Ok(())
}

/// Reads the lines of a batch's body; an item that fails does not stop the ones behind it.
pub fn decode_records(body: &[u8]) -> Records<'_> {
    // Checking the whole body once is several times faster than letting the parser check every string.
    match std::str::from_utf8(body) {
        Ok(text) => Records { lines: text.split_terminator('\n').enumerate(), broken: None },
        Err(error) => Records { lines: "".split_terminator('\n').enumerate(), broken: Some(not_text(body, error)) },
    }
}

fn not_text(body: &[u8], error: std::str::Utf8Error) -> Error {
    let number = 1 + body[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count();
    Error::BadRecord { number, source: error.into() }
}

/// The records of one batch, in order.
#[derive(Debug)]
pub struct Records<'a> {
    lines: Enumerate<SplitTerminator<'a, char>>,
    broken: Option<Error>,
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(error) = self.broken.take() {
            return Some(Err(error));
        }
        let (index, line) = self.lines.next()?;
        Some(serde_json::from_str(line).map_err(|e| Error::BadRecord { number: index + 1, source: e.into() }))
    }
}

/// Collects records into a batch.
#[derive(Debug, Default)]
pub struct BatchBuilder {
    records: u32,
    body: Vec<u8>,
}

impl BatchBuilder {
    /// Empty, with room for `bytes` of JSON.
    pub fn with_capacity(bytes: usize) -> Self {
        Self { records: 0, body: Vec::with_capacity(bytes) }
    }

    /// Adds an event.
    ///
    /// # Errors
    /// See [`encode_event`].
    pub fn push_event(&mut self, event: &RawEvent<'_>) -> Result<()> {
        encode_event(&mut self.body, event)?;
        self.records += 1;
        Ok(())
    }

    /// Adds a reject.
    ///
    /// # Errors
    /// See [`encode_reject`].
    pub fn push_reject(&mut self, reject: &Reject) -> Result<()> {
        encode_reject(&mut self.body, reject)?;
        self.records += 1;
        Ok(())
    }

    /// How many records it holds.
    pub const fn records(&self) -> u32 {
        self.records
    }

    /// How large its body is.
    pub const fn bytes(&self) -> usize {
        self.body.len()
    }

    /// Whether it holds nothing.
    pub const fn is_empty(&self) -> bool {
        self.records == 0
    }

    /// The batch; the builder is empty afterwards and can be used again.
    pub fn take(&mut self) -> NewBatch {
        let room = self.body.capacity();
        let body = std::mem::replace(&mut self.body, Vec::with_capacity(room));
        NewBatch { records: std::mem::take(&mut self.records), body }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{event_with, reject};
    use proptest::prelude::*;
    use serde_json::value::RawValue;
    use std::borrow::Cow;

    fn lines(body: &[u8]) -> Vec<Result<Record<'_>>> {
        decode_records(body).collect()
    }

    #[test]
    fn an_event_is_one_line_with_its_key() {
        let mut body = Vec::new();
        encode_event(&mut body, &event_with("m1", "Tee, 红", None)).unwrap();
        let text = String::from_utf8(body).unwrap();
        assert!(text.starts_with("{\"e\":{\"messageId\":\"m1\"") && text.ends_with("}}\n"), "{text}");
    }

    #[test]
    fn decoding_borrows_from_the_body() {
        let mut body = Vec::new();
        encode_event(&mut body, &event_with("m1", "WHITE MUG", None)).unwrap();
        let records = lines(&body);
        let Ok(Record::Event(event)) = &records[0] else { panic!("{records:?}") };
        assert!(matches!(event.message_id, Cow::Borrowed("m1")));
        assert!(matches!(event.order.as_ref().unwrap().products[0].name, Cow::Borrowed("WHITE MUG")));
    }

    #[test]
    fn indented_properties_stay_on_one_line() {
        let pretty = RawValue::from_string("{\n  \"a\": \"x\\ny\",\n  \"b\": [1,\n2]\n}".to_owned()).unwrap();
        let mut body = Vec::new();
        encode_event(&mut body, &event_with("m1", "n", Some(&pretty))).unwrap();
        encode_reject(&mut body, &reject("first\nsecond")).unwrap();
        let records = lines(&body);
        assert_eq!(records.len(), 2);
        let Ok(Record::Event(event)) = &records[0] else { panic!("{records:?}") };
        let back: serde_json::Value = serde_json::from_str(event.properties.unwrap().get()).unwrap();
        assert_eq!(back, serde_json::json!({"a": "x\ny", "b": [1, 2]}));
        let Ok(Record::Reject(second)) = &records[1] else { panic!("{records:?}") };
        assert_eq!(second.content, "first\nsecond");
    }

    #[test]
    fn a_bad_line_is_named_and_the_next_one_still_read() {
        let mut body = Vec::new();
        encode_reject(&mut body, &reject("a")).unwrap();
        body.extend_from_slice(b"{\"e\":{\"messageId\":\n");
        encode_reject(&mut body, &reject("b")).unwrap();
        let records = lines(&body);
        assert!(records[0].is_ok() && records[2].is_ok());
        let message = records[1].as_ref().unwrap_err().to_string();
        assert!(message.starts_with("record 2 of the batch is not valid: "), "{message}");
    }

    #[test]
    fn bytes_that_are_not_text_are_named() {
        let mut body = Vec::new();
        encode_reject(&mut body, &reject("a")).unwrap();
        body.extend_from_slice(b"\xff\n");
        let records = lines(&body);
        assert_eq!(records.len(), 1);
        assert!(records[0].as_ref().unwrap_err().to_string().starts_with("record 2 "));
    }

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(names in prop::collection::vec(any::<String>(), 0..20)) {
            let mut builder = BatchBuilder::default();
            for name in &names {
                builder.push_event(&event_with(name, name, None)).unwrap();
                builder.push_reject(&reject(name)).unwrap();
            }
            prop_assert_eq!(builder.records() as usize, 2 * names.len());
            let batch = builder.take();
            prop_assert!(builder.is_empty());
            let decoded: Vec<String> = decode_records(&batch.body)
                .map(|record| match record.unwrap() {
                    Record::Event(event) => event.order.unwrap().products[0].name.to_string(),
                    Record::Reject(reject) => reject.content,
                })
                .collect();
            let expected: Vec<String> = names.iter().flat_map(|name| [name.clone(), name.clone()]).collect();
            prop_assert_eq!(decoded, expected);
        }
    }
}
