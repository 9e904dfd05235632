//! The last delivery of each web hook that was taken, for whoever writes its mapping to try it on.
//!
//! Kept in memory alone, and only while it is small: once it is processed nobody else keeps a delivery as it came.

use axum::http::{HeaderMap, header};
use bellwether_collect::hooks::MAX_KEPT;
use chrono::{DateTime, Utc};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

/// Headers of a delivery that are kept at the most, and the bytes of each.
const MAX_HEADERS: usize = 32;
const MAX_VALUE: usize = 512;
/// What every request has and no mapping is interested in.
const OF_TRANSPORT: [header::HeaderName; 6] = [
    header::HOST,
    header::CONTENT_LENGTH,
    header::CONTENT_ENCODING,
    header::ACCEPT_ENCODING,
    header::CONNECTION,
    header::TRANSFER_ENCODING,
];

/// By the short names of sources that exist, so that there are few.
#[derive(Debug, Default)]
pub struct Deliveries {
    last: Mutex<HashMap<Arc<str>, Arc<Delivery>>>,
}

/// A delivery as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// When.
    pub at: DateTime<Utc>,
    /// Its headers in small letters, without any that prove who sent it.
    pub headers: BTreeMap<String, String>,
    /// One JSON value.
    pub body: String,
}

impl Deliveries {
    /// Keeps it in place of the one before, unless it is too large. `secret` says which headers nobody may see.
    pub fn note(
        &self,
        slug: &Arc<str>,
        at: DateTime<Utc>,
        headers: &HeaderMap,
        secret: impl Fn(&str) -> bool,
        body: &str,
    ) {
        if body.len() > MAX_KEPT {
            return;
        }
        let headers = bounded_headers(headers, secret);
        let delivery = Arc::new(Delivery { at, headers, body: body.to_owned() });
        self.last.lock().unwrap_or_else(PoisonError::into_inner).insert(Arc::clone(slug), delivery);
    }

    /// The last of a source since the server started.
    pub fn last(&self, slug: &str) -> Option<Arc<Delivery>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).get(slug).cloned()
    }

    /// A source that goes takes its own along.
    pub fn forget(&self, slug: &str) {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).remove(slug);
    }
}

/// Headers in small letters that no mapping has asked for yet: not those of transport, none that proves who sent them, and no more
/// than a delivery may cost.
pub(crate) fn bounded_headers(headers: &HeaderMap, secret: impl Fn(&str) -> bool) -> BTreeMap<String, String> {
    let shown = headers.iter().filter(|(name, _)| !OF_TRANSPORT.contains(name) && !secret(name.as_str()));
    let shown = shown.filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
    shown.filter(|(_, value)| value.len() <= MAX_VALUE).take(MAX_HEADERS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_one_is_kept_without_what_proves_its_sender() {
        let deliveries = Deliveries::default();
        let slug: Arc<str> = "shop".into();
        let mut headers = HeaderMap::new();
        for (name, value) in [("host", "a"), ("x-topic", "orders"), ("x-signature", "secret"), ("x-long", "y")] {
            headers.insert(name, value.parse().unwrap());
        }
        headers.insert("x-long", "y".repeat(MAX_VALUE + 1).parse().unwrap());
        let note = |body: &str| {
            deliveries.note(&slug, DateTime::UNIX_EPOCH, &headers, |name| name == "x-signature", body);
        };
        note("{}");
        note(&" ".repeat(MAX_KEPT + 1));
        let kept = deliveries.last("shop").unwrap();
        assert_eq!(kept.body, "{}");
        assert_eq!(kept.headers, BTreeMap::from([("x-topic".to_owned(), "orders".to_owned())]));
        deliveries.forget("shop");
        assert_eq!(deliveries.last("shop"), None);
    }
}
