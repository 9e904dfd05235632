//! The eleven named segments.

use super::score::RfmScore;
use serde::{Deserialize, Serialize};

/// A segment that marketers know by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RfmSegment {
    /// Bought lately, often, much.
    Champions,
    /// Buys regularly and well.
    LoyalCustomers,
    /// Bought lately and more than once.
    PotentialLoyalists,
    /// Bought just now, once or little.
    NewCustomers,
    /// Bought rather lately, once or little.
    Promising,
    /// Middling in everything.
    NeedsAttention,
    /// Below the middle, fading.
    AboutToSleep,
    /// Used to buy well, but not for long.
    AtRisk,
    /// Used to be among the best, long gone.
    CantLoseThem,
    /// Bought little, a long time ago.
    Hibernating,
    /// Least of all.
    Lost,
}

/// Scores that make a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentRule {
    /// Recency scores, from and to.
    pub recency: (u8, u8),
    /// Frequency plus monetary score, from and to: twice their mean, so that halves are whole numbers.
    pub frequency_plus_monetary: (u8, u8),
    /// The segment.
    pub segment: RfmSegment,
}

const fn rule(recency: (u8, u8), frequency_plus_monetary: (u8, u8), segment: RfmSegment) -> SegmentRule {
    SegmentRule { recency, frequency_plus_monetary, segment }
}

/// All rules; exactly one fits each of the 125 scores.
pub const RULES: [SegmentRule; 14] = [
    rule((4, 5), (8, 10), RfmSegment::Champions),
    rule((4, 5), (6, 7), RfmSegment::LoyalCustomers),
    rule((3, 3), (7, 10), RfmSegment::LoyalCustomers),
    rule((4, 5), (4, 5), RfmSegment::PotentialLoyalists),
    rule((5, 5), (2, 3), RfmSegment::NewCustomers),
    rule((4, 4), (2, 3), RfmSegment::Promising),
    rule((3, 3), (5, 6), RfmSegment::NeedsAttention),
    rule((3, 3), (2, 4), RfmSegment::AboutToSleep),
    rule((2, 2), (6, 10), RfmSegment::AtRisk),
    rule((1, 1), (6, 7), RfmSegment::AtRisk),
    rule((1, 1), (8, 10), RfmSegment::CantLoseThem),
    rule((2, 2), (2, 5), RfmSegment::Hibernating),
    rule((1, 1), (4, 5), RfmSegment::Hibernating),
    rule((1, 1), (2, 3), RfmSegment::Lost),
];

impl SegmentRule {
    /// Whether a score fits.
    pub fn fits(&self, score: RfmScore) -> bool {
        let within = |value: u8, (from, to): (u8, u8)| from <= value && value <= to;
        within(score.recency, self.recency) && within(score.frequency + score.monetary, self.frequency_plus_monetary)
    }
}

impl RfmSegment {
    /// All segments, from the most to the least valuable.
    pub const ALL: [RfmSegment; 11] = [
        RfmSegment::Champions,
        RfmSegment::LoyalCustomers,
        RfmSegment::PotentialLoyalists,
        RfmSegment::NewCustomers,
        RfmSegment::Promising,
        RfmSegment::NeedsAttention,
        RfmSegment::AboutToSleep,
        RfmSegment::AtRisk,
        RfmSegment::CantLoseThem,
        RfmSegment::Hibernating,
        RfmSegment::Lost,
    ];

    /// The segment of a score. A part outside 1 to 5 counts as the nearest score.
    pub fn of(score: RfmScore) -> RfmSegment {
        let bounded = |part: u8| part.clamp(1, 5);
        let score = RfmScore {
            recency: bounded(score.recency),
            frequency: bounded(score.frequency),
            monetary: bounded(score.monetary),
        };
        RULES.iter().find(|rule| rule.fits(score)).map_or(RfmSegment::Lost, |rule| rule.segment)
    }

    /// The usual English name.
    pub fn name(self) -> &'static str {
        match self {
            RfmSegment::Champions => "Champions",
            RfmSegment::LoyalCustomers => "Loyal Customers",
            RfmSegment::PotentialLoyalists => "Potential Loyalists",
            RfmSegment::NewCustomers => "New Customers",
            RfmSegment::Promising => "Promising",
            RfmSegment::NeedsAttention => "Needs Attention",
            RfmSegment::AboutToSleep => "About To Sleep",
            RfmSegment::AtRisk => "At Risk",
            RfmSegment::CantLoseThem => "Can't Lose Them",
            RfmSegment::Hibernating => "Hibernating",
            RfmSegment::Lost => "Lost",
        }
    }

    /// A stable name for addresses and commands, for example `cant-lose-them`.
    pub fn slug(self) -> &'static str {
        match self {
            RfmSegment::Champions => "champions",
            RfmSegment::LoyalCustomers => "loyal-customers",
            RfmSegment::PotentialLoyalists => "potential-loyalists",
            RfmSegment::NewCustomers => "new-customers",
            RfmSegment::Promising => "promising",
            RfmSegment::NeedsAttention => "needs-attention",
            RfmSegment::AboutToSleep => "about-to-sleep",
            RfmSegment::AtRisk => "at-risk",
            RfmSegment::CantLoseThem => "cant-lose-them",
            RfmSegment::Hibernating => "hibernating",
            RfmSegment::Lost => "lost",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn all_scores() -> impl Iterator<Item = RfmScore> {
        (1..=5).flat_map(|recency| {
            (1..=5).flat_map(move |frequency| (1..=5).map(move |monetary| RfmScore { recency, frequency, monetary }))
        })
    }

    #[test]
    fn exactly_one_rule_fits_each_of_the_125_scores() {
        for score in all_scores() {
            let fitting: Vec<_> = RULES.iter().filter(|rule| rule.fits(score)).collect();
            assert_eq!(fitting.len(), 1, "{score:?} fits {fitting:?}");
        }
        assert_eq!(all_scores().count(), 125);
    }

    #[test]
    fn all_eleven_segments_are_reached() {
        let mut cells = BTreeMap::new();
        all_scores().for_each(|score| *cells.entry(RfmSegment::of(score)).or_insert(0) += 1);
        assert_eq!(cells.keys().copied().collect::<Vec<_>>(), RfmSegment::ALL);
        assert_eq!(cells.values().sum::<i32>(), 125);
    }

    #[test]
    fn the_corners_are_what_everybody_expects() {
        let check = |recency, frequency, monetary, expected| {
            assert_eq!(RfmSegment::of(RfmScore { recency, frequency, monetary }), expected);
        };
        check(5, 5, 5, RfmSegment::Champions);
        check(5, 1, 1, RfmSegment::NewCustomers);
        check(4, 1, 1, RfmSegment::Promising);
        check(3, 3, 3, RfmSegment::NeedsAttention);
        check(1, 5, 5, RfmSegment::CantLoseThem);
        check(2, 4, 4, RfmSegment::AtRisk);
        check(1, 1, 1, RfmSegment::Lost);
    }

    #[test]
    fn buying_later_never_makes_a_lost_customer_of_a_better_one() {
        for score in all_scores().filter(|score| score.recency > 1) {
            assert_ne!(RfmSegment::of(score), RfmSegment::Lost);
        }
    }
}
