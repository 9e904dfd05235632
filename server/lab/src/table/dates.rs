//! Text to moments: ISO 8601, the regional forms, Chinese dates, epochs and `YYYYMMDD`.
//!
//! `04-09-2012` alone is ambiguous; a column is not: as soon as one first part is above 12 it is day-month-year for all.

use super::TextColumn;
use crate::{LabError, Result};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, format::StrftimeItems};

const MICROS: i64 = 1_000_000;
const DAY: i64 = 86_400 * MICROS;

/// A moment in microseconds since 1970 (UTC, or the file's own clock where it names no zone).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Moment(pub i64);

impl Moment {
    /// Midnight at the start of this moment's day.
    pub fn day_start(self) -> Self {
        Self(self.0.div_euclid(DAY) * DAY)
    }

    /// Days since 1970-01-01.
    pub fn day(self) -> i64 {
        self.0.div_euclid(DAY)
    }

    /// Later by whole days.
    pub fn plus_days(self, days: i64) -> Self {
        Self(self.0.saturating_add(days.saturating_mul(DAY)))
    }
}

/// A column as moments.
#[derive(Debug, Clone)]
pub(crate) struct Dates {
    /// One per row; `None` where missing or unreadable.
    pub values: Vec<Option<Moment>>,
    /// Rows whose cell is there but is no date.
    pub unreadable: Vec<usize>,
    /// Some moment has a time of day.
    pub has_time: bool,
    /// What was assumed, where the column could be read in two ways.
    pub warning: Option<String>,
}

/// Which number comes first in `04/09/2012`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    DayMonth,
    MonthDay,
}

impl Dates {
    /// Reads every cell.
    pub fn of(column: &TextColumn, format: Option<&str>) -> Result<Self> {
        let (order, warning) = match format {
            Some(_) => (Order::DayMonth, None),
            None => order_of(column),
        };
        let mut dates =
            Self { values: Vec::with_capacity(column.len()), unreadable: Vec::new(), has_time: false, warning };
        if let Some(format) = format {
            check_format(format)?;
        }
        for (row, cell) in column.cells().enumerate() {
            let read = cell.map(|cell| match format {
                Some(format) => parse_with(cell, format),
                None => parse(cell, order),
            });
            if read == Some(None) {
                dates.unreadable.push(row);
            }
            let read = read.flatten();
            dates.has_time |= read.is_some_and(|(_, has_time)| has_time);
            dates.values.push(read.map(|(moment, _)| moment));
        }
        Ok(dates)
    }
}

/// One moment from an option such as `--as-of`; also whether it has a time of day.
pub(crate) fn parse_moment(text: &str) -> Option<(Moment, bool)> {
    parse(text.trim(), Order::DayMonth)
}

/// `2011-12-09`, or `2011-12-09T12:50:00` with a time of day.
pub(crate) fn format_moment(moment: Moment, has_time: bool) -> String {
    let Some(time) = DateTime::from_timestamp_micros(moment.0) else { return moment.0.to_string() };
    match (has_time, moment.0.rem_euclid(MICROS)) {
        (false, _) => time.format("%Y-%m-%d").to_string(),
        (true, 0) => time.format("%Y-%m-%dT%H:%M:%S").to_string(),
        (true, _) => time.format("%Y-%m-%dT%H:%M:%S%.6f").to_string(),
    }
}

/// Whether a cell is a date as people write it (not a bare number), and if it has a time of day.
pub(crate) fn looks_like_date(cell: &str) -> Option<bool> {
    if !(6..=40).contains(&cell.len()) || cell.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    parse(cell, Order::DayMonth).or_else(|| parse(cell, Order::MonthDay)).map(|(_, has_time)| has_time)
}

fn check_format(format: &str) -> Result<()> {
    if StrftimeItems::new(format).any(|item| item == chrono::format::Item::Error) {
        return Err(LabError::usage(format!(
            "--date-format `{format}` is not a strftime pattern (for example %d.%m.%Y %H:%M)"
        )));
    }
    Ok(())
}

