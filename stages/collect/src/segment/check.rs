//! Whether a body can be understood at all. Hot: a client waits, so every byte is read once and nothing is copied.

use super::{
    MAX_BODY, MAX_EVENT, MAX_EVENTS,
    fields::{name_of, text_of},
};
use bellwether_domain::EventKind;
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use serde_json::value::RawValue;
use std::{borrow::Cow, fmt};

/// Where a body was sent to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// Many events: `/v1/batch`.
    Batch,
    /// One event: `/v1/track` and the other five.
    Call(EventKind),
}

impl Endpoint {
    /// The kind of event that a body is which does not say so itself.
    pub const fn kind(self) -> Option<EventKind> {
        match self {
            Self::Batch => None,
            Self::Call(kind) => Some(kind),
        }
    }

    /// The largest body that is taken, in bytes.
    pub const fn max_body(self) -> usize {
        match self {
            Self::Batch => MAX_BODY,
            Self::Call(_) => MAX_EVENT,
        }
    }
}

/// A body that can be taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked<'a> {
    /// One JSON object, without a mark of byte order: what a `ReceivedCall` keeps.
    pub body: &'a str,
    /// How many events it holds.
    pub events: u32,
    /// The key in the body, where it has one that is a text.
    pub write_key: Option<Cow<'a, str>>,
}

/// Why a body can never be understood. To send the same again has no use.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// More bytes than are taken.
    #[error("the body has {bytes} bytes, and {limit} are the most; send less at once")]
    TooLarge {
        /// What it has.
        bytes: usize,
        /// What it may have.
        limit: usize,
    },
    /// More events than are taken.
    #[error("the batch has {events} events, and {limit} are the most; send fewer at once")]
    TooManyEvents {
        /// What it has.
        events: u32,
        /// What it may have.
        limit: u32,
    },
    /// Not text.
    #[error("line {line}, column {column} of the body is not UTF-8; send JSON in UTF-8")]
    Encoding {
        /// From 1.
        line: usize,
        /// In bytes, from 1.
        column: usize,
    },
    /// Not JSON.
    #[error("line {line}, column {column} of the body is not JSON: {problem}")]
    NotJson {
        /// From 1.
        line: usize,
        /// In bytes, from 1; 0 for what is missing at the beginning of a line.
        column: usize,
        /// What the parser says.
        problem: String,
    },
    /// JSON, but a list, a text or a number.
    #[error("the body must be a JSON object")]
    NotAnObject,
    /// A batch without its events.
    #[error(
        "the body has no list `batch`; send {{\"batch\": [ … ]}}, or one event to its own address, for example /v1/track"
    )]
    NoBatch,
}

/// Looks whether a body can be taken apart later. It does not look at single events.
///
/// # Errors
/// Why it never can.
pub fn check(endpoint: Endpoint, body: &[u8]) -> Result<Checked<'_>, Refusal> {
    if body.len() > endpoint.max_body() {
        return Err(Refusal::TooLarge { bytes: body.len(), limit: endpoint.max_body() });
    }
    // Checking the whole body once is several times faster than letting the parser check every string.
    let text = std::str::from_utf8(body).map_err(|error| not_text(body, error))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut parser = serde_json::Deserializer::from_str(text);
    let found = parser.deserialize_map(Outline { endpoint }).and_then(|found| parser.end().map(|()| found));
    let Found { batch, write_key } = found.map_err(|error| not_json(&error))?;
    let events = match endpoint {
        Endpoint::Call(_) => 1,
        Endpoint::Batch => batch.flatten().ok_or(Refusal::NoBatch)?,
    };
    if events > MAX_EVENTS {
        return Err(Refusal::TooManyEvents { events, limit: MAX_EVENTS });
    }
    // A key that is no text is no key that anybody was given.
    let write_key = write_key.and_then(|raw| text_of(raw).ok().flatten());
    Ok(Checked { body: text.trim_matches(BLANKS), events, write_key })
}

/// What JSON allows between tokens.
const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

pub(crate) fn not_text(body: &[u8], error: std::str::Utf8Error) -> Refusal {
    let before = &body[..error.valid_up_to()];
    let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
    let column = 1 + before.iter().rev().take_while(|byte| **byte != b'\n').count();
    Refusal::Encoding { line, column }
}

pub(crate) fn not_json(error: &serde_json::Error) -> Refusal {
    // Everything below the object is taken as it is; so what does not fit is the body itself.
    if error.is_data() {
        return Refusal::NotAnObject;
    }
    let (line, column) = (error.line(), error.column());
    let said = error.to_string();
    let problem = said.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&said).to_owned();
    Refusal::NotJson { line, column, problem }
}

/// The parts of a body that matter here. Of a key that stands twice the last one counts, as everywhere in JSON.
struct Found<'a> {
    /// The number of events; `Some(None)` where `batch` is no list.
    batch: Option<Option<u32>>,
    write_key: Option<&'a RawValue>,
}

struct Outline {
    endpoint: Endpoint,
}

impl<'de> Visitor<'de> for Outline {
    type Value = Found<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Found<'de>, A::Error> {
        let mut found = Found { batch: None, write_key: None };
        while let Some(key) = map.next_key::<&RawValue>()? {
            match &*name_of(key) {
                "batch" if self.endpoint == Endpoint::Batch => {
                    found.batch = Some(map.next_value::<Length>()?.0);
                }
                "writeKey" => found.write_key = Some(map.next_value()?),
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(found)
    }
}

/// How long a list is; `None` for everything else. Does not look into its elements.
struct Length(Option<u32>);

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LengthVisitor).map(Length)
    }
}

struct LengthVisitor;

/// Values without parts.
macro_rules! no_list {
    ($($visit:ident($($value:ty)?)),+) => {
        $(fn $visit<E>(self $(, _: $value)?) -> Result<Option<u32>, E> {
            Ok(None)
        })+
    };
}

impl<'de> Visitor<'de> for LengthVisitor {
    type Value = Option<u32>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("anything")
    }

    no_list!(visit_unit(), visit_bool(bool), visit_i64(i64), visit_u64(u64), visit_f64(f64), visit_str(&str));

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Option<u32>, A::Error> {
        let mut length = 0;
        while list.next_element::<IgnoredAny>()?.is_some() {
            length += 1;
        }
        Ok(Some(length))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Option<u32>, A::Error> {
        while map.next_entry::<&RawValue, IgnoredAny>()?.is_some() {}
        Ok(None)
    }
}
