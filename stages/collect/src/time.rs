//! Dates as shops write them: a small set of format signs, the usual forms by themselves, time zones to UTC.

use crate::nearest::{listed, nearest};
use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, Offset, TimeZone, Utc};
use std::{collections::HashSet, fmt};

/// A form of dates, as the mapping writes it: `%Y-%m-%d %H:%M:%S`, `iso`, `unix` or `unix_ms`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeFormat {
    written: String,
    form: Form,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Form {
    Iso,
    Unix { per_second: i64 },
    Signs(Vec<Sign>),
}

/// Programs write the first day of the year 1, or of 1601, where they know no time.
pub(crate) const FIRST_YEAR: i32 = 1900;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sign {
    Year,
    ShortYear,
    Month,
    MonthName,
    Day,
    Hour,
    Hour12,
    HalfDay,
    Minute,
    Second,
    Zone,
    Text(char),
}

/// A moment as it is written: the clock on the wall, and how far that clock is from UTC where the text says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WallTime {
    local: NaiveDateTime,
    offset_seconds: Option<i32>,
}

impl WallTime {
    /// The day on the calendar beside that clock.
    pub fn day(self) -> NaiveDate {
        self.local.date()
    }
}

/// Where the clock hung that the times were read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// Always so many seconds ahead of UTC.
    Fixed(i32),
    /// A place with its own rules, for example `Europe/London`.
    Named(chrono_tz::Tz),
}

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self::Fixed(0);

    /// Reads `UTC`, `+08:00` or a name of the IANA time zone database.
    ///
    /// # Errors
    /// What is wrong, with the nearest names.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.eq_ignore_ascii_case("utc") || text == "Z" {
            return Ok(Self::UTC);
        }
        if let Some((seconds, "")) = offset(text).filter(|_| text.starts_with(['+', '-'])) {
            return Ok(Self::Fixed(seconds));
        }
        text.parse().map(Self::Named).map_err(|_| {
            let near = nearest(text, chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name()));
            let hint = if near.is_empty() {
                "write a name such as `Europe/London`, or `+08:00`, or `UTC`".to_owned()
            } else {
                format!("did you mean {}?", listed(&near))
            };
            format!("`{text}` is not a time zone; {hint}")
        })
    }

    /// The moment that a clock on this wall shows, and how many minutes that clock is ahead of UTC.
    ///
    /// An hour that exists twice (clocks go back) is taken as the first of the two; one that does not exist (clocks go
    /// forward) as if the clock had not been changed yet.
    pub fn to_utc(self, wall: WallTime) -> (DateTime<Utc>, i16) {
        let seconds = match (wall.offset_seconds, self) {
            (Some(written), Self::Named(zone)) => {
                let moment = wall.local - Duration::seconds(i64::from(written));
                let here = zone.offset_from_utc_datetime(&moment).fix().local_minus_utc();
                return (moment.and_utc(), minutes(here));
            }
            (Some(written), Self::Fixed(_)) => written,
            (None, Self::Fixed(seconds)) => seconds,
            (None, Self::Named(zone)) => zone
                .offset_from_local_datetime(&wall.local)
                .earliest()
                .unwrap_or_else(|| zone.offset_from_utc_datetime(&(wall.local - Duration::hours(24))))
                .fix()
                .local_minus_utc(),
        };
        ((wall.local - Duration::seconds(i64::from(seconds))).and_utc(), minutes(seconds))
    }
}

fn minutes(seconds: i32) -> i16 {
    i16::try_from(seconds / 60).unwrap_or(0)
}

impl fmt::Display for TimeFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

impl TimeFormat {
    /// Reads a format.
    ///
    /// # Errors
    /// Which sign is unknown, or which part of a date is missing.
    pub fn parse(text: &str) -> Result<Self, String> {
        let form = match text {
            "iso" => Form::Iso,
            "unix" => Form::Unix { per_second: 1 },
            "unix_ms" => Form::Unix { per_second: 1000 },
            _ => Form::Signs(signs(text)?),
        };
        Ok(Self { written: text.to_owned(), form })
    }