fn parse_with(cell: &str, format: &str) -> Option<(Moment, bool)> {
    if let Ok(time) = DateTime::parse_from_str(cell, format) {
        return Some((Moment(time.timestamp_micros()), true));
    }
    if let Ok(time) = NaiveDateTime::parse_from_str(cell, format) {
        return Some((Moment(time.and_utc().timestamp_micros()), true));
    }
    let date = NaiveDate::parse_from_str(cell, format).ok()?;
    Some((Moment(date.and_time(NaiveTime::MIN).and_utc().timestamp_micros()), false))
}

fn parse(cell: &str, order: Order) -> Option<(Moment, bool)> {
    match cell.as_bytes().first()? {
        b'0'..=b'9' => parse_from_digit(cell, order),
        b if b.is_ascii_alphabetic() => parse_from_word(cell),
        _ => None,
    }
}

fn parse_from_digit(cell: &str, order: Order) -> Option<(Moment, bool)> {
    if let Some(moment) = parse_number(cell) {
        return Some(moment);
    }
    let (date, rest) = split_date(cell, order)?;
    with_time(date, rest)
}

/// A bare number: `YYYYMMDD`, `YYYYMMDDHHMMSS`, `YYYYMM`, or an epoch in s, ms, µs or ns by its length.
fn parse_number(cell: &str) -> Option<(Moment, bool)> {
    let whole = cell.split_once('.').map_or(
        cell,
        |(whole, fraction)| {
            if fraction.bytes().all(|b| b == b'0') { whole } else { "" }
        },
    );
    if whole.is_empty() || !whole.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| whole.get(from..to)?.parse::<u32>().ok();
    let number: i64 = whole.parse().ok()?;
    match whole.len() {
        6 => Some((date_of(part(0, 4)?, part(4, 6)?, 1)?, false)),
        8 => Some((date_of(part(0, 4)?, part(4, 6)?, part(6, 8)?)?, false)),
        14 => {
            let date = date_of(part(0, 4)?, part(4, 6)?, part(6, 8)?)?;
            Some((Moment(date.0 + clock(part(8, 10)?, part(10, 12)?, part(12, 14)?)?), true))
        }
        9 | 10 => Some((Moment(number * MICROS), true)),
        12 | 13 => Some((Moment(number * 1_000), true)),
        15 | 16 => Some((Moment(number), true)),
        18 | 19 => Some((Moment(number / 1_000), true)),
        _ => None,
    }
}

/// Years outside of this are more likely no dates at all.
fn date_of(year: u32, month: u32, day: u32) -> Option<Moment> {
    if !(1800..=2200).contains(&year) {
        return None;
    }
    let date = NaiveDate::from_ymd_opt(year as i32, month, day)?;
    Some(Moment(date.and_time(NaiveTime::MIN).and_utc().timestamp_micros()))
}

fn clock(hour: u32, minute: u32, second: u32) -> Option<i64> {
    (hour < 24 && minute < 60 && second <= 60)
        .then(|| (i64::from(hour) * 3600 + i64::from(minute) * 60 + i64::from(second)) * MICROS)
}

/// The date at the start of the cell, and what follows it.
fn split_date(cell: &str, order: Order) -> Option<(Moment, &str)> {
    let (first, rest) = leading_number(cell)?;
    if let Some(rest) = rest.strip_prefix('年') {
        return chinese_date(first.value, rest);
    }
    let separator = rest.chars().next()?;
    let rest = &rest[separator.len_utf8()..];
    if !matches!(separator, '-' | '/' | '.' | ' ') {
        return None;
    }
    let rest = rest.trim_start();
    if rest.as_bytes().first()?.is_ascii_alphabetic() {
        return day_and_month_name(first, rest);
    }
    if separator == ' ' {
        return None;
    }
    let (second, rest) = leading_number(rest)?;
    match rest.strip_prefix(separator).and_then(leading_number) {
        Some((third, rest)) => Some((numeric_date(first, second, third, order)?, rest)),
        // `1982-04`: a month.
        None if first.digits == 4 && second.digits == 2 && rest.is_empty() && separator != '.' => {
            Some((date_of(first.value, second.value, 1)?, rest))
        }
        None => None,
    }
}

