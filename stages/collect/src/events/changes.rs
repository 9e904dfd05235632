//! What a cast makes of a value.

use super::{currency, fault::shown, json_text::write_compact, value::Item};
use crate::{
    cast,
    mapping::{Cast, NumberStyle, ValueMapping},
    number,
    time::{TimeFormat, WallTime},
};
use bellwether_domain::RejectReason;
use chrono::SecondsFormat;
use serde_json::value::RawValue;
use std::{borrow::Cow, sync::LazyLock};

/// How the values of a mapping are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub numbers: NumberStyle,
}

/// The forms that a date without a `format` may have: those that cannot be mistaken for another.
static DATES: LazyLock<Vec<TimeFormat>> = LazyLock::new(|| {
    const FORMS: [&str; 10] = [
        "iso",
        "unix",
        "unix_ms",
        "%Y/%m/%d",
        "%Y/%m/%d %H:%M:%S",
        "%Y/%m/%d %H:%M",
        "%Y年%m月%d日",
        "%Y.%m.%d",
        "%d.%m.%Y",
        "%Y%m%d",
    ];
    FORMS.iter().filter_map(|text| TimeFormat::parse(text).ok()).collect()
});

fn read_date(format: Option<&TimeFormat>, text: &str) -> Option<WallTime> {
    match format {
        Some(format) => format.read(text),
        None => DATES.iter().find_map(|format| format.read(text)),
    }
}

type Wrong = (RejectReason, String);

/// The value after a cast; `None` where nothing is left of it.
pub(super) fn cast<'r>(
    cast: Cast,
    item: Item<'r>,
    value: &ValueMapping,
    currency: Option<&str>,
    style: &Style,
) -> Result<Option<Item<'r>>, Wrong> {
    match cast {
        Cast::Number => number(item, style.numbers).map(Some),
        Cast::Integer => integer(item, style.numbers).map(Some),
        Cast::Boolean => boolean(item).map(Some),
        Cast::Date | Cast::Time => date(cast, &item.into_text(), value).map(Some),
        Cast::Json => json(item),
        Cast::MinorUnits => minor_units(item, currency, style.numbers).map(Some),
        Cast::Text => Ok(Some(Item::Text(item.into_text()))),
        Cast::IntegerText | Cast::Lower | Cast::Upper | Cast::Trim | Cast::Digits => {
            Ok(Some(Item::Text(cast::text(cast, item.into_text()))))
        }
    }
}

fn number<'r>(item: Item<'r>, style: NumberStyle) -> Result<Item<'r>, Wrong> {
    let bad = |problem| (RejectReason::BadNumber, problem);
    match item {
        Item::Json(json) if number::is_json_number(&json) => Ok(Item::Json(json)),
        Item::Json(json) => Err(bad(format!("`{}` is not a number", shown(&json)))),
        Item::Text(Cow::Borrowed(text)) => number::json(text, style).map(Item::Json).map_err(bad),
        Item::Text(Cow::Owned(text)) => {
            number::json(&text, style).map(|number| Item::Json(Cow::Owned(number.into_owned()))).map_err(bad)
        }
    }
}

fn integer<'r>(item: Item<'r>, style: NumberStyle) -> Result<Item<'r>, Wrong> {
    let number = number(item, style)?.into_text();
    let whole = match number.split_once('.') {
        None => number.as_ref(),
        Some((whole, fraction)) if fraction.bytes().all(|byte| byte == b'0') => whole,
        Some(_) => "",
    };
    match whole.bytes().any(|byte| matches!(byte, b'e' | b'E')) || whole.is_empty() {
        true => Err((RejectReason::BadNumber, format!("`{}` is not a whole number", shown(&number)))),
        false if whole.len() == number.len() => Ok(Item::Json(number)),
        false => Ok(Item::Json(Cow::Owned(whole.to_owned()))),
    }
}

fn boolean(item: Item<'_>) -> Result<Item<'static>, Wrong> {
    const YES: [&str; 11] = ["true", "1", "yes", "y", "on", "t", "ja", "wahr", "是", "有", "真"];
    const NO: [&str; 11] = ["false", "0", "no", "n", "off", "f", "nein", "falsch", "否", "无", "假"];
    let text = item.into_text();
    let word = text.trim().to_lowercase();
    match (YES.contains(&word.as_str()), NO.contains(&word.as_str())) {
        (true, _) => Ok(Item::Json(Cow::Borrowed("true"))),
        (_, true) => Ok(Item::Json(Cow::Borrowed("false"))),
        _ => Err((
            RejectReason::Malformed,
            format!("`{}` is neither true nor false (yes, no, 1, 0); use `map` to make it one", shown(&text)),
        )),
    }
}

fn date(cast: Cast, text: &str, value: &ValueMapping) -> Result<Item<'static>, Wrong> {
    let wall = read_date(value.format.as_ref(), text.trim()).ok_or_else(|| {
        let problem = match &value.format {
            Some(format) => format!("`{}` is not a date of the form {format}", shown(text)),
            None => format!(
                "`{}` is not a date that can be read without doubt; set `format`, for example format = \"%d/%m/%Y\"",
                shown(text)
            ),
        };
        (RejectReason::BadDate, problem)
    })?;
    let written = match cast {
        Cast::Date => wall.day().to_string(),
        _ => value.zone.to_utc(wall).0.to_rfc3339_opts(SecondsFormat::AutoSi, true),
    };
    Ok(Item::Text(Cow::Owned(written)))
}

fn json<'r>(item: Item<'r>) -> Result<Option<Item<'r>>, Wrong> {
    let Item::Text(text) = item else { return Ok(Some(item)) };
    let raw: Box<RawValue> = serde_json::from_str(&text)
        .map_err(|error| (RejectReason::Malformed, format!("`{}` is not JSON: {error}", shown(&text))))?;
    let item = Item::of_json(&raw).map(|item| match item {
        Item::Text(text) => Item::Text(Cow::Owned(text.into_owned())),
        Item::Json(json) => {
            let mut compact = Vec::with_capacity(json.len());
            write_compact(&mut compact, &json);
            Item::Json(Cow::Owned(String::from_utf8(compact).unwrap_or_default()))
        }
    });
    Ok(item)
}

fn minor_units<'r>(item: Item<'r>, currency: Option<&str>, style: NumberStyle) -> Result<Item<'r>, Wrong> {
    let number = integer(item, style)?.into_text();
    let places = currency::decimal_places(currency);
    if places == 0 {
        return Ok(Item::Json(number));
    }
    let (sign, digits) = number.strip_prefix('-').map_or(("", number.as_ref()), |digits| ("-", digits));
    let filled = format!("{digits:0>width$}", width = places + 1);
    let (whole, cents) = filled.split_at(filled.len() - places);
    Ok(Item::Json(Cow::Owned(format!("{sign}{whole}.{cents}"))))
}
