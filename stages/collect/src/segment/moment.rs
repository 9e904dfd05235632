//! When an event happened, from what two clocks say that cannot be trusted and one that can.

use crate::time::{read_iso_moment, read_unix_moment};
use chrono::{DateTime, NaiveDate, SubsecRound, Utc};

/// Programs write the first day of the year 1, or of 1601, where they know no time.
const FIRST_YEAR: i32 = 1900;

/// A moment as it was written, and how many minutes the clock on the wall was ahead of UTC there.
pub type Stated = (DateTime<Utc>, i16);

/// Reads ISO 8601, or seconds or milliseconds since 1970; to the microsecond, as it will be kept.
pub fn read(text: &str) -> Option<Stated> {
    let text = text.trim();
    let (moment, offset) = read_iso_moment(text).or_else(|| read_unix_moment(text).map(|moment| (moment, 0)))?;
    Some((moment.trunc_subsecs(6), offset))
}

/// When an event happened that arrived at `received_at`. `None` for what is too long ago to be meant.
///
/// See the module `segment` for the rule. With the same `sent_at` a later `stated` never gives an earlier moment.
pub fn happened_at(
    received_at: DateTime<Utc>,
    sent_at: Option<DateTime<Utc>>,
    stated: Option<DateTime<Utc>>,
) -> Option<DateTime<Utc>> {
    let Some(stated) = stated else { return Some(received_at) };
    let moment = match sent_at {
        Some(sent_at) => received_at.checked_sub_signed(sent_at - stated)?,
        None => stated,
    };
    (moment >= first_moment()).then(|| moment.min(received_at))
}

fn first_moment() -> DateTime<Utc> {
    NaiveDate::from_ymd_opt(FIRST_YEAR, 1, 1).unwrap_or(NaiveDate::MIN).and_time(chrono::NaiveTime::MIN).and_utc()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> DateTime<Utc> {
        read(text).unwrap().0
    }

    fn check_read(text: &str, expected: Option<(&str, i16)>) {
        let found =
            read(text).map(|(moment, offset)| (moment.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true), offset));
        assert_eq!(found.as_ref().map(|(moment, offset)| (moment.as_str(), *offset)), expected, "{text}");
    }

    #[test]
    fn times_as_clients_write_them() {
        check_read("2026-11-22T02:25:39.878Z", Some(("2026-11-22T02:25:39.878Z", 0)));
        check_read("2026-11-22T02:25:45.251300+00:00", Some(("2026-11-22T02:25:45.251300Z", 0)));
        check_read("2026-11-22T02:25:45.123456789Z", Some(("2026-11-22T02:25:45.123456Z", 0)));
        check_read(" 2026-11-22t02:25:45+0530 ", Some(("2026-11-21T20:55:45Z", 330)));
        check_read("2026-11-22 02:25", Some(("2026-11-22T02:25:00Z", 0)));
        check_read("2026-11-22", Some(("2026-11-22T00:00:00Z", 0)));
        check_read("1795314339", Some(("2026-11-22T02:25:39Z", 0)));
        check_read("1795314339878", Some(("2026-11-22T02:25:39.878Z", 0)));
        for text in ["", "yesterday", "2026-13-01", "2026-02-29", "99", "1e12", "2026-11-22T02:25:39.878Z!", "NaN"] {
            check_read(text, None);
        }
    }

    /// The device's clock may be an hour off; how long the event waited is known all the same.
    fn check(sent_at: Option<&str>, stated: Option<&str>, expected: Option<&str>) {
        let received_at = at("2026-11-22T12:00:00Z");
        let found = happened_at(received_at, sent_at.map(at), stated.map(at));
        assert_eq!(found, expected.map(at), "{sent_at:?} {stated:?}");
    }

    #[test]
    fn the_clock_of_the_device_is_corrected() {
        let (right, late) = ("2026-11-22T12:00:00Z", "2026-11-22T13:00:00Z");
        check(Some(right), Some("2026-11-22T11:59:50Z"), Some("2026-11-22T11:59:50Z"));
        check(Some(late), Some("2026-11-22T12:59:50Z"), Some("2026-11-22T11:59:50Z"));
        check(Some("1970-01-01T00:00:10Z"), Some("1970-01-01T00:00:00Z"), Some("2026-11-22T11:59:50Z"));
        check(Some(right), Some("2019-03-01T08:00:00Z"), Some("2019-03-01T08:00:00Z"));
        check(None, Some("2026-11-22T11:00:00Z"), Some("2026-11-22T11:00:00Z"));
        check(Some(late), None, Some(right));
        check(None, None, Some(right));
    }

    #[test]
    fn nothing_happens_after_it_arrived_or_before_there_were_computers() {
        let right = "2026-11-22T12:00:00Z";
        check(None, Some("2031-01-01T00:00:00Z"), Some(right));
        check(Some(right), Some("2026-11-22T12:00:01Z"), Some(right));
        check(None, Some("0001-01-01T00:00:00Z"), None);
        check(Some(right), Some("0001-01-01T00:00:00Z"), None);
        check(Some("0001-01-01T00:00:05Z"), Some("0001-01-01T00:00:00Z"), Some("2026-11-22T11:59:55Z"));
        check(None, Some("1900-01-01T00:00:00Z"), Some("1900-01-01T00:00:00Z"));
    }

    fn moments() -> impl Strategy<Value = DateTime<Utc>> {
        (-62_135_596_800_000_000i64..253_402_300_799_999_999)
            .prop_map(|micros| DateTime::from_timestamp_micros(micros).unwrap())
    }

    fn recent() -> impl Strategy<Value = DateTime<Utc>> {
        (1_600_000_000_000_000i64..1_900_000_000_000_000)
            .prop_map(|micros| DateTime::from_timestamp_micros(micros).unwrap())
    }

    proptest! {
        #[test]
        fn order_is_kept(received_at in recent(), sent_at in prop::option::of(moments()), one in moments(), other in moments()) {
            let (early, late) = (one.min(other), one.max(other));
            let early = happened_at(received_at, sent_at, Some(early));
            let late = happened_at(received_at, sent_at, Some(late));
            // Too early to be meant counts as earliest, as `None` does.
            prop_assert!(early <= late, "{:?} {:?}", early, late);
            prop_assert!(late.is_none_or(|late| late <= received_at));
        }

        /// A clock that is wrong by the same amount throughout changes nothing.
        #[test]
        fn a_wrong_clock_does_not_count(
            received_at in recent(),
            waited in 0i64..10_000_000_000,
            wrong_by in -30_000_000_000_000i64..30_000_000_000_000,
        ) {
            let sent_at = received_at + chrono::TimeDelta::microseconds(wrong_by);
            let stated = sent_at - chrono::TimeDelta::microseconds(waited);
            let expected = received_at - chrono::TimeDelta::microseconds(waited);
            prop_assert_eq!(happened_at(received_at, Some(sent_at), Some(stated)), Some(expected));
        }

        #[test]
        fn any_two_times_are_compared_without_panic(received_at in moments(), sent_at in moments(), stated in moments()) {
            happened_at(received_at, Some(sent_at), Some(stated));
        }

        #[test]
        fn what_is_written_is_read(moment in recent()) {
            let text = moment.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
            prop_assert_eq!(read(&text), Some((moment, 0)));
        }
    }
}
