//! Which events are past their time.

use crate::config::RetentionSection;
use chrono::{DateTime, Days, NaiveTime, Utc};
use std::collections::HashMap;

/// How long events are kept, by their names.
#[derive(Debug, Clone)]
pub struct Rules {
    default: Option<u16>,
    events: HashMap<String, Option<u16>>,
}

impl Rules {
    pub fn of(section: &RetentionSection) -> Self {
        let limit = |days: u16| (days > 0).then_some(days);
        let events = section.events.iter().map(|(name, days)| (name.clone(), limit(days.0)));
        Self { default: limit(section.default_days.0), events: events.collect() }
    }

    /// Whether everything is kept for ever.
    pub fn keep_everything(&self) -> bool {
        self.default.is_none() && self.events.values().all(Option::is_none)
    }

    /// For how many days events of a name are kept; `None` for ever.
    pub fn days(&self, name: &str) -> Option<u16> {
        self.events.get(name).copied().unwrap_or(self.default)
    }

    /// The names that have a number of their own.
    pub fn named(&self) -> impl Iterator<Item = &str> {
        self.events.keys().map(String::as_str)
    }

    /// The day on which an event is past its time: the one that follows its days, counted from the day in UTC on which it
    /// happened. `None` for never.
    pub fn due(&self, name: &str, time: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let days = u64::from(self.days(name)?) + 1;
        midnight(time).checked_add_days(Days::new(days))
    }

    /// The time before which nothing that is due on this day can have happened to be kept: what a file must reach back behind to
    /// be looked into at all.
    pub fn oldest_kept(&self, today: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let shortest = self.events.values().chain([&self.default]).flatten().min()?;
        midnight(today).checked_sub_days(Days::new(u64::from(*shortest)))
    }
}

/// The beginning of a moment's day in UTC. By whole days, a file that lies across the border is written anew once a day, and
/// not whenever somebody looks.
fn midnight(moment: DateTime<Utc>) -> DateTime<Utc> {
    moment.with_time(NaiveTime::MIN).single().unwrap_or(moment)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Days;

    fn rules(default: u16, events: &[(&str, u16)]) -> Rules {
        let events = events.iter().map(|(name, days)| ((*name).to_owned(), Days(*days))).collect();
        Rules::of(&RetentionSection { default_days: Days(default), events, ..RetentionSection::default() })
    }

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn an_event_is_due_when_its_days_are_over() {
        let rules = rules(30, &[("Page Viewed", 7), ("Order Completed", 0)]);
        let due = |name| rules.due(name, at("2026-03-01T15:00:00Z")).map(|day| day.to_rfc3339());
        assert_eq!(due("Page Viewed").as_deref(), Some("2026-03-09T00:00:00+00:00"));
        assert_eq!(due("Search").as_deref(), Some("2026-04-01T00:00:00+00:00"));
        assert_eq!(due("Order Completed"), None);
        assert!(!rules.keep_everything());
    }

    #[test]
    fn a_file_with_nothing_old_enough_is_not_looked_into() {
        let all = rules(30, &[("Page Viewed", 7), ("Order Completed", 0)]);
        let oldest = all.oldest_kept(at("2026-03-09T23:00:00Z")).unwrap();
        assert_eq!(oldest, at("2026-03-02T00:00:00Z"));
        // What just is not due stands exactly at that border, and what is due before it.
        assert!(all.due("Page Viewed", oldest).unwrap() > at("2026-03-09T23:00:00Z"));
        assert!(
            all.due("Page Viewed", oldest - chrono::TimeDelta::microseconds(1)).unwrap() <= at("2026-03-09T00:00:00Z")
        );
        assert_eq!(rules(0, &[("A", 0)]).oldest_kept(oldest), None);
        assert!(rules(0, &[("A", 0)]).keep_everything());
    }
}
