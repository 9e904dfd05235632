//! What is held out: at random, the last of everybody, or everything from a date on.

use super::data::Event;
use crate::{
    LabError, Result,
    options::RecommendArgs,
    report::Findings,
    table::{Moment, format_moment, parse_moment},
};
use bellwether_algorithms::random::{sample_indices, seeded};
use rustc_hash::FxHashSet;

/// How to hold out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Split {
    /// This share of all different (user, item) pairs.
    Random(f64),
    /// The last interaction of everybody who has more than one item.
    LeaveLast,
    /// Everything from this moment on.
    Time(Moment),
    /// The last share of all rows by time; for tuning inside a training part.
    LastShare(f64),
    /// Nothing.
    None,
}

impl Split {
    /// What the options ask for.
    pub fn of(args: &RecommendArgs, events: &[Event], findings: &mut Findings) -> Result<Self> {
        let text = args.split.as_deref().unwrap_or("random:0.2");
        let (name, value) = text.split_once(':').unwrap_or((text, ""));
        let wrong = || LabError::usage(format!("--split `{text}` is none of random:0.2, leave-last, time:DATE, none"));
        match name {
            "random" if value.is_empty() => Ok(Self::Random(0.2)),
            "random" => {
                let share: f64 = value.parse().map_err(|_| wrong())?;
                (share > 0.0 && share < 1.0).then_some(Self::Random(share)).ok_or_else(wrong)
            }
            "leave-last" => {
                if args.time.is_none() && !events.is_empty() {
                    findings.warn("without --time the last row of a user in the file counts as the last interaction");
                }
                Ok(Self::LeaveLast)
            }
            "time" if args.time.is_none() => Err(LabError::usage("--split time:DATE needs --time")),
            "time" => parse_moment(value).map(|(moment, _)| Self::Time(moment)).ok_or_else(wrong),
            "none" if args.test.is_none() => Ok(Self::None),
            _ => Err(wrong()),
        }
    }

    /// The name in the report.
    pub fn name(&self) -> String {
        match self {
            Self::Random(share) => format!("random:{share}"),
            Self::LeaveLast => "leave-last".to_owned(),
            Self::Time(moment) => format!("time:{}", format_moment(*moment, moment.day_start() != *moment)),
            Self::LastShare(share) => format!("last:{share}"),
            Self::None => "none".to_owned(),
        }
    }

    /// The split that imitates this one inside a training part, to tune on.
    pub fn inside(&self, has_time: bool) -> Self {
        match self {
            Self::LeaveLast => Self::LeaveLast,
            Self::Time(_) | Self::LastShare(_) if has_time => Self::LastShare(0.15),
            _ => Self::Random(0.15),
        }
    }

    /// The training part and the held-out part.
    pub fn apply(&self, events: &[Event], seed: u64) -> Result<(Vec<Event>, Vec<Event>)> {
        let held_out: Box<dyn Fn(usize) -> bool> = match self {
            Self::Random(share) => {
                let chosen = random_pairs(events, *share, seed);
                Box::new(move |row| chosen.contains(&(events[row].user, events[row].item)))
            }
            Self::LeaveLast => {
                let last = last_of_each(events);
                Box::new(move |row| last.contains(&(events[row].user, events[row].item)))
            }
            Self::Time(moment) => {
                let from = moment.0;
                Box::new(move |row| events[row].time >= from)
            }
            Self::LastShare(share) => {
                let mut times: Vec<i64> = events.iter().map(|e| e.time).collect();
                times.sort_unstable();
                let from = times[((times.len() as f64 * (1.0 - share)).round() as usize).min(times.len() - 1)];
                Box::new(move |row| events[row].time >= from)
            }
            Self::None => Box::new(|_| false),
        };
        let part =
            |wanted: bool| (0..events.len()).filter(|&row| held_out(row) == wanted).map(|row| events[row]).collect();
        let (train, test): (Vec<Event>, Vec<Event>) = (part(false), part(true));
        if train.is_empty() {
            return Err(LabError::too_little(format!("the split {} leaves nothing to learn from", self.name())));
        }
        Ok((train, test))
    }
}

/// A pair is held out as a whole: an item that was bought twice must not be learned from one row and asked in the other.
fn random_pairs(events: &[Event], share: f64, seed: u64) -> FxHashSet<(u32, u32)> {
    let mut pairs: Vec<(u32, u32)> = events.iter().map(|e| (e.user, e.item)).collect();
    pairs.sort_unstable();
    pairs.dedup();
    let count = ((pairs.len() as f64 * share).round() as usize).min(pairs.len());
    sample_indices(&mut seeded(seed), pairs.len(), count).into_iter().map(|index| pairs[index]).collect()
}

/// The last pair of each user who has at least two different items.
fn last_of_each(events: &[Event]) -> FxHashSet<(u32, u32)> {
    let users = events.iter().map(|e| e.user as usize + 1).max().unwrap_or(0);
    let mut last: Vec<Option<Event>> = vec![None; users];
    let mut several = vec![false; users];
    for event in events {
        let user = event.user as usize;
        several[user] |= last[user].is_some_and(|known| known.item != event.item);
        if last[user].is_none_or(|known| event.time >= known.time) {
            last[user] = Some(*event);
        }
    }
    last.into_iter()
        .flatten()
        .filter(|event| several[event.user as usize])
        .map(|event| (event.user, event.item))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events() -> Vec<Event> {
        let event = |user, item, time| Event { user, item, value: 1.0, time };
        vec![
            event(0, 0, 5),
            event(0, 1, 9),
            event(0, 2, 7),
            event(1, 0, 1),
            event(2, 1, 3),
            event(2, 1, 4),
            event(2, 0, 4),
        ]
    }

    #[track_caller]
    fn check(split: Split, held_out: &[(u32, u32)]) {
        let (train, test) = split.apply(&events(), 1).unwrap();
        let pairs: Vec<_> = test.iter().map(|e| (e.user, e.item)).collect();
        assert_eq!(pairs, held_out, "{split:?}");
        assert_eq!(train.len() + test.len(), 7);
    }

    #[test]
    fn the_right_rows_are_held_out() {
        check(Split::LeaveLast, &[(0, 1), (2, 0)]);
        check(Split::Time(Moment(5)), &[(0, 0), (0, 1), (0, 2)]);
        check(Split::LastShare(0.3), &[(0, 1), (0, 2)]);
        check(Split::None, &[]);
    }

    #[test]
    fn a_random_split_holds_out_whole_pairs_of_the_wanted_number() {
        let (train, test) = Split::Random(0.5).apply(&events(), 3).unwrap();
        let pairs = |part: &[Event]| part.iter().map(|e| (e.user, e.item)).collect::<FxHashSet<_>>();
        assert_eq!(pairs(&test).len(), 3);
        assert!(pairs(&test).is_disjoint(&pairs(&train)));
        assert_eq!(Split::Random(0.5).apply(&events(), 3).unwrap(), (train, test));
    }

    #[test]
    fn nothing_to_learn_from_is_too_little_data() {
        assert_eq!(Split::Time(Moment(0)).apply(&events(), 0).unwrap_err().exit_status(), 4);
    }
}
