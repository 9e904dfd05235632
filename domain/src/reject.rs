//! What failed a check: kept with its reason, never dropped in silence.

use crate::Origin;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::{borrow::Cow, fmt, num::ParseIntError, str::FromStr};

/// The largest event that is taken over HTTP, in bytes.
pub const MAX_EVENT: usize = 32 * 1024;
/// What is kept of a row, in characters: enough to find it in its file.
const KEPT_OF_ROW: usize = 2_000;

/// The number of a row in quarantine. No number is given twice, also after its row has gone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RejectId(pub u64);

impl fmt::Display for RejectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for RejectId {
    type Err = ParseIntError;

    fn from_str(text: &str) -> Result<Self, ParseIntError> {
        text.parse().map(Self)
    }
}

/// Why something could not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectReason {
    /// A row has more or fewer fields than the header.
    FieldCount,
    /// A quote is open at the end, or stands in the middle of a field.
    BrokenQuote,
    /// A row or an event is larger than the limit.
    RowTooLong,
    /// Bytes that are not text in the file's encoding.
    Encoding,
    /// A number that is not one.
    BadNumber,
    /// A date that is not one in the expected form.
    BadDate,
    /// The file ends in the middle of this row.
    Truncated,
    /// A required field is empty.
    MissingField,
    /// Exactly the same as a row before it.
    ExactDuplicate,
    /// An event with the id of one before it.
    DuplicateEvent,
    /// A JSON object that is not an event.
    Malformed,
    /// A record that no rule of its mapping is for.
    NotMapped,
    /// An event that breaks a rule of the tracking plan.
    PlanViolation,
    /// An event that the tracking plan does not name.
    UnplannedEvent,
}

/// One row or event in quarantine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// Where it came from.
    pub origin: Origin,
    /// The column or property at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Why.
    pub reason: RejectReason,
    /// The whole story in a sentence: what, where, what to do.
    pub detail: String,
    /// The row as it came, cut to 2,000 characters; an event that came over HTTP whole, see [`kept_of_event`].
    pub content: String,
    /// When it was received, where it came over HTTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<DateTime<Utc>>,
}

/// Why a reject cannot be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotReplayable {
    /// It is a row of a file: mended, it belongs into a new file.
    FromFile,
    /// Only its beginning was kept, because it is larger than an event may be.
    Cut,
    /// It is no JSON object, so that nothing in it can be an event.
    NoObject,
}

impl Reject {
    /// The event, a JSON object, where it can be sent again.
    ///
    /// # Errors
    /// Why it cannot.
    pub fn event(&self) -> Result<&str, NotReplayable> {
        if self.origin.line.is_some() {
            return Err(NotReplayable::FromFile);
        }
        let is_whole = serde_json::from_str::<&RawValue>(&self.content).is_ok();
        match (self.content.trim_start().starts_with('{'), is_whole) {
            (true, true) => Ok(&self.content),
            (true, false) => Err(NotReplayable::Cut),
            (false, _) => Err(NotReplayable::NoObject),
        }
    }
}

/// What quarantine keeps of an event that came over HTTP: all of it, so that it can be sent again. What is larger than any
/// event may be could not be sent again, and is cut like a row.
pub fn kept_of_event(text: &str) -> Cow<'_, str> {
    if text.len() <= MAX_EVENT { Cow::Borrowed(text) } else { Cow::Owned(kept_of_row(text)) }
}

/// What quarantine keeps of a row: its beginning.
pub fn kept_of_row(text: &str) -> String {
    text.chars().take(KEPT_OF_ROW).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reject(content: &str, line: Option<u64>) -> Reject {
        Reject {
            origin: Origin { source: "shop".into(), line },
            field: None,
            reason: RejectReason::Malformed,
            detail: String::new(),
            content: content.to_owned(),
            received_at: None,
        }
    }

    #[test]
    fn only_whole_objects_of_requests_can_be_sent_again() {
        let check = |content: &str, line, expected: Result<&str, NotReplayable>| {
            assert_eq!(reject(content, line).event(), expected, "{content}");
        };
        check(r#"{"type":"track"}"#, None, Ok(r#"{"type":"track"}"#));
        check(r#"{"type":"track"}"#, Some(2), Err(NotReplayable::FromFile));
        check(r#"{"type":"tra"#, None, Err(NotReplayable::Cut));
        for content in ["7", "[{}]", "\"{}\"", "", "536365,71053"] {
            check(content, None, Err(NotReplayable::NoObject));
        }
    }

    #[test]
    fn events_are_kept_whole_up_to_their_limit() {
        let event = "ö".repeat(MAX_EVENT / 2);
        assert_eq!(kept_of_event(&event), event);
        assert_eq!(kept_of_event(&(event + "x")), "ö".repeat(KEPT_OF_ROW));
    }

    #[test]
    fn what_an_older_inbox_holds_can_be_read() {
        let old = r#"{"origin":{"source":"shop","line":7},"reason":"bad_number","detail":"d","content":"c"}"#;
        let read: Reject = serde_json::from_str(old).unwrap();
        assert_eq!((read.received_at, read.origin.line), (None, Some(7)));
        assert_eq!(serde_json::to_string(&read).unwrap(), old, "and older programs read what is written now");
    }
}
