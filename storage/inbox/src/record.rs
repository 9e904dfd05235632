//! The lines of a batch: `{"e":{…}}` is an event, `{"r":{…}}` a row that could not become one, `{"c":{…}}` a request as it
//! was received, `{"h":{…}}` a delivery of a web hook as it was received.

use crate::{Error, NewBatch, Result};
use bellwether_domain::{RawEvent, ReceivedCall, ReceivedHook, Reject};
use serde::{Deserialize, Serialize};
use std::{iter::Enumerate, str::SplitTerminator};

/// One line of a batch. Texts borrow from the batch's body wherever they hold no escape.
#[derive(Debug, Deserialize)]
#[expect(clippy::large_enum_variant, reason = "nearly all records are the large ones, and each is looked at once")]
pub enum Record<'a> {
    /// Something that happened.
    #[serde(rename = "e", borrow)]
    Event(RawEvent<'a>),
    /// Something that could not be read, on its way to quarantine.
    #[serde(rename = "r")]
    Reject(Reject),
    /// What a client sent, on its way to being taken apart.
    #[serde(rename = "c", borrow)]
    Call(ReceivedCall<'a>),
    /// What another system told, on its way to being mapped.
    #[serde(rename = "h", borrow)]
    Hook(ReceivedHook<'a>),
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

/// Appends a request as one line. That its body is one JSON value is for the caller to have checked; where it is not, the
/// line cannot be decoded, and no other one is harmed.
///
/// # Errors
/// When the source's name cannot be written as JSON (every text can).
pub fn encode_call(into: &mut Vec<u8>, call: &ReceivedCall<'_>) -> Result<()> {
    let start = into.len();
    into.reserve(call.body.len() + call.source.len() + CALL_OVERHEAD);
    into.extend_from_slice(b"{\"c\":{\"receivedAt\":");
    into.extend_from_slice(call.received_at.timestamp_micros().to_string().as_bytes());
    into.extend_from_slice(b",\"source\":");
    append_json(into, start, &*call.source)?;
    if let Some(kind) = call.kind {
        into.extend_from_slice(b",\"kind\":");
        append_json(into, start, &kind)?;
    }
    into.extend_from_slice(b",\"body\":");
    into.extend_from_slice(call.body.as_bytes());
    into.push(b'}');
    end_line(into, start);
    Ok(())
}

/// Appends a delivery of a web hook as one line; of its body holds what [`encode_call`] says of that of a request.
///
/// # Errors
/// When a text cannot be written as JSON (every text can).
pub fn encode_hook(into: &mut Vec<u8>, hook: &ReceivedHook<'_>) -> Result<()> {
    let start = into.len();
    into.reserve(hook.body.len() + hook.mapping.len() + hook.source.len() + CALL_OVERHEAD);
    into.extend_from_slice(b"{\"h\":{\"receivedAt\":");
    into.extend_from_slice(hook.received_at.timestamp_micros().to_string().as_bytes());
    into.extend_from_slice(b",\"source\":");
    append_json(into, start, &*hook.source)?;
    into.extend_from_slice(b",\"headers\":");
    append_json(into, start, &hook.headers)?;
    into.extend_from_slice(b",\"mapping\":");
    append_json(into, start, &*hook.mapping)?;
    into.extend_from_slice(b",\"body\":");
    into.extend_from_slice(hook.body.as_bytes());
    into.push(b'}');
    end_line(into, start);
    Ok(())
}

/// What a line holds beside body and source, about.
const CALL_OVERHEAD: usize = 80;

fn encode_line(into: &mut Vec<u8>, prefix: &[u8], value: &impl Serialize) -> Result<()> {
    let start = into.len();
    into.extend_from_slice(prefix);
    append_json(into, start, value)?;
    end_line(into, start);
    Ok(())
}

/// Takes back what was written since `start` when it fails.
fn append_json(into: &mut Vec<u8>, start: usize, value: &(impl Serialize + ?Sized)) -> Result<()> {
    serde_json::to_writer(&mut *into, value).map_err(|error| {
        into.truncate(start);
        Error::BadRecord { number: 1, source: error.into() }
    })
}

fn end_line(into: &mut Vec<u8>, start: usize) {
    // Traits, properties and bodies are kept as they came, which may be indented. A line break in valid JSON can only
    // stand between tokens, where a space means the same.
    let mut at = start;
    while let Some(found) = memchr::memchr(b'\n', &into[at..]) {
        into[at + found] = b' ';
        at += found + 1;
    }
    into.extend_from_slice(b"}\n");
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

    /// Adds a request.
    ///
    /// # Errors
    /// See [`encode_call`].
    pub fn push_call(&mut self, call: &ReceivedCall<'_>) -> Result<()> {
        encode_call(&mut self.body, call)?;
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
#[path = "record_tests.rs"]
mod tests;