#[derive(Clone, Copy)]
struct Digits {
    value: u32,
    digits: usize,
}

fn leading_number(text: &str) -> Option<(Digits, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if !(1..=4).contains(&digits) {
        return None;
    }
    Some((Digits { value: text[..digits].parse().ok()?, digits }, &text[digits..]))
}

fn numeric_date(first: Digits, second: Digits, third: Digits, order: Order) -> Option<Moment> {
    if first.digits == 4 {
        return date_of(first.value, second.value, third.value);
    }
    if first.digits > 2 || second.digits > 2 || third.digits == 3 || third.digits == 1 {
        return None;
    }
    let year = full_year(third);
    match order {
        Order::DayMonth => date_of(year, second.value, first.value),
        Order::MonthDay => date_of(year, first.value, second.value),
    }
}

/// `97` is 1997, `12` is 2012, as POSIX reads them.
fn full_year(year: Digits) -> u32 {
    match (year.digits, year.value) {
        (2, value @ 69..) => 1900 + value,
        (2, value) => 2000 + value,
        (_, value) => value,
    }
}

fn chinese_date(year: u32, rest: &str) -> Option<(Moment, &str)> {
    let (month, rest) = leading_number(rest.trim_start())?;
    let rest = rest.strip_prefix('月')?.trim_start();
    if rest.is_empty() {
        return Some((date_of(year, month.value, 1)?, rest));
    }
    let (day, rest) = leading_number(rest)?;
    let rest = rest.strip_prefix(['日', '号'])?;
    Some((date_of(year, month.value, day.value)?, rest))
}

/// `01-Jan-1995`, `1 January 1995`.
fn day_and_month_name(day: Digits, rest: &str) -> Option<(Moment, &str)> {
    let (month, rest) = month_name(rest)?;
    let (year, rest) = leading_number(rest.trim_start_matches(['-', ' ', '/', '.', ',']))?;
    if day.digits > 2 || !matches!(year.digits, 2 | 4) {
        return None;
    }
    Some((date_of(full_year(year), month, day.value)?, rest))
}

/// `Jan 1, 1995 12:00`, `January 1 1995`.
fn parse_from_word(cell: &str) -> Option<(Moment, bool)> {
    let (month, rest) = month_name(weekday_cut(cell))?;
    let (day, rest) = leading_number(rest.trim_start_matches(['-', ' ', '.']))?;
    let (year, rest) = leading_number(rest.trim_start_matches([',', ' ', '-']))?;
    if day.digits > 2 || year.digits != 4 {
        return None;
    }
    with_time(date_of(year.value, month, day.value)?, rest)
}

fn weekday_cut(cell: &str) -> &str {
    match cell.split_once([',', ' ']) {
        Some((word, rest)) if month_name(word).is_none() => rest.trim_start_matches([',', ' ']),
        _ => cell,
    }
}

fn month_name(text: &str) -> Option<(u32, &str)> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let word = text[..letters].to_ascii_lowercase();
    let fits = |name: &str| word.len() >= 3 && (name.starts_with(&word) || (word == "sept" && name == "september"));
    let month = MONTHS.iter().position(|name| fits(name))?;
    Some((month as u32 + 1, &text[letters..]))
}