    /// ISO 8601.
    pub fn iso() -> Self {
        Self { written: "iso".to_owned(), form: Form::Iso }
    }

    /// Reads a moment; `None` where the text has another form.
    pub fn read(&self, text: &str) -> Option<WallTime> {
        match &self.form {
            Form::Iso => read_iso(text),
            Form::Unix { per_second: 1 } => read_unix_fraction(text),
            Form::Unix { per_second } => read_unix(text, *per_second),
            Form::Signs(signs) => read_signs(text, signs),
        }
    }

    /// The forms that are tried where a mapping names none, most telling first.
    pub fn known() -> Vec<Self> {
        const DAYS: [&str; 15] = [
            "%Y/%m/%d",
            "%Y.%m.%d",
            "%Y%m%d",
            "%d.%m.%Y",
            "%d/%m/%Y",
            "%m/%d/%Y",
            "%d-%m-%Y",
            "%m-%d-%Y",
            "%d/%m/%y",
            "%m/%d/%y",
            "%d.%m.%y",
            "%d %b %Y",
            "%b %d, %Y",
            "%d-%b-%Y",
            "%Y年%m月%d日",
        ];
        const CLOCKS: [&str; 6] = ["", " %H:%M", " %H:%M:%S", "T%H:%M:%S", " %I:%M %p", " %I:%M:%S %p"];
        let pairs = DAYS.iter().flat_map(|day| CLOCKS.iter().map(move |clock| format!("{day}{clock}")));
        ["iso".to_owned()]
            .into_iter()
            .chain(pairs)
            .chain(["unix".to_owned(), "unix_ms".to_owned()])
            .filter_map(|text| Self::parse(&text).ok())
            .collect()
    }
}

fn signs(text: &str) -> Result<Vec<Sign>, String> {
    let mut found = Vec::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '%' {
            found.push(Sign::Text(c));
            continue;
        }
        match rest.next() {
            Some('Y') => found.push(Sign::Year),
            Some('y') => found.push(Sign::ShortYear),
            Some('m') => found.push(Sign::Month),
            Some('b' | 'B') => found.push(Sign::MonthName),
            Some('d') => found.push(Sign::Day),
            Some('H') => found.push(Sign::Hour),
            Some('I') => found.push(Sign::Hour12),
            Some('p') => found.push(Sign::HalfDay),
            Some('M') => found.push(Sign::Minute),
            Some('S') => found.push(Sign::Second),
            Some('z') => found.push(Sign::Zone),
            Some('%') => found.push(Sign::Text('%')),
            Some('T') => found.extend([Sign::Hour, Sign::Text(':'), Sign::Minute, Sign::Text(':'), Sign::Second]),
            Some('F') => found.extend([Sign::Year, Sign::Text('-'), Sign::Month, Sign::Text('-'), Sign::Day]),
            other => {
                return Err(format!(
                    "the date format `{text}` has `%{}`, which is not known; known are %Y %y %m %b %d %H %I %p %M %S %z %F %T, and the words iso, unix, unix_ms, auto",
                    other.map_or(String::new(), String::from)
                ));
            }
        }
    }
    let has = |wanted: &[Sign]| wanted.iter().any(|sign| found.contains(sign));
    if !(has(&[Sign::Year, Sign::ShortYear]) && has(&[Sign::Month, Sign::MonthName]) && has(&[Sign::Day])) {
        return Err(format!("the date format `{text}` must have a year (%Y), a month (%m) and a day (%d)"));
    }
    Ok(found)
}

