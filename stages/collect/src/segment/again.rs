//! An event that was set aside, made into a call once more.

use super::{
    MAX_EVENT,
    fields::{each_field, text_of},
};
use serde_json::value::RawValue;

/// A call of one event, for the inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again {
    /// The body of a batch: `{"batch":[event]}`.
    pub body: String,
    /// The event's `messageId`, where it has one that can be read.
    pub message_id: Option<String>,
}

/// Why no call can be made of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAgain {
    /// Not a JSON object.
    #[error("the event must be a JSON object ({problem})")]
    NoObject {
        /// What the parser says.
        problem: String,
    },
    /// More bytes than an event may have.
    #[error("the event has {bytes} bytes with its messageId, and {MAX_EVENT} are the most; leave properties out")]
    TooLarge {
        /// What it has.
        bytes: usize,
    },
}

/// Makes a call of one event. An event without a `messageId` gets the given one: an event is counted once by its id, so
/// whoever sends it again must give it the same id each time, whatever stopped them in between. An id that is there is
/// kept, also one that cannot be used: then the event is set aside again, with that as the reason.
///
/// # Errors
/// Where the text is no JSON object, or too large.
pub fn again(event: &str, otherwise: &str) -> Result<Again, NotAgain> {
    let event = event.trim();
    let (mut fields, mut id): (usize, Option<&RawValue>) = (0, None);
    let read = each_field(event, |name, value| {
        fields += 1;
        if name == "messageId" {
            id = Some(value);
        }
    });
    read.map_err(|error| NotAgain::NoObject { problem: error.to_string() })?;
    let own = id.map_or(Ok(None), text_of).map(|text| text.filter(|text| !text.trim().is_empty()));
    let (event, message_id) = match own {
        Ok(Some(id)) => (event.to_owned(), Some(id.into_owned())),
        Ok(None) => (with_id(event, fields > 0, otherwise), Some(otherwise.to_owned())),
        Err(_is_no_text) => (event.to_owned(), None),
    };
    if event.len() > MAX_EVENT {
        return Err(NotAgain::TooLarge { bytes: event.len() });
    }
    Ok(Again { body: format!("{{\"batch\":[{event}]}}"), message_id })
}

/// The last value of a name is the one that counts, so that this one stands behind an empty one.
fn with_id(object: &str, has_fields: bool, id: &str) -> String {
    let open = object.strip_suffix('}').unwrap_or(object);
    let comma = if has_fields { "," } else { "" };
    format!("{open}{comma}\"messageId\":{}}}", serde_json::Value::from(id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(event: &str, body: &str, id: Option<&str>) {
        let expected = Again { body: body.to_owned(), message_id: id.map(str::to_owned) };
        assert_eq!(again(event, "replay-7"), Ok(expected), "{event}");
    }

    #[test]
    fn an_event_gets_an_id_only_where_it_has_none() {
        check(r#" {"messageId":"m"} "#, r#"{"batch":[{"messageId":"m"}]}"#, Some("m"));
        check(r#"{"messageId":17}"#, r#"{"batch":[{"messageId":17}]}"#, Some("17"));
        check("{}", r#"{"batch":[{"messageId":"replay-7"}]}"#, Some("replay-7"));
        check(r#"{"a":1 }"#, r#"{"batch":[{"a":1 ,"messageId":"replay-7"}]}"#, Some("replay-7"));
        check(r#"{"messageId":" "}"#, r#"{"batch":[{"messageId":" ","messageId":"replay-7"}]}"#, Some("replay-7"));
        check(r#"{"messageId":null}"#, r#"{"batch":[{"messageId":null,"messageId":"replay-7"}]}"#, Some("replay-7"));
        check(r#"{"messageId":[1]}"#, r#"{"batch":[{"messageId":[1]}]}"#, None);
    }

    #[test]
    fn what_is_no_event_is_refused() {
        for text in ["", "7", "[]", "{", "{\"a\":1", "{} {}", "null"] {
            assert!(matches!(again(text, "replay-7"), Err(NotAgain::NoObject { .. })), "{text}");
        }
        let large = |bytes: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(bytes - 8));
        let room = r#","messageId":"replay-7""#.len();
        assert!(again(&large(MAX_EVENT - room), "replay-7").is_ok());
        let error = again(&large(MAX_EVENT - room + 1), "replay-7").unwrap_err();
        assert_eq!(error, NotAgain::TooLarge { bytes: MAX_EVENT + 1 });
    }
}
