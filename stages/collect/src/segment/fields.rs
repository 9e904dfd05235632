//! JSON objects field by field, without copying what they hold.
//!
//! Written by hand and not derived, because strangers write what a derived reader refuses: keys that stand twice, keys and
//! texts with half an emoji, numbers that no machine word holds.

use bellwether_domain::json::whole_characters;
use serde::{
    Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;
use std::{borrow::Cow, fmt};

/// Gives every field of an object, in order, with its name and its value as they were written. A name can come more than
/// once; its last value is the one that counts.
///
/// # Errors
/// When the text is no JSON object.
pub fn each_field<'a>(object: &'a str, take: impl FnMut(Cow<'a, str>, &'a RawValue)) -> Result<(), serde_json::Error> {
    let mut parser = serde_json::Deserializer::from_str(object);
    parser.deserialize_map(Fields(take))?;
    parser.end()
}

struct Fields<F>(F);

impl<'de, F: FnMut(Cow<'de, str>, &'de RawValue)> Visitor<'de> for Fields<F> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        while let Some((key, value)) = map.next_entry::<&RawValue, &RawValue>()? {
            (self.0)(name_of(key), value);
        }
        Ok(())
    }
}

/// A key as it is meant.
pub fn name_of(key: &RawValue) -> Cow<'_, str> {
    unescaped(key.get())
}

/// The text of a value, or the digits of a number; `None` for `null`.
///
/// # Errors
/// What the value is instead, as a noun.
pub fn text_of(value: &RawValue) -> Result<Option<Cow<'_, str>>, &'static str> {
    match value.get().as_bytes() {
        [b'"', ..] => Ok(Some(unescaped(value.get()))),
        [b'n', ..] => Ok(None),
        [b'-' | b'0'..=b'9', ..] => Ok(Some(Cow::Borrowed(value.get()))),
        [b'{', ..] => Err("an object"),
        [b'[', ..] => Err("a list"),
        _ => Err("a truth value"),
    }
}

/// Whether a value is an object.
pub fn is_object(value: &RawValue) -> bool {
    value.get().starts_with('{')
}

/// What a JSON string says; its quotes must be there.
fn unescaped(json: &str) -> Cow<'_, str> {
    let inside = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(json);
    if !inside.contains('\\') {
        return Cow::Borrowed(inside);
    }
    match serde_json::from_str(&whole_characters(json)) {
        Ok(text) => Cow::Owned(text),
        // Cannot be: the parser has found that it is a string, and halves of characters are mended.
        Err(_) => Cow::Borrowed(inside),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(object: &str, expected: &[(&str, &str)]) {
        let mut found = Vec::new();
        each_field(object, |name, value| found.push((name.into_owned(), value.get().to_owned()))).unwrap();
        let found: Vec<_> = found.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(found, expected, "{object}");
    }

    #[test]
    fn fields_come_in_order_and_as_they_were_written() {
        check("{}", &[]);
        check(r#" { "a" : 1 , "b":[ 1 ], "a":null } "#, &[("a", "1"), ("b", "[ 1 ]"), ("a", "null")]);
        check(r#"{"\u0061\ud800":1e999}"#, &[("a\u{fffd}", "1e999")]);
        check(r#"{"\u0000":"\u0000"}"#, &[("\0", "\"\\u0000\"")]);
    }

    #[test]
    fn only_objects_have_fields() {
        for text in ["", "[]", "1", "\"a\"", "{\"a\":1", "{} x", "{1:2}"] {
            assert!(each_field(text, |_, _| ()).is_err(), "{text}");
        }
    }

    #[test]
    fn texts_and_numbers_are_texts() {
        let check = |json: &str, expected: Result<Option<&str>, &str>| {
            let raw: &RawValue = serde_json::from_str(json).unwrap();
            assert_eq!(text_of(raw).as_ref().map(Option::as_deref), expected.as_ref().copied(), "{json}");
        };
        check(r#""a\nb""#, Ok(Some("a\nb")));
        check(r#""\ud83d\ude00\ud83d""#, Ok(Some("😀\u{fffd}")));
        check(r#""""#, Ok(Some("")));
        check("17850", Ok(Some("17850")));
        check("-1.50e3", Ok(Some("-1.50e3")));
        check("12345678901234567890123", Ok(Some("12345678901234567890123")));
        check("null", Ok(None));
        check("true", Err("a truth value"));
        check("[1]", Err("a list"));
        check("{}", Err("an object"));
    }
}
