//! Numbers as shops write them, read exactly.

use crate::mapping::NumberStyle;
use std::borrow::Cow;

const PLACES: u32 = 4;
/// The largest price or quantity, in ten-thousandths: sums of larger ones would leave what can be kept.
pub(crate) const LARGEST: u64 = 10_000_000_000_000_000;

/// Reads a decimal number as ten-thousandths, the form of `Money` and `Quantity`.
///
/// # Errors
/// A sentence that says what is wrong and, where the cause can be guessed, what to write in the mapping.
pub(crate) fn ten_thousandths(text: &str, style: NumberStyle) -> Result<i64, String> {
    match plain(text.as_bytes(), style.decimal) {
        Some(value) => Ok(value),
        None => written_out(text, style),
    }
}

/// The hot path: a sign, digits, at most one decimal sign with at most four places behind it, and nothing that can overflow.
fn plain(bytes: &[u8], decimal: u8) -> Option<i64> {
    let (negative, digits) = match bytes {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, bytes),
    };
    if digits.is_empty() || digits.len() > 14 {
        return None;
    }
    let (mut value, mut places, mut seen_digit) = (0i64, None, false);
    for byte in digits {
        let digit = byte.wrapping_sub(b'0');
        if digit < 10 {
            value = value * 10 + i64::from(digit);
            seen_digit = true;
            places = places.map(|count: u32| count + 1);
        } else if *byte == decimal && places.is_none() {
            places = Some(0);
        } else {
            return None;
        }
    }
    let missing = PLACES.checked_sub(places.unwrap_or(0))?;
    let value = seen_digit.then_some(value)? * 10i64.pow(missing);
    Some(if negative { -value } else { value })
}

/// Everything else that is still a number: blanks, a currency sign, grouped thousands, more places than are kept.
fn written_out(text: &str, style: NumberStyle) -> Result<i64, String> {
    let fault = || not_a_number(text, style);
    let decimal = char::from(style.decimal);
    let bare = text.trim().trim_matches(is_currency_sign).trim();
    let (negative, bare) = signed(bare);
    let (whole, fraction) = bare.split_once(decimal).unwrap_or((bare, ""));
    let whole = ungrouped(whole, style.thousands).ok_or_else(fault)?;
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !all_digits(&whole) || !all_digits(fraction) {
        return Err(fault());
    }
    let (kept, rest) = places(fraction.trim_end_matches('0'), style.round).ok_or_else(|| {
        format!("`{text}` has more than four decimal places; set numbers.round = true to round such numbers")
    })?;
    let digits = format!("{whole}{kept}");
    let value = digits
        .trim_start_matches('0')
        .parse::<i64>()
        .or_else(|error| if digits.bytes().all(|byte| byte == b'0') { Ok(0) } else { Err(error) });
    let value = value
        .ok()
        .and_then(|value| value.checked_add(i64::from(rest)))
        .ok_or_else(|| format!("`{text}` is larger than 922 trillion, the largest number that can be kept"))?;
    Ok(if negative { -value } else { value })
}

/// Whether a minus stands before a number, and the number without its sign.
fn signed(bare: &str) -> (bool, &str) {
    match bare.strip_prefix('-').or_else(|| bare.strip_prefix('\u{2212}')) {
        Some(rest) => (true, rest.trim_start().trim_start_matches(is_currency_sign)),
        None => (false, bare.strip_prefix('+').unwrap_or(bare)),
    }
}

/// The first four decimal places, filled up, and whether to round up; `None` where more may not be dropped.
fn places(fraction: &str, round: bool) -> Option<(String, bool)> {
    let keep = PLACES as usize;
    if fraction.len() <= keep {
        return Some((format!("{fraction:0<keep$}"), false));
    }
    round.then(|| (fraction[..keep].to_owned(), fraction.as_bytes()[keep] >= b'5'))
}

/// Without the signs that group thousands, as long as they stand where they belong.
fn ungrouped(whole: &str, thousands: Option<char>) -> Option<String> {
    let Some(sign) = thousands else { return Some(whole.to_owned()) };
    // Spreadsheets write a no-break or narrow no-break space where people type a blank.
    let whole = if sign == ' ' { whole.replace(['\u{a0}', '\u{202f}', '\u{2009}'], " ") } else { whole.to_owned() };
    let mut groups = whole.split(sign);
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    let fits = rest.is_empty() || ((1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3));
    fits.then(|| format!("{first}{}", rest.concat()))
}

fn is_currency_sign(c: char) -> bool {
    matches!(c, '$' | '£' | '€' | '¥' | '\u{ffe5}' | '₹' | '\u{a0}')
}

