//! What quarantine keeps of a document, and how it becomes a delivery once more:
//! `{"type": "hook", "headers": {"x-shopify-topic": "orders/create"}, "body": {…}}`.

use super::{MAX_BODY, MAX_KEPT};
use crate::segment::fields::{each_field, is_object, text_of};
use bellwether_domain::kept_of_row;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Tells a delivery from the events of other sources, of which none can be of this type.
const TYPE: &str = "hook";

/// The document with what its headers say; of one that is too large the beginning.
pub(super) fn of_document(document: &str, headers: &BTreeMap<String, String>) -> String {
    // A map of texts has a JSON of its own, whatever the texts are.
    let headers = serde_json::to_string(headers).unwrap_or_else(|_| "{}".to_owned());
    let kept = format!("{{\"type\":\"{TYPE}\",\"headers\":{headers},\"body\":{document}}}");
    if kept.len() <= MAX_KEPT { kept } else { kept_of_row(&kept) }
}

/// A document that was set aside, as a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Again<'a> {
    /// In small letters.
    pub headers: BTreeMap<String, String>,
    /// One JSON object.
    pub body: &'a str,
}

/// Why no delivery can be made of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a delivery of a web hook is {{\"type\": \"hook\", \"headers\": {{…}}, \"body\": {{…}}}}: {problem}")]
pub struct NotADelivery {
    /// A sentence.
    pub problem: String,
}

/// Makes a delivery of what was kept, or mended; `None` where it is something else: an event of the tracking API.
pub fn again(text: &str) -> Option<Result<Again<'_>, NotADelivery>> {
    let (mut kind, mut headers, mut body) = (None, None, None);
    each_field(text.trim(), |name, value| match &*name {
        "type" => kind = Some(value),
        "headers" => headers = Some(value),
        "body" => body = Some(value),
        _ => {}
    })
    .ok()?;
    let is_hook = kind.is_some_and(|kind| text_of(kind).ok().flatten().as_deref() == Some(TYPE));
    is_hook.then(|| made_of(headers, body))
}

fn made_of<'a>(headers: Option<&'a RawValue>, body: Option<&'a RawValue>) -> Result<Again<'a>, NotADelivery> {
    let wrong = |problem: &str| NotADelivery { problem: problem.to_owned() };
    let body = body.filter(|body| is_object(body)).ok_or_else(|| wrong("its `body` must be an object"))?;
    if body.get().len() > MAX_BODY {
        return Err(wrong(&format!("its `body` has {} bytes, and {MAX_BODY} are the most", body.get().len())));
    }
    let headers: BTreeMap<String, String> = match headers {
        None => BTreeMap::new(),
        Some(headers) => serde_json::from_str(headers.get())
            .map_err(|error| wrong(&format!("its `headers` must be an object of texts ({error})")))?,
    };
    let headers = headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
    Ok(Again { headers, body: body.get() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_becomes_the_same_delivery() {
        let headers = BTreeMap::from([("x-topic".to_owned(), "a \"b\"\n".to_owned())]);
        let kept = of_document("{ \"id\": 1e2 }", &headers);
        assert_eq!(again(&kept), Some(Ok(Again { headers, body: "{ \"id\": 1e2 }" })));
        let large = format!("{{\"a\":\"{}\"}}", "x".repeat(MAX_KEPT));
        assert_eq!(of_document(&large, &BTreeMap::new()).chars().count(), 2_000);
    }

    #[test]
    fn events_are_no_deliveries() {
        for text in [r#"{"type":"track","body":{}}"#, r#"{"body":{}}"#, "[]", "7", "", r#"{"type":["hook"]}"#] {
            assert_eq!(again(text), None, "{text}");
        }
    }

    #[test]
    fn a_delivery_that_is_not_whole_is_refused() {
        let problem = |text: &str| again(text).unwrap().unwrap_err().to_string();
        assert!(problem(r#"{"type":"hook"}"#).ends_with("its `body` must be an object"));
        assert!(problem(r#"{"type":"hook","body":[{}]}"#).ends_with("its `body` must be an object"));
        assert!(problem(r#"{"type":"hook","body":{},"headers":{"a":1}}"#).contains("must be an object of texts"));
        let mended = again(r#"{"type":"hook","body":{},"headers":{"X-Topic":"a"}}"#).unwrap().unwrap();
        assert_eq!(mended.headers, BTreeMap::from([("x-topic".to_owned(), "a".to_owned())]));
    }
}
