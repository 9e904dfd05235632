//! A delivery as the events that its mapping makes of it.

use super::kept;
use crate::{
    events::{Receipt, Record},
    mapping::EventMapping,
    segment::OrderCurrency,
};
use bellwether_domain::{Origin, ReceivedHook, Reject, RejectReason};
use serde_json::value::RawValue;

/// Maps every document of a delivery: adds its events to `lines`, in the inbox's form, and what cannot be used to `rejects`.
/// Gives the number of documents that a rule leaves out on purpose. A body that [`check`](super::check) would have refused is
/// one reject.
pub fn events(
    hook: &ReceivedHook<'_>,
    mapping: Option<&EventMapping>,
    currency: OrderCurrency<'_>,
    lines: &mut Vec<u8>,
    rejects: &mut Vec<Reject>,
) -> u64 {
    let receipt = Receipt {
        source: hook.source.clone(),
        received_at: Some(hook.received_at),
        currency: Some(currency),
        line: None,
    };
    let documents = match documents(hook.body) {
        Ok(documents) => documents,
        Err(problem) => {
            rejects.push(reject(hook, hook.body, malformed(&receipt, format!("the body is not JSON ({problem})"))));
            return 0;
        }
    };
    let mut left_out = 0;
    for document in documents {
        match map(hook, document, mapping, &receipt, lines) {
            Ok(0) => left_out += 1,
            Ok(_) => {}
            Err(why) => rejects.push(reject(hook, document, why)),
        }
    }
    left_out
}

/// What becomes of a delivery whose mapping cannot be read: all of it waits.
pub fn unreadable(hook: &ReceivedHook<'_>, problem: &str) -> Reject {
    let why = Reject {
        origin: Origin { source: hook.source.clone(), line: None },
        field: None,
        reason: RejectReason::Malformed,
        detail: format!(
            "the mapping of the web hook cannot be read ({problem}); mend it on the page of its source, and send this again"
        ),
        content: String::new(),
        received_at: None,
    };
    reject(hook, hook.body, why)
}

fn documents(body: &str) -> Result<Vec<&str>, serde_json::Error> {
    if !body.starts_with('[') {
        return Ok(vec![body]);
    }
    let elements: Vec<&RawValue> = serde_json::from_str(body)?;
    Ok(elements.into_iter().map(RawValue::get).collect())
}

/// Says how many events a document became.
fn map(
    hook: &ReceivedHook<'_>,
    document: &str,
    mapping: Option<&EventMapping>,
    receipt: &Receipt<'_>,
    lines: &mut Vec<u8>,
) -> Result<usize, Reject> {
    let mapping = mapping.ok_or_else(|| {
        let detail = "the web hook has no mapping yet; write one on the page of its source, and send this again";
        Reject { reason: RejectReason::NotMapped, ..malformed(receipt, detail.to_owned()) }
    })?;
    let record = Record::parse(document).map_err(|error| malformed(receipt, error.to_string()))?;
    let record = hook.headers.iter().fold(record, |record, (name, value)| record.with_header(name, value.as_str()));
    let events = mapping.apply(&record, receipt)?;
    events.iter().for_each(|event| event.write_line(lines));
    Ok(events.len())
}

fn malformed(receipt: &Receipt<'_>, detail: String) -> Reject {
    Reject {
        origin: Origin { source: receipt.source.clone(), line: None },
        field: None,
        reason: RejectReason::Malformed,
        detail,
        content: String::new(),
        received_at: None,
    }
}

/// The document whole, so that it can be mended and sent again.
fn reject(hook: &ReceivedHook<'_>, document: &str, why: Reject) -> Reject {
    Reject { content: kept::of_document(document, &hook.headers), received_at: Some(hook.received_at), ..why }
}