fn not_a_number(text: &str, style: NumberStyle) -> String {
    let other = NumberStyle { decimal: if style.decimal == b'.' { b',' } else { b'.' }, thousands: None, ..style };
    let swapped = |thousands| NumberStyle { thousands: Some(thousands), ..other };
    let grouped = |thousands| NumberStyle { thousands: Some(thousands), ..style };
    let fits = |style: NumberStyle| Some(char::from(style.decimal)) != style.thousands && readable(text, style);
    let (own, names) = match style.decimal {
        b'.' => ('.', ("point", "comma")),
        _ => (',', ("comma", "point")),
    };
    if fits(other) {
        return format!(
            "`{text}` is not a number with a decimal {}; if this file writes decimals so, set numbers.decimal = \"{}\"",
            names.0, names.1
        );
    }
    if let Some(sign) = [',', '.', ' ', '\''].into_iter().find(|sign| fits(grouped(*sign))) {
        return format!(
            "`{text}` is not a plain number; if `{sign}` groups thousands here, set numbers.thousands = \"{sign}\""
        );
    }
    if fits(swapped(own)) {
        return format!(
            "`{text}` is not a number with a decimal {}; set numbers.decimal = \"{}\" and numbers.thousands = \"{own}\"",
            names.0, names.1
        );
    }
    format!("`{text}` is not a number (digits, one decimal {}, a minus sign)", names.0)
}

fn readable(text: &str, style: NumberStyle) -> bool {
    let bare = text.trim().trim_matches(is_currency_sign).trim().trim_start_matches('-');
    let (whole, fraction) = bare.split_once(char::from(style.decimal)).unwrap_or((bare, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    !bare.is_empty() && digits(fraction) && ungrouped(whole, style.thousands).is_some_and(|whole| digits(&whole))
}

/// A number as JSON writes it, with all of its places.
///
/// # Errors
/// As [`ten_thousandths`], for texts that are no number.
pub(crate) fn json(text: &str, style: NumberStyle) -> Result<Cow<'_, str>, String> {
    let text = text.trim();
    if style.decimal == b'.' && is_json_number(text) {
        return Ok(Cow::Borrowed(text));
    }
    let decimal = char::from(style.decimal);
    let bare = text.trim_matches(is_currency_sign).trim();
    let (negative, bare) = signed(bare);
    let (whole, fraction) = bare.split_once(decimal).unwrap_or((bare, ""));
    let whole = ungrouped(whole, style.thousands);
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    match whole.filter(|whole| all_digits(whole) && all_digits(fraction) && whole.len() + fraction.len() > 0) {
        None => Err(not_a_number(text, style)),
        Some(whole) => {
            let whole = match whole.trim_start_matches('0') {
                "" => "0",
                digits => digits,
            };
            let sign = if negative { "-" } else { "" };
            let point = if fraction.is_empty() { "" } else { "." };
            Ok(Cow::Owned(format!("{sign}{whole}{point}{fraction}")))
        }
    }
}

/// `-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?`, and not longer than any number is written.
pub(crate) fn is_json_number(text: &str) -> bool {
    fn digits(text: &str) -> Option<&str> {
        let rest = text.trim_start_matches(|c: char| c.is_ascii_digit());
        (rest.len() < text.len()).then_some(rest)
    }
    let read = || {
        let text = text.strip_prefix('-').unwrap_or(text);
        let mut rest = match text.strip_prefix('0') {
            Some(rest) => rest,
            None => digits(text)?,
        };
        if let Some(fraction) = rest.strip_prefix('.') {
            rest = digits(fraction)?;
        }
        match rest.strip_prefix(['e', 'E']) {
            Some(exponent) => digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)),
            None => Some(rest),
        }
    };
    text.len() <= 400 && read() == Some("")
}

