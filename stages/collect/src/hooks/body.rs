//! Whether a body can be read at all.

use crate::segment::{
    Refusal,
    check::{not_json, not_text},
};
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

/// A body that can be mapped later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked<'a> {
    /// One JSON value, without a mark of byte order: what a `ReceivedHook` keeps.
    pub body: &'a str,
    /// How many documents it holds: one, or the elements of a list.
    pub documents: u32,
}

/// Looks whether a body is a JSON object, or a list. It does not look into documents.
///
/// # Errors
/// Why it can never be mapped.
pub fn check(body: &[u8]) -> Result<Checked<'_>, Refusal> {
    if body.len() > super::MAX_BODY {
        return Err(Refusal::TooLarge { bytes: body.len(), limit: super::MAX_BODY });
    }
    let text = std::str::from_utf8(body).map_err(|error| not_text(body, error))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let body = serde_json::from_str::<&RawValue>(text).map_err(|error| not_json(&error))?.get();
    let documents = match body.as_bytes().first() {
        Some(b'{') => 1,
        Some(b'[') => serde_json::from_str::<Vec<IgnoredAny>>(body).map_err(|error| not_json(&error))?.len(),
        _ => return Err(Refusal::NotAnObject),
    };
    match u32::try_from(documents) {
        Ok(documents) if documents <= super::MAX_DOCUMENTS => Ok(Checked { body, documents }),
        documents => {
            let events = documents.unwrap_or(u32::MAX);
            Err(Refusal::TooManyEvents { events, limit: super::MAX_DOCUMENTS })
        }
    }
}

/// Whether a body is what WooCommerce sends, not signed, when a web hook is saved: it wants to see that somebody answers.
pub fn is_ping(body: &[u8]) -> bool {
    let number = body.trim_ascii().strip_prefix(b"webhook_id=");
    number.is_some_and(|number| (1..=20).contains(&number.len()) && number.iter().all(u8::is_ascii_digit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_and_lists_can_be_mapped() {
        let check = |body: &str| check(body.as_bytes()).map(|checked| (checked.body.to_owned(), checked.documents));
        assert_eq!(check("\u{feff} {\"a\": [1]}\n"), Ok(("{\"a\": [1]}".to_owned(), 1)));
        assert_eq!(check("[{}, 7, []]"), Ok(("[{}, 7, []]".to_owned(), 3)));
        assert_eq!(check("[]").map(|(_, documents)| documents), Ok(0));
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        assert_eq!(check(&deep).map(|(_, documents)| documents), Ok(1));
    }

    #[test]
    fn everything_else_is_refused_with_its_place() {
        assert_eq!(check(b"7"), Err(Refusal::NotAnObject));
        assert_eq!(check(b"\"text\""), Err(Refusal::NotAnObject));
        assert!(matches!(check(b""), Err(Refusal::NotJson { .. })));
        assert!(matches!(check(b"{\n\"a\":}"), Err(Refusal::NotJson { line: 2, .. })));
        assert!(matches!(check(b"{} {}"), Err(Refusal::NotJson { .. })));
        assert_eq!(check(b"{\n\xff}"), Err(Refusal::Encoding { line: 2, column: 1 }));
        let many = format!("[{}7]", "7,".repeat(super::super::MAX_DOCUMENTS as usize));
        assert!(matches!(check(many.as_bytes()), Err(Refusal::TooManyEvents { events: 10_001, limit: 10_000 })));
        let large = vec![b' '; super::super::MAX_BODY + 1];
        assert!(matches!(check(&large), Err(Refusal::TooLarge { .. })));
    }

    #[test]
    fn only_the_ping_is_one() {
        assert!(is_ping(b"webhook_id=12\n"));
        for other in
            ["", "webhook_id=", "webhook_id=12&order=1", "webhook_id={}", "{}", "webhook_id=123456789012345678901"]
        {
            assert!(!is_ping(other.as_bytes()), "{other}");
        }
    }
}