fn read_signs(text: &str, signs: &[Sign]) -> Option<WallTime> {
    let mut at = Reader { rest: text };
    let (mut year, mut month, mut day, mut hour, mut minute) = (0, 0, 0, 0, 0);
    let (mut second, mut nanos, mut afternoon, mut zone) = (0, 0, None, None);
    for (index, sign) in signs.iter().enumerate() {
        // Two signs without a gap (`%Y%m%d`) can only be told apart by their width.
        let fixed =
            signs.get(index + 1).is_some_and(|next| !matches!(next, Sign::Text(_) | Sign::HalfDay | Sign::Zone));
        let least = if fixed { 2 } else { 1 };
        match sign {
            Sign::Year => year = at.digits(4, 4)? as i32,
            Sign::ShortYear => year = century(at.digits(2, 2)?),
            Sign::Month => month = at.digits(least, 2)?,
            Sign::MonthName => month = at.month_name()?,
            Sign::Day => day = at.digits(least, 2)?,
            Sign::Hour | Sign::Hour12 => hour = at.digits(least, 2)?,
            Sign::HalfDay => afternoon = Some(at.half_day()?),
            Sign::Minute => minute = at.digits(2, 2)?,
            Sign::Second => (second, nanos) = (at.digits(2, 2)?, at.fraction()),
            Sign::Zone => zone = Some(at.zone()?),
            Sign::Text(c) => at.rest = at.rest.strip_prefix(*c)?,
        }
    }
    let hour = match afternoon {
        Some(afternoon) if (1..=12).contains(&hour) => hour % 12 + if afternoon { 12 } else { 0 },
        Some(_) => return None,
        None => hour,
    };
    let local = NaiveDate::from_ymd_opt(year, month, day)?.and_hms_nano_opt(hour, minute, second, nanos)?;
    at.rest.is_empty().then_some(WallTime { local, offset_seconds: zone })
}

/// `2010-12-01`, `2010-12-01 08:26`, `2010-12-01T08:26:00.5+01:00` …
fn read_iso(text: &str) -> Option<WallTime> {
    let mut at = Reader { rest: text };
    let year = at.digits(4, 4)? as i32;
    at.rest = at.rest.strip_prefix('-')?;
    let month = at.digits(2, 2)?;
    at.rest = at.rest.strip_prefix('-')?;
    let date = NaiveDate::from_ymd_opt(year, month, at.digits(2, 2)?)?;
    if at.rest.is_empty() {
        return Some(WallTime { local: date.and_hms_opt(0, 0, 0)?, offset_seconds: None });
    }
    at.rest = at.rest.strip_prefix(['T', ' ', 't'])?;
    let hour = at.digits(2, 2)?;
    at.rest = at.rest.strip_prefix(':')?;
    let minute = at.digits(2, 2)?;
    let (second, nanos) = match at.rest.strip_prefix(':') {
        Some(rest) => {
            at.rest = rest;
            (at.digits(2, 2)?, at.fraction())
        }
        None => (0, 0),
    };
    let offset_seconds = if at.rest.is_empty() { None } else { Some(at.zone()?) };
    let local = date.and_hms_nano_opt(hour, minute, second, nanos)?;
    at.rest.is_empty().then_some(WallTime { local, offset_seconds })
}

/// A moment in ISO 8601, and how many minutes the clock that it names is ahead of UTC; without a zone it is UTC.
pub(crate) fn read_iso_moment(text: &str) -> Option<(DateTime<Utc>, i16)> {
    read_iso(text).map(|wall| Zone::UTC.to_utc(wall))
}

/// A moment in seconds or milliseconds since 1970.
pub(crate) fn read_unix_moment(text: &str) -> Option<DateTime<Utc>> {
    let wall = read_unix(text, 1).or_else(|| read_unix(text, 1000))?;
    Some(Zone::UTC.to_utc(wall).0)
}

/// Seconds since 1970, also with a fraction.
fn read_unix_fraction(text: &str) -> Option<WallTime> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let wall = read_unix(whole, 1)?;
    if !(1..=9).contains(&fraction.len()) || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let nanos: i64 = format!("{fraction:0<9}").parse().ok()?;
    Some(WallTime { local: wall.local + Duration::nanoseconds(nanos), ..wall })
}

fn read_unix(text: &str, per_second: i64) -> Option<WallTime> {
    // Fewer digits are years or days, not moments of the time in which shops have computers.
    let digits = text.len().checked_sub(if per_second == 1 { 0 } else { 3 })?;
    if !(9..=10).contains(&digits) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value: i64 = text.parse().ok()?;
    let nanos = (value % per_second) * (1_000_000_000 / per_second);
    let moment = DateTime::from_timestamp(value / per_second, u32::try_from(nanos).ok()?)?;
    Some(WallTime { local: moment.naive_utc(), offset_seconds: Some(0) })
}