/// The time of day and zone that may follow a date.
fn with_time(date: Moment, rest: &str) -> Option<(Moment, bool)> {
    let rest = rest.strip_prefix(['T', 't', ',']).unwrap_or(rest).trim();
    if rest.is_empty() {
        return Some((date, false));
    }
    let (hour, rest) = leading_number(rest)?;
    let (minute, mut rest) = leading_number(rest.strip_prefix([':', '时'])?)?;
    let mut second = Digits { value: 0, digits: 2 };
    let mut micros = 0;
    if let Some((value, after)) = rest.strip_prefix([':', '分']).and_then(leading_number) {
        (second, rest) = (value, after.strip_prefix('秒').unwrap_or(after));
        if let Some(fraction) = rest.strip_prefix(['.', ',']) {
            let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
            micros = fraction_micros(&fraction[..digits]);
            rest = &fraction[digits..];
        }
    }
    let rest = rest.trim();
    let (hour, rest) = afternoon(hour.value, rest)?;
    let offset = zone_offset(rest.trim_start())?;
    Some((Moment(date.0 + clock(hour, minute.value, second.value)? + micros - offset * 60 * MICROS), true))
}

fn fraction_micros(digits: &str) -> i64 {
    digits.bytes().chain(std::iter::repeat(b'0')).take(6).fold(0, |sum, b| sum * 10 + i64::from(b - b'0'))
}

fn afternoon(hour: u32, rest: &str) -> Option<(u32, &str)> {
    let Some(word) = rest.get(..2) else { return Some((hour, rest)) };
    let after = &rest[2..];
    match (word.to_ascii_lowercase().as_str(), hour) {
        ("am", 12) => Some((0, after)),
        ("pm", 1..=11) => Some((hour + 12, after)),
        ("am" | "pm", 1..=12) => Some((hour, after)),
        ("am" | "pm", _) => None,
        _ => Some((hour, rest)),
    }
}

/// Minutes east of Greenwich of `Z`, `UTC`, `GMT`, `+08:00`, `-0500`, `+08`, or nothing.
fn zone_offset(text: &str) -> Option<i64> {
    if text.is_empty() || ["z", "utc", "gmt"].iter().any(|name| text.eq_ignore_ascii_case(name)) {
        return Some(0);
    }
    let text = text.strip_prefix("UTC").or_else(|| text.strip_prefix("GMT")).unwrap_or(text);
    let (sign, digits) = match text.as_bytes().first()? {
        b'+' => (1, &text[1..]),
        b'-' => (-1, &text[1..]),
        _ => return None,
    };
    let digits: String = digits.chars().filter(|c| *c != ':').collect();
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let hours: i64 = digits[..2].parse().ok()?;
    let minutes: i64 = digits.get(2..).filter(|m| !m.is_empty()).map_or(Some(0), |m| m.parse().ok())?;
    (hours <= 18 && minutes < 60).then_some(sign * (hours * 60 + minutes))
}

/// Looks at the whole column for a part above 12.
fn order_of(column: &TextColumn) -> (Order, Option<String>) {
    let (mut day_first, mut month_first, mut ambiguous, mut slashes) = (0u64, 0u64, 0u64, 0u64);
    for cell in column.cells().flatten() {
        let Some((first, second, separator)) = regional_parts(cell) else { continue };
        match (first > 12, second > 12) {
            (true, false) => day_first += 1,
            (false, true) => month_first += 1,
            _ => ambiguous += 1,
        }
        slashes += u64::from(separator == b'/');
    }
    let warn = |text: String| Some(format!("column `{}`: {text}", column.name()));
    match (day_first, month_first) {
        (0, 0) if ambiguous == 0 => (Order::DayMonth, None),
        (0, 0) if slashes > 0 => (
            Order::MonthDay,
            warn("dates could be month/day or day/month; read as month/day (--date-format decides)".into()),
        ),
        (0, 0) => (
            Order::DayMonth,
            warn("dates could be day-month or month-day; read as day-month (--date-format decides)".into()),
        ),
        (_, 0) => (Order::DayMonth, None),
        (0, _) => (Order::MonthDay, None),
        (d, m) if d >= m => {
            (Order::DayMonth, warn(format!("{m} dates fit only month-day, {d} only day-month; read as day-month")))
        }
        (d, m) => {
            (Order::MonthDay, warn(format!("{d} dates fit only day-month, {m} only month-day; read as month-day")))
        }
    }
}

