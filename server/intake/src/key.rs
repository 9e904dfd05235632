//! The write key, from wherever an SDK puts it: Basic authorisation, a header, or the body.

use axum::http::{HeaderMap, header};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::borrow::Cow;

/// For senders that can set neither a user name nor the body.
const KEY_HEADER: &str = "x-write-key";

/// The key of a request; that of the headers goes before that of the body.
pub fn of_request<'a>(headers: &HeaderMap, in_body: Option<Cow<'a, str>>) -> Option<Cow<'a, str>> {
    basic(headers).or_else(|| plain(headers)).map(Cow::Owned).or(in_body).filter(|key| !key.is_empty())
}

/// The user name is the key; the password is empty and not looked at.
fn basic(headers: &HeaderMap) -> Option<String> {
    let (scheme, value) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let text = String::from_utf8(STANDARD.decode(value.trim()).ok()?).ok()?;
    let key = text.split_once(':').map_or(text.as_str(), |(user, _)| user);
    (!key.is_empty()).then(|| key.to_owned())
}

fn plain(headers: &HeaderMap) -> Option<String> {
    let key = headers.get(KEY_HEADER)?.to_str().ok()?.trim();
    (!key.is_empty()).then(|| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(headers: &[(&'static str, &str)], in_body: Option<&str>, expected: Option<&str>) {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().expect("a header"));
        }
        assert_eq!(of_request(&map, in_body.map(Cow::Borrowed)).as_deref(), expected, "{headers:?}");
    }

    #[test]
    fn the_key_is_found_wherever_it_stands() {
        check(&[("authorization", "Basic ZGVtbzo=")], None, Some("demo"));
        check(&[("authorization", "basic ZGVtbw==")], None, Some("demo"));
        check(&[("x-write-key", "demo")], None, Some("demo"));
        check(&[], Some("demo"), Some("demo"));
        check(&[("authorization", "Basic ZGVtbzo=")], Some("other"), Some("demo"));
    }

    #[test]
    fn what_is_no_key_is_passed_over() {
        check(&[("authorization", "Bearer x")], Some("demo"), Some("demo"));
        check(&[("authorization", "Basic Og==")], Some("demo"), Some("demo"));
        check(&[("authorization", "Basic !!")], None, None);
        check(&[], Some(""), None);
    }
}
