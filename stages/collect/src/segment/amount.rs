//! Prices and quantities, as numbers of JSON or as texts that hold one.

use super::fields::text_of;
use crate::{
    mapping::NumberStyle,
    number::{self, LARGEST},
};
use serde_json::value::RawValue;
use std::borrow::Cow;

const STYLE: NumberStyle = NumberStyle { decimal: b'.', thousands: None, round: true };
/// No amount has more places before or behind its point; larger exponents are nothing or far too much.
const LARGEST_EXPONENT: i32 = 400;

/// In ten-thousandths; `None` for what says nothing (`null`, a blank text).
///
/// # Errors
/// A sentence.
pub fn read(value: &RawValue) -> Result<Option<i64>, String> {
    let text = match text_of(value) {
        Ok(Some(text)) => text,
        Ok(None) => return Ok(None),
        Err(noun) => return Err(format!("{noun} stands where a number belongs")),
    };
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let shown = || text.chars().take(40).collect::<String>();
    let plain = without_exponent(text);
    match number::ten_thousandths(&plain, STYLE) {
        Ok(amount) if amount.unsigned_abs() <= LARGEST => Ok(Some(amount)),
        // A long row of digits is a number as well, only not one that fits.
        Ok(_) => Err(too_large(&shown())),
        Err(_) if is_digits(&plain) => Err(too_large(&shown())),
        Err(_) => Err(format!("`{}` is not a number; write 12.5 or \"12.50\"", shown())),
    }
}

fn too_large(shown: &str) -> String {
    format!("`{shown}` is more than 1,000,000,000,000, which is no price or quantity of a shop")
}

fn is_digits(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

/// `1.25e3` as `1250.0`: the same number with its point where it belongs. Everything else as it is.
fn without_exponent(text: &str) -> Cow<'_, str> {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else { return Cow::Borrowed(text) };
    let (sign, digits) = mantissa.strip_prefix('-').map_or(("", mantissa), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let Some(exponent) = read_exponent(exponent) else { return Cow::Borrowed(text) };
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) {
        return Cow::Borrowed(text);
    }
    let digits = format!("{whole}{fraction}");
    if digits.bytes().all(|byte| byte == b'0') {
        return Cow::Borrowed("0");
    }
    let point = i64::try_from(whole.len()).unwrap_or(i64::MAX).saturating_add(exponent.into());
    Cow::Owned(match usize::try_from(point) {
        Err(_) | Ok(0) => format!("{sign}0.{}{digits}", "0".repeat(point.unsigned_abs() as usize)),
        Ok(point) if point >= digits.len() => format!("{sign}{digits}{}", "0".repeat(point - digits.len())),
        Ok(point) => format!("{sign}{}.{}", &digits[..point], &digits[point..]),
    })
}

/// Bounded, so that the number that is written out stays short.
fn read_exponent(text: &str) -> Option<i32> {
    let (negative, digits) = match text.as_bytes() {
        [b'-', ..] => (true, &text[1..]),
        [b'+', ..] => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let size = digits.parse::<i32>().unwrap_or(LARGEST_EXPONENT).min(LARGEST_EXPONENT);
    Some(if negative { -size } else { size })
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_domain::Money;
    use proptest::prelude::*;

    fn read_text(json: &str) -> Result<Option<i64>, String> {
        read(serde_json::from_str(json).unwrap())
    }

    fn check(json: &str, expected: Result<Option<i64>, &str>) {
        assert_eq!(read_text(json).as_ref().map_err(String::as_str), expected.as_ref().map_err(|e| *e), "{json}");
    }

    #[test]
    fn numbers_and_texts_are_read_exactly() {
        check("19.99", Ok(Some(199_900)));
        check("\"19.99\"", Ok(Some(199_900)));
        check("\" £2.55 \"", Ok(Some(25_500)));
        check("-3", Ok(Some(-30_000)));
        check("1.25e3", Ok(Some(12_500_000)));
        check("-1.25E-2", Ok(Some(-125)));
        check("125e-1", Ok(Some(125_000)));
        check("1e0", Ok(Some(10_000)));
        check("0e999999999999", Ok(Some(0)));
        check("1e-999999999999", Ok(Some(0)));
        check("999999999999.9999", Ok(Some(9_999_999_999_999_999)));
        check("null", Ok(None));
        check("\"  \"", Ok(None));
    }

    #[test]
    fn noise_of_binary_fractions_is_rounded() {
        check("29.990000000000002", Ok(Some(299_900)));
        check("0.30000000000000004", Ok(Some(3_000)));
        check("13.49999999999999999", Ok(Some(135_000)));
    }

    #[test]
    fn what_is_no_amount_is_said() {
        check("\"12,50\"", Err("`12,50` is not a number; write 12.5 or \"12.50\""));
        check("\"free\"", Err("`free` is not a number; write 12.5 or \"12.50\""));
        check("\"1e\"", Err("`1e` is not a number; write 12.5 or \"12.50\""));
        check("\"\\ud800\"", Err("`\u{fffd}` is not a number; write 12.5 or \"12.50\""));
        check("true", Err("a truth value stands where a number belongs"));
        check("[1]", Err("a list stands where a number belongs"));
        let large =
            |text: &str| format!("`{text}` is more than 1,000,000,000,000, which is no price or quantity of a shop");
        check("1e999", Err(&large("1e999")));
        check("1e999999999999999999999", Err(&large("1e999999999999999999999")));
        check("1000000000000.0001", Err(&large("1000000000000.0001")));
        check(&"9".repeat(5_000), Err(&large(&"9".repeat(40))));
    }

    proptest! {
        #[test]
        fn amounts_survive_in_every_form(value in -9_999_999_999_999_999i64..9_999_999_999_999_999) {
            let printed = Money::from_ten_thousandths(value).to_string();
            prop_assert_eq!(read_text(&printed), Ok(Some(value)));
            prop_assert_eq!(read_text(&format!("\"{printed}\"")), Ok(Some(value)));
            prop_assert_eq!(read_text(&format!("{value}e-4")), Ok(Some(value)));
            prop_assert_eq!(read_text(&format!("{}.{}E+1", value / 10, (value % 10).abs())).is_ok(), value.unsigned_abs() <= LARGEST / 10_000);
        }

        #[test]
        fn no_text_makes_it_panic(text in "[-+0-9.eE,$ ]{0,20}") {
            let json = serde_json::to_string(&text).unwrap();
            let _ = read_text(&json);
        }
    }
}