/// First and second number of `4/9/2012`, with their separator.
fn regional_parts(cell: &str) -> Option<(u32, u32, u8)> {
    let (first, rest) = leading_number(cell)?;
    let separator = *rest.as_bytes().first()?;
    if first.digits > 2 || !matches!(separator, b'-' | b'/' | b'.') {
        return None;
    }
    let (second, rest) = leading_number(&rest[1..])?;
    let (third, _) = leading_number(rest.strip_prefix(separator as char)?)?;
    (second.digits <= 2 && matches!(third.digits, 2 | 4)).then_some((first.value, second.value, separator))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn check(cells: &[&str], expected: &[&str]) {
        let dates = TextColumn::of("x", cells).dates(None).unwrap();
        let actual: Vec<_> =
            dates.values.iter().map(|v| v.map_or("-".to_owned(), |v| format_moment(v, dates.has_time))).collect();
        assert_eq!(actual, expected, "{cells:?}");
    }

    #[test]
    fn usual_forms_are_read() {
        check(&["2011-12-09 12:50:00", "2011-12-09T12:50", ""], &["2011-12-09T12:50:00", "2011-12-09T12:50:00", "-"]);
        check(&["2019-10-01 00:00:00 UTC"], &["2019-10-01T00:00:00"]);
        check(&["2019-11-24 00:03:24.688993+00:00"], &["2019-11-24T00:03:24.688993"]);
        check(&["2019-11-24T08:00:00+08:00", "2019-11-24T00:00:00Z"], &["2019-11-24T00:00:00", "2019-11-24T00:00:00"]);
        check(&["19970101", "19971231", "19971301"], &["1997-01-01", "1997-12-31", "-"]);
        check(&["881250949"], &["1997-12-04T15:55:49"]);
        check(&["1571184000000"], &["2019-10-16T00:00:00"]);
        check(&["01-Jan-1995", "1 February 95", "Mar 3, 1995"], &["1995-01-01", "1995-02-01", "1995-03-03"]);
        check(&["2010年12月1日", "2010年12月"], &["2010-12-01", "2010-12-01"]);
        check(&["1982-04"], &["1982-04-01"]);
        check(&["12/1/2010 8:26 PM"], &["2010-12-01T20:26:00"]);
        check(&["x", "2011-02-30", "12:30", "3.14", "2011-12-09 25:00"], &["-"; 5]);
    }

    #[test]
    fn one_date_decides_the_order_of_its_column() {
        check(&["04-09-2012", "21-09-2012"], &["2012-09-04", "2012-09-21"]);
        check(&["04/09/2012", "04/21/2012"], &["2012-04-09", "2012-04-21"]);
        let dates = TextColumn::of("x", &["04/09/2012"]).dates(None).unwrap();
        assert!(dates.warning.unwrap().contains("month/day"));
    }

    #[test]
    fn a_format_overrides() {
        let column = TextColumn::of("x", &["09.04.12"]);
        let dates = TextColumn::of("x", &["09.04.12", "zz"]).dates(Some("%m.%d.%y")).unwrap();
        assert_eq!(dates.values[0].map(|m| format_moment(m, false)).as_deref(), Some("2012-09-04"));
        assert_eq!(dates.unreadable, [1]);
        assert!(column.dates(Some("%Q")).is_err());
    }

    proptest! {
        #[test]
        fn any_text_is_a_date_or_not(text in "\\PC{0,30}") {
            let _ = parse(&text, Order::DayMonth);
            let _ = looks_like_date(&text);
        }

        #[test]
        fn date_like_text_never_panics(text in "[0-9/:. TZ+年月日apmJan-]{0,24}") {
            let _ = parse(&text, Order::MonthDay);
        }

        #[test]
        fn iso_text_and_back(seconds in -5_000_000_000i64..7_000_000_000) {
            let moment = Moment(seconds * MICROS);
            prop_assert_eq!(parse_moment(&format_moment(moment, true)), Some((moment, true)));
        }
    }
}