/// As everybody's spreadsheet does it: 69 to 99 are of the last century.
fn century(short: u32) -> i32 {
    short as i32 + if short < 69 { 2000 } else { 1900 }
}

/// `Z`, `+08:00`, `+0800`, `+08`: the seconds ahead of UTC and what follows.
fn offset(text: &str) -> Option<(i32, &str)> {
    if let Some(rest) = text.strip_prefix(['Z', 'z']) {
        return Some((0, rest));
    }
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let mut at = Reader { rest: &text[1..] };
    let hours = at.digits(2, 2)?;
    at.rest = at.rest.strip_prefix(':').unwrap_or(at.rest);
    let minutes = if at.rest.is_empty() { 0 } else { at.digits(2, 2)? };
    (hours <= 15 && minutes < 60).then_some((sign * (hours as i32 * 3600 + minutes as i32 * 60), at.rest))
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn digits(&mut self, least: usize, most: usize) -> Option<u32> {
        let bytes = self.rest.as_bytes();
        let count = bytes.iter().take(most).take_while(|byte| byte.is_ascii_digit()).count();
        if count < least {
            return None;
        }
        let value = bytes[..count].iter().fold(0, |value, byte| value * 10 + u32::from(byte - b'0'));
        self.rest = &self.rest[count..];
        Some(value)
    }

    /// Parts of a second that nobody asked for are kept all the same.
    fn fraction(&mut self) -> u32 {
        let Some(rest) = self.rest.strip_prefix(['.', ',']) else { return 0 };
        let count = rest.bytes().take_while(u8::is_ascii_digit).count();
        if count == 0 {
            return 0;
        }
        let nanos = rest.bytes().take(count).chain(std::iter::repeat(b'0')).take(9);
        let value = nanos.fold(0, |value, byte| value * 10 + u32::from(byte - b'0'));
        self.rest = &rest[count..];
        value
    }

    fn zone(&mut self) -> Option<i32> {
        let (seconds, rest) = offset(self.rest.trim_start())?;
        self.rest = rest;
        Some(seconds)
    }

    fn half_day(&mut self) -> Option<bool> {
        let word = self.rest.trim_start();
        let afternoon = match word.get(..2)? {
            "AM" | "am" => false,
            "PM" | "pm" => true,
            _ => return None,
        };
        self.rest = &word[2..];
        Some(afternoon)
    }

    fn month_name(&mut self) -> Option<u32> {
        const NAMES: [&str; 12] = [
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
        let length = self.rest.bytes().take_while(u8::is_ascii_alphabetic).count();
        let word = self.rest[..length].to_ascii_lowercase();
        let index = NAMES.iter().position(|name| *name == word || (word.len() == 3 && name.starts_with(&word)))?;
        self.rest = self.rest[length..].strip_prefix('.').unwrap_or(&self.rest[length..]);
        Some(index as u32 + 1)
    }
}

/// What the first dates of a file say about their form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Guess {
    /// This one.
    Is(TimeFormat),
    /// Two orders of day and month are possible.
    Ambiguous(TimeFormat, TimeFormat),
    /// None of the known.
    None,
}