/// Reads a number for statistics.
///
/// # Errors
/// As [`ten_thousandths`], for texts that are no number or not a finite one.
pub(crate) fn float(text: &str, style: NumberStyle) -> Result<f64, String> {
    let text = text.trim();
    let parsed = match style.decimal {
        b'.' => text.parse::<f64>().ok(),
        _ if !text.contains('.') => text.replace(',', ".").parse().ok(),
        _ => None,
    };
    match parsed.filter(|value| value.is_finite()) {
        Some(value) => Ok(value),
        None => ten_thousandths(text, style).map(|value| value as f64 / 10_000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const POINT: NumberStyle = NumberStyle { decimal: b'.', thousands: None, round: false };
    const GERMAN: NumberStyle = NumberStyle { decimal: b',', thousands: Some('.'), round: false };

    fn check(text: &str, style: NumberStyle, expected: Result<i64, &str>) {
        let actual = ten_thousandths(text, style);
        assert_eq!(actual.as_ref().map_err(String::as_str), expected.as_ref().map_err(|e| *e), "{text}");
    }

    #[test]
    fn numbers_of_many_shops() {
        check("6", POINT, Ok(60_000));
        check("-11062.06", POINT, Ok(-110_620_600));
        check(".5", POINT, Ok(5_000));
        check("0.0010000", POINT, Ok(10));
        check(" £2.55 ", POINT, Ok(25_500));
        check("-$3", POINT, Ok(-30_000));
        check("1.234,50", GERMAN, Ok(12_345_000));
        check("1.234", GERMAN, Ok(12_340_000));
        check("12,50 €", GERMAN, Ok(125_000));
        check("1\u{202f}234.5", NumberStyle { thousands: Some(' '), ..POINT }, Ok(12_345_000));
        check("922337203685477.5807", POINT, Ok(i64::MAX));
        check("2.00005", NumberStyle { round: true, ..POINT }, Ok(20_001));
        check("2.00004", NumberStyle { round: true, ..POINT }, Ok(20_000));
    }

    #[test]
    fn numbers_keep_their_places_in_json() {
        let check = |text: &str, style, expected: Option<&str>| {
            assert_eq!(json(text, style).ok().as_deref(), expected, "{text}");
        };
        check("0.000123456", POINT, Some("0.000123456"));
        check("-1.5e-05", POINT, Some("-1.5e-05"));
        check(" +007.50 ", POINT, Some("7.50"));
        check("€ 1.234,5", GERMAN, Some("1234.5"));
        check(".5", POINT, Some("0.5"));
        check("-,5", GERMAN, Some("-0.5"));
        check("12.", POINT, Some("12"));
        for text in ["", "-", ".", "1.2.3", "1e", "0x10", "NaN", "12a"] {
            check(text, POINT, None);
        }
    }

    #[test]
    fn what_is_not_a_number_says_what_to_do() {
        check(
            "12,50",
            POINT,
            Err(
                "`12,50` is not a number with a decimal point; if this file writes decimals so, set numbers.decimal = \"comma\"",
            ),
        );
        check(
            "1.234,50",
            POINT,
            Err(
                "`1.234,50` is not a number with a decimal point; set numbers.decimal = \"comma\" and numbers.thousands = \".\"",
            ),
        );
        check(
            "1,234.50",
            POINT,
            Err("`1,234.50` is not a plain number; if `,` groups thousands here, set numbers.thousands = \",\""),
        );
        check("two", POINT, Err("`two` is not a number (digits, one decimal point, a minus sign)"));
        check("-", POINT, Err("`-` is not a number (digits, one decimal point, a minus sign)"));
        check("1.2.3", POINT, Err("`1.2.3` is not a number (digits, one decimal point, a minus sign)"));
        check(
            "2.00005",
            POINT,
            Err("`2.00005` has more than four decimal places; set numbers.round = true to round such numbers"),
        );
        check(
            "99999999999999999",
            POINT,
            Err("`99999999999999999` is larger than 922 trillion, the largest number that can be kept"),
        );
        check("1.23,4", GERMAN, Err("`1.23,4` is not a number (digits, one decimal comma, a minus sign)"));
    }

    proptest! {
        #[test]
        fn what_the_domain_prints_is_read_back(value in -999_999_999_999_999i64..999_999_999_999_999) {
            let printed = bellwether_domain::Money::from_ten_thousandths(value).to_string();
            prop_assert_eq!(ten_thousandths(&printed, POINT), Ok(value));
            let comma = NumberStyle { decimal: b',', ..POINT };
            prop_assert_eq!(ten_thousandths(&printed.replace('.', ","), comma), Ok(value));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,30}") {
            let _ = ten_thousandths(&text, POINT);
            let _ = ten_thousandths(&text, GERMAN);
            let _ = float(&text, GERMAN);
        }

        #[test]
        fn what_is_written_as_json_is_json(text in "[-+0-9.,eE €]{0,12}") {
            for style in [POINT, GERMAN] {
                if let Ok(number) = json(&text, style) {
                    prop_assert!(is_json_number(&number), "{} {}", text, number);
                    prop_assert!(serde_json::from_str::<&serde_json::value::RawValue>(&number).is_ok(), "{}", number);
                }
            }
        }
    }
}
