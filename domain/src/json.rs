//! What JSON of strangers needs before its texts can be read.

use std::borrow::Cow;

/// What stands in the place of half a character.
const REPLACEMENT: &str = "\\ufffd";
/// Bytes of an escape such as `\ud83d`.
const ESCAPE: usize = REPLACEMENT.len();

/// Valid JSON in which every escape is a whole character: a surrogate without its other half becomes `\ufffd`.
///
/// JSON allows such halves, and browsers write them where a text was cut in the middle of an emoji; but they are no
/// Unicode, and most readers refuse the whole document for one of them. Borrowed where there is none, which is nearly always.
pub fn whole_characters(json: &str) -> Cow<'_, str> {
    let mut mended = String::new();
    let (mut at, mut copied) = (0, 0);
    while let Some(found) = json.get(at..).and_then(|rest| rest.find('\\')) {
        let escape = at + found;
        match half_at(json, escape) {
            // Two bytes at least: the second backslash of `\\` begins no escape.
            None => at = escape + 2,
            Some(Half::High) if half_at(json, escape + ESCAPE) == Some(Half::Low) => at = escape + 2 * ESCAPE,
            Some(_) => {
                mended.push_str(&json[copied..escape]);
                mended.push_str(REPLACEMENT);
                at = escape + ESCAPE;
                copied = at;
            }
        }
    }
    if copied == 0 {
        return Cow::Borrowed(json);
    }
    mended.push_str(&json[copied..]);
    Cow::Owned(mended)
}

/// Writes a text as a JSON string.
pub fn write_text(into: &mut String, text: &str) {
    into.push('"');
    let mut copied = 0;
    for (at, byte) in text.bytes().enumerate() {
        let short = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0x20.. => continue,
            _ => "",
        };
        into.push_str(&text[copied..at]);
        into.push_str(short);
        if short.is_empty() {
            into.push_str(&format!("\\u{byte:04x}"));
        }
        copied = at + 1;
    }
    into.push_str(&text[copied..]);
    into.push('"');
}

/// Writes a number of floating point without an exponent as long as that is no longer than 21 digits, and so that it reads
/// back to the same bits; what is no number is `null`.
pub fn write_number(into: &mut String, number: f64) {
    match number.abs() {
        size if !size.is_finite() => into.push_str("null"),
        size if size != 0.0 && !(1e-7..1e21).contains(&size) => into.push_str(&format!("{number:e}")),
        _ => into.push_str(&number.to_string()),
    }
}

/// Half of a character beyond the first 65,536.
#[derive(PartialEq, Eq)]
enum Half {
    High,
    Low,
}

/// Whether an escape is one of the two halves.
fn half_at(json: &str, at: usize) -> Option<Half> {
    let [b'\\', b'u', b'd' | b'D', second, third, fourth] = json.as_bytes().get(at..at + ESCAPE)? else { return None };
    if !(third.is_ascii_hexdigit() && fourth.is_ascii_hexdigit()) {
        return None;
    }
    match second {
        b'8' | b'9' | b'a' | b'b' | b'A' | b'B' => Some(Half::High),
        b'c'..=b'f' | b'C'..=b'F' => Some(Half::Low),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(json: &str, expected: &str) {
        assert_eq!(whole_characters(json), expected);
        assert_eq!(matches!(whole_characters(json), Cow::Borrowed(_)), json == expected, "{json}");
        assert!(serde_json::from_str::<String>(expected).is_ok(), "{expected}");
    }

    #[test]
    fn halves_become_replacements_and_pairs_stay() {
        check(r#""plain""#, r#""plain""#);
        check(r#""\ud83d\ude00""#, r#""\ud83d\ude00""#);
        check(r#""\uD83D\uDE00\u00e9""#, r#""\uD83D\uDE00\u00e9""#);
        check(r#""cut \ud83d""#, r#""cut \ufffd""#);
        check(r#""\ude00\ud83d""#, r#""\ufffd\ufffd""#);
        check(r#""\ud83d\ud83d\ude00""#, r#""\ufffd\ud83d\ude00""#);
        check(r#""\ud83d\n\ude00""#, r#""\ufffd\n\ufffd""#);
        check(r#""\\ud83d""#, r#""\\ud83d""#);
        check(r#""\\\ud83dé""#, r#""\\\ufffdé""#);
    }

    proptest! {
        #[test]
        fn whatever_json_holds_can_be_read_afterwards(parts in prop::collection::vec(
            prop_oneof![
                Just("\\ud83d"), Just("\\uDE00"), Just("\\\\"), Just("\\\""), Just("u"), Just("d83d"), Just("é"), Just("\\u0000")
            ],
            0..20,
        )) {
            let json = format!("\"{}\"", parts.concat());
            let mended = whole_characters(&json);
            prop_assert!(serde_json::from_str::<String>(&mended).is_ok(), "{}", json);
            prop_assert_eq!(whole_characters(&mended), &*mended);
        }

        #[test]
        fn no_text_makes_it_panic(text in "[\\\\u\"dD8cé0-9]{0,30}") {
            whole_characters(&text);
        }
    }

    #[test]
    fn texts_are_written_as_they_are_read() {
        for text in ["", "a", "\"\\\n\r\t", "\u{0}\u{1f} 茶 🍵", "a\u{7f}\u{2028}b"] {
            let mut json = String::new();
            write_text(&mut json, text);
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }

    #[test]
    fn numbers_read_back_to_the_same_bits() {
        for (number, text) in [(0.1, "0.1"), (-5.0, "-5"), (17_850.0, "17850"), (1e21, "1e21"), (1.5e-9, "1.5e-9")] {
            let mut json = String::new();
            write_number(&mut json, number);
            assert_eq!((json.as_str(), serde_json::from_str::<f64>(&json).unwrap()), (text, number));
        }
        let mut json = String::new();
        write_number(&mut json, f64::NAN);
        assert_eq!(json, "null");
    }
}
