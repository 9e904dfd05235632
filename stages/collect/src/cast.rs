//! Changes of a text that leave it a text.

use crate::mapping::Cast;
use std::borrow::Cow;

/// A text after a cast; casts that make something else than a text leave it as it is.
pub(crate) fn text<'r>(cast: Cast, text: Cow<'r, str>) -> Cow<'r, str> {
    match cast {
        Cast::Lower => Cow::Owned(text.to_lowercase()),
        Cast::Upper => Cow::Owned(text.to_uppercase()),
        Cast::Digits => Cow::Owned(text.chars().filter(char::is_ascii_digit).collect()),
        Cast::IntegerText => part(text, integer_text),
        Cast::Trim => part(text, str::trim),
        Cast::Text
        | Cast::Number
        | Cast::Integer
        | Cast::Boolean
        | Cast::Date
        | Cast::Time
        | Cast::Json
        | Cast::MinorUnits => text,
    }
}

fn part<'r>(text: Cow<'r, str>, take: fn(&str) -> &str) -> Cow<'r, str> {
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(take(text)),
        Cow::Owned(text) => Cow::Owned(take(&text).to_owned()),
    }
}

/// `17850.0` without its `.0`; anything else as it is.
fn integer_text(text: &str) -> &str {
    match text.split_once('.') {
        Some((whole, zeros))
            if !whole.is_empty()
                && whole.bytes().all(|byte| byte.is_ascii_digit())
                && !zeros.is_empty()
                && zeros.bytes().all(|byte| byte == b'0') =>
        {
            whole
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cast: Cast, from: &str, expected: &str) {
        assert_eq!(text(cast, Cow::Borrowed(from)), expected, "{cast:?} {from}");
        assert_eq!(text(cast, Cow::Owned(from.to_owned())), expected, "{cast:?} {from}");
    }

    #[test]
    fn texts_are_changed() {
        check(Cast::Lower, "Ana@Example.ORG", "ana@example.org");
        check(Cast::Upper, "straße", "STRASSE");
        check(Cast::Digits, "+49 (171) 12-3", "49171123");
        check(Cast::Trim, "\u{a0} a b\t", "a b");
        check(Cast::Text, " a ", " a ");
    }

    #[test]
    fn only_whole_numbers_lose_their_point() {
        check(Cast::IntegerText, "17850.0", "17850");
        check(Cast::IntegerText, "17850", "17850");
        check(Cast::IntegerText, "17850.5", "17850.5");
        check(Cast::IntegerText, "v1.0", "v1.0");
        check(Cast::IntegerText, ".0", ".0");
    }
}