/// Finds the form that reads nearly all of `samples`.
///
/// A few odd ones must not decide, they are to be rejected later; so one in twenty may fail. For the same reason a form
/// that nearly fits is out only when several different dates speak against it: one slip of the pen must not turn day and
/// month round in all the others.
pub(crate) fn guess(samples: &[&str]) -> Guess {
    /// So many different dates are no slip of the pen.
    const SEVERAL: usize = 3;
    let allowed = samples.len() / 20;
    let fits = |format: &TimeFormat| samples.iter().filter(|text| format.read(text).is_none()).count();
    let against = |format: &TimeFormat| {
        let different: HashSet<_> = samples.iter().filter(|text| format.read(text).is_none()).collect();
        different.len()
    };
    let mut scored: Vec<(usize, TimeFormat)> = TimeFormat::known()
        .into_iter()
        .map(|format| (fits(&format), format))
        .filter(|(bad, _)| *bad <= allowed)
        .collect();
    scored.sort_by_key(|(bad, _)| *bad);
    let mut best = scored.into_iter();
    match (best.next(), best.next()) {
        // Without a sample every form fits, and none matters: what is wrong with the file is said elsewhere.
        (Some((_, format)), _) if samples.is_empty() => Guess::Is(format),
        (Some((_, format)), None) => Guess::Is(format),
        (Some((bad, format)), Some((next, other))) if bad < next && against(&other) >= SEVERAL => Guess::Is(format),
        (Some((_, one)), Some((_, other))) => Guess::Ambiguous(one, other),
        (None, _) => Guess::None,
    }
}

/// As [`guess`], of what is known to be times: even in a short file one bad one does not spoil the others, where all of them have one
/// form.
pub(crate) fn guess_of_times(samples: &[&str]) -> Guess {
    let fits = |format: &TimeFormat| samples.iter().filter(|text| format.read(text).is_none()).count() <= 1;
    match guess(samples) {
        Guess::None if samples.len() > 1 => {}
        found => return found,
    }
    let mut forms = TimeFormat::known().into_iter().filter(fits);
    match (forms.next(), forms.next()) {
        (Some(format), None) => Guess::Is(format),
        (Some(one), Some(other)) if samples.len() > 2 => Guess::Ambiguous(one, other),
        _ => Guess::None,
    }
}

