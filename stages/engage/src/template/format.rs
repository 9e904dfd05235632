//! Money, dates and names as people of a language write them.

use bellwether_domain::{Language, Money};
use chrono::{DateTime, Datelike, FixedOffset, format::StrftimeItems};
use std::fmt::Write as _;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// An amount with its currency (ISO 4217), rounded to the currency's own places: `£1,234.50`, `¥1,235`, `CHF 12.00`.
pub fn format_money(amount: Money, currency: &str, language: Language) -> String {
    let places = decimals(currency);
    let mut out = String::new();
    let digits = grouped(amount.abs(), places);
    if amount.is_negative() && digits.bytes().any(|byte| (b'1'..=b'9').contains(&byte)) {
        out.push('-');
    }
    match symbol(currency, language) {
        Some(symbol) => out.push_str(symbol),
        None => {
            out.push_str(currency);
            out.push('\u{a0}');
        }
    }
    out.push_str(&digits);
    out
}

fn symbol(currency: &str, language: Language) -> Option<&'static str> {
    match (currency, language) {
        ("GBP", _) => Some("£"),
        ("EUR", _) => Some("€"),
        ("USD", Language::English) => Some("$"),
        ("USD", Language::Chinese) => Some("US$"),
        ("CNY", Language::English) => Some("CN¥"),
        ("CNY", Language::Chinese) => Some("¥"),
        ("JPY", Language::English) => Some("¥"),
        ("JPY", Language::Chinese) => Some("JP¥"),
        ("INR", _) => Some("₹"),
        ("KRW", _) => Some("₩"),
        ("HKD", _) => Some("HK$"),
        ("TWD", _) => Some("NT$"),
        ("AUD", _) => Some("A$"),
        ("CAD", _) => Some("CA$"),
        _ => None,
    }
}

fn decimals(currency: &str) -> u32 {
    match currency {
        "JPY" | "KRW" | "VND" | "CLP" | "ISK" | "XAF" | "XOF" => 0,
        "KWD" | "BHD" | "OMR" | "JOD" | "TND" => 3,
        _ => 2,
    }
}

/// `1234567.8` as `1,234,567.80`, half away from zero.
pub(crate) fn grouped(amount: Money, places: u32) -> String {
    let places = places.min(4);
    let step = 10_i128.pow(4 - places);
    let scaled = (i128::from(amount.ten_thousandths()).abs() + step / 2) / step;
    let unit = 10_i128.pow(places);
    let whole = (scaled / unit).to_string();
    let mut out = String::with_capacity(whole.len() * 2);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if places > 0 {
        let _ = write!(out, ".{:0width$}", scaled % unit, width = places as usize);
    }
    out
}

/// A day in words (`long`: `5 December 2011`, `2011年12月5日`), short (`5 Dec`, `12月5日`), as `month`, or as ISO (`iso`);
/// any other form is a strftime pattern. `None` where the pattern is not one.
pub fn format_date(date: DateTime<FixedOffset>, form: &str, language: Language) -> Option<String> {
    let (year, month, day) = (date.year(), date.month(), date.day());
    let name = MONTHS[date.month0() as usize];
    Some(match (form, language) {
        ("long", Language::English) => format!("{day} {name} {year}"),
        ("long", Language::Chinese) => format!("{year}年{month}月{day}日"),
        ("short", Language::English) => format!("{day} {}", &name[..3]),
        ("short", Language::Chinese) => format!("{month}月{day}日"),
        ("month", Language::English) => format!("{name} {year}"),
        ("month", Language::Chinese) => format!("{year}年{month}月"),
        ("iso", _) => format!("{year:04}-{month:02}-{day:02}"),
        (pattern, _) => {
            let items = StrftimeItems::new(pattern).parse().ok()?;
            date.format_with_items(items.iter()).to_string()
        }
    })
}

/// A product name fit to be read: one line, and not shouted. `WHITE HANGING HEART  T-LIGHT HOLDER` becomes
/// `White Hanging Heart T-Light Holder`; names that have small letters, or no letters of that kind, keep their case.
pub fn tidy_name(name: &str) -> String {
    let name = name.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let name = name.collect::<Vec<_>>().join(" ");
    let name = name.trim_matches(|c: char| matches!(c, ',' | ';' | '.' | '*' | '?')).trim();
    let letters = name.chars().filter(|c| c.is_alphabetic() && (c.is_lowercase() || c.is_uppercase())).count();
    if letters < 4 || name.chars().any(char::is_lowercase) {
        return name.to_owned();
    }
    let mut out = String::with_capacity(name.len());
    let mut inside_word = false;
    for character in name.chars() {
        if inside_word {
            out.extend(character.to_lowercase());
        } else {
            out.push(character);
        }
        // An apostrophe does not begin a word (`Children's`), a hyphen and a digit do (`T-Light`, `3D`).
        inside_word = character.is_alphabetic() || (inside_word && character == '\'');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use Language::{Chinese, English};

    #[track_caller]
    fn check_money(amount: &str, currency: &str, language: Language, expected: &str) {
        assert_eq!(format_money(amount.parse().unwrap(), currency, language), expected);
    }

    #[test]
    fn money_is_written_as_people_write_it() {
        check_money("1234.5", "GBP", English, "£1,234.50");
        check_money("-1234567.005", "USD", Chinese, "-US$1,234,567.01");
        check_money("0", "EUR", English, "€0.00");
        check_money("-0.001", "EUR", English, "€0.00");
        check_money("999.5", "JPY", English, "¥1,000");
        check_money("12", "CHF", English, "CHF\u{a0}12.00");
        check_money("88", "CNY", Chinese, "¥88.00");
        check_money("0.9999", "KWD", English, "KWD\u{a0}1.000");
    }

    #[test]
    fn days_are_written_as_people_write_them() {
        let day = DateTime::parse_from_rfc3339("2011-12-05T23:30:00+08:00").unwrap();
        let forms = [
            ("long", English, "5 December 2011"),
            ("long", Chinese, "2011年12月5日"),
            ("short", English, "5 Dec"),
            ("short", Chinese, "12月5日"),
            ("month", English, "December 2011"),
            ("iso", Chinese, "2011-12-05"),
            ("%H:%M", English, "23:30"),
        ];
        for (form, language, expected) in forms {
            assert_eq!(format_date(day, form, language).as_deref(), Some(expected));
        }
        assert_eq!(format_date(day, "%Q!", English), None);
    }

    #[test]
    fn names_are_not_shouted() {
        let names = [
            ("WHITE HANGING HEART  T-LIGHT HOLDER", "White Hanging Heart T-Light Holder"),
            ("  CHILDREN'S APRON DOLLY GIRL ", "Children's Apron Dolly Girl"),
            ("Dolly Girl BEAKER", "Dolly Girl BEAKER"),
            ("中国红灯笼\n大号", "中国红灯笼 大号"),
            ("*USB OFFICE MIRROR BALL", "Usb Office Mirror Ball"),
            ("3D DOG PICTURE", "3D Dog Picture"),
            ("USB", "USB"),
            ("", ""),
        ];
        for (name, expected) in names {
            assert_eq!(tidy_name(name), expected);
        }
    }
}