/// The first time that does not have the form of most others, and where it stands.
pub(crate) fn odd_one(samples: &[(String, String)]) -> Option<&(String, String)> {
    let filled = || samples.iter().filter(|(_, text)| !text.is_empty());
    let odd = |format: &TimeFormat| filled().filter(|(_, text)| format.read(text).is_none()).count();
    let form = TimeFormat::known().into_iter().min_by_key(odd)?;
    filled().find(|(_, text)| form.read(text).is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(format: &str, text: &str, zone: &str, expected: Option<(&str, i16)>) {
        let zone = Zone::parse(zone).unwrap();
        let actual = TimeFormat::parse(format).unwrap().read(text).map(|wall| zone.to_utc(wall));
        let actual = actual.map(|(time, offset)| (time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true), offset));
        assert_eq!(actual.as_ref().map(|(time, offset)| (time.as_str(), *offset)), expected, "{format} {text}");
    }

    #[test]
    fn dates_of_many_shops() {
        check("%Y-%m-%d %H:%M:%S", "2010-12-01 08:26:00", "Europe/London", Some(("2010-12-01T08:26:00Z", 0)));
        check("%Y-%m-%d %H:%M:%S", "2011-06-01 08:26:00", "Europe/London", Some(("2011-06-01T07:26:00Z", 60)));
        check("%d.%m.%Y %H:%M", "1.12.2010 8:26", "+08:00", Some(("2010-12-01T00:26:00Z", 480)));
        check("%m/%d/%y %I:%M %p", "12/1/10 12:05 AM", "UTC", Some(("2010-12-01T00:05:00Z", 0)));
        check("%Y%m%d", "20101201", "UTC", Some(("2010-12-01T00:00:00Z", 0)));
        check("%b %d, %Y", "Sept 1, 2010", "UTC", None);
        check("%b %d, %Y", "Sep 1, 2010", "UTC", Some(("2010-09-01T00:00:00Z", 0)));
        check("%Y年%m月%d日", "2010年9月1日", "Asia/Shanghai", Some(("2010-08-31T16:00:00Z", 480)));
        check("iso", "2019-11-24 00:03:24.688993+00:00", "UTC", Some(("2019-11-24T00:03:24.688993Z", 0)));
        check("iso", "2019-11-24T00:03+09:00", "Asia/Tokyo", Some(("2019-11-23T15:03:00Z", 540)));
        check("unix", "1291191960", "Europe/London", Some(("2010-12-01T08:26:00Z", 0)));
        check("unix_ms", "1291191960250", "UTC", Some(("2010-12-01T08:26:00.250Z", 0)));
    }

    #[test]
    fn what_is_no_date_is_refused() {
        check("%Y-%m-%d", "2010-02-30", "UTC", None);
        check("%Y-%m-%d", "2010-02-03x", "UTC", None);
        check("%Y-%m-%d %H:%M:%S", "01/12/2010 08:26", "UTC", None);
        check("%I:%M %p %d/%m/%Y", "13:00 PM 01/02/2010", "UTC", None);
        check("unix", "2010", "UTC", None);
        check("iso", "2010-12-01T25:00:00Z", "UTC", None);
    }

    #[test]
    fn hours_that_exist_twice_or_not_at_all() {
        check("iso", "2011-10-30 01:30:00", "Europe/London", Some(("2011-10-30T00:30:00Z", 60)));
        check("iso", "2011-03-27 01:30:00", "Europe/London", Some(("2011-03-27T01:30:00Z", 0)));
    }

    #[test]
    fn wrong_formats_and_zones_say_what_is_wrong() {
        assert!(TimeFormat::parse("%Y-%q").unwrap_err().contains("`%q`"));
        assert!(TimeFormat::parse("%H:%M").unwrap_err().contains("must have a year"));
        assert_eq!(
            Zone::parse("Europe/Londn").unwrap_err(),
            "`Europe/Londn` is not a time zone; did you mean `Europe/London`?"
        );
    }

    #[test]
    fn the_form_is_found_by_the_values() {
        let is = |text: &str| Guess::Is(TimeFormat::parse(text).unwrap());
        assert_eq!(guess(&["2010-12-01 08:26:00"]), is("iso"));
        assert_eq!(guess(&["01/12/2010 08:26", "13/12/2010 08:26"]), is("%d/%m/%Y %H:%M"));
        assert_eq!(guess(&["01/12/2010", "12/13/2010"]), is("%m/%d/%Y"));
        assert!(matches!(guess(&["01/12/2010", "02/11/2010"]), Guess::Ambiguous(..)));
        // Days up to the twelfth, and one slip of the pen that only fits the other way round.
        let early: Vec<String> = (0..99).map(|n| format!("{:02}/{:02}/2010", n % 12 + 1, n % 11 + 1)).collect();
        let early: Vec<&str> = early.iter().map(String::as_str).collect();
        let with = |more: &[&'static str]| [&early, more].concat();
        assert!(matches!(guess(&with(&["03/25/2010"])), Guess::Ambiguous(..)));
        assert!(matches!(guess(&with(&["03/25/2010"; 4])), Guess::Ambiguous(..)), "one date, four times");
        assert_eq!(guess(&with(&["03/25/2010", "03/26/2010", "04/27/2010"])), is("%m/%d/%Y"));
        assert_eq!(guess(&with(&["25/03/2010", "26/03/2010", "27/04/2010", "03/25/2010"])), is("%d/%m/%Y"));
        assert_eq!(guess(&["yesterday"]), Guess::None);
    }

    #[test]
    fn one_bad_time_does_not_spoil_a_short_file() {
        let is = |text: &str| Guess::Is(TimeFormat::parse(text).unwrap());
        assert_eq!(guess_of_times(&["13.01.2026", "soon", "14.01.2026"]), is("%d.%m.%Y"));
        assert_eq!(guess_of_times(&["2026-01-13", "soon"]), is("iso"));
        assert!(matches!(guess_of_times(&["01/02/2026", "soon", "03/04/2026"]), Guess::Ambiguous(..)));
        for none in [&["soon"][..], &["2026-01-13", "13.01.2026"], &["13.01.2026", "soon", "later"]] {
            assert_eq!(guess_of_times(none), Guess::None, "{none:?}");
        }
        let samples = ["13.01.2026", "soon", "14.01.2026", "later"];
        let samples: Vec<_> =
            samples.iter().zip(2..).map(|(text, n)| (format!("line {n}"), (*text).to_owned())).collect();
        assert_eq!(odd_one(&samples), Some(&samples[1]));
    }
}
