//! The one place that every send passes. No channel and no campaign has a way around it.
//!
//! In order: there is an address; it is not suppressed; nobody before had the same one; chance does not hold the person out. What is decided first stands: somebody who cannot be
//! reached is never counted as held out, or the comparison between the two groups would be between unlike people.

use bellwether_domain::{CampaignId, Decision, DecisionChoice, ProfileId, RunId, SkipReason};
use chrono::{DateTime, Utc};

const PARTS: u32 = 10_000;

/// What the gate knows of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate<'a> {
    /// Who.
    pub profile: ProfileId,
    /// Where the channel would reach them.
    pub address: Option<&'a str>,
    /// Whether that address must not be written to.
    pub suppressed: bool,
    /// Whether somebody else of the audience stands for that mailbox.
    pub duplicate: bool,
}

/// The rules of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gate {
    /// Decides the draw: another campaign holds out other people.
    pub campaign: CampaignId,
    /// Which run the decisions belong to.
    pub run: RunId,
    /// How many in 10,000 are held out. More than 10,000 is everybody.
    pub holdout_per_10_000: u32,
}

impl Gate {
    /// Decides for one person. The same person gets the same answer in every run of the campaign.
    pub fn decide(&self, candidate: &Candidate<'_>, decided_at: DateTime<Utc>) -> Decision {
        let (choice, send_probability) = match self.skip(candidate) {
            Some(reason) => (DecisionChoice::Skip { reason }, 0.0),
            None if self.is_held_out(candidate.profile) => (DecisionChoice::HoldOut, self.send_probability()),
            None => (DecisionChoice::Send, self.send_probability()),
        };
        Decision { run: self.run, profile: candidate.profile, choice, send_probability, decided_at }
    }

    fn skip(&self, candidate: &Candidate<'_>) -> Option<SkipReason> {
        match candidate.address {
            None => Some(SkipReason::NoAddress),
            Some(address) if !is_address(address) => Some(SkipReason::NoAddress),
            Some(_) if candidate.suppressed => Some(SkipReason::Suppressed),
            Some(_) if candidate.duplicate => Some(SkipReason::DuplicateAddress),
            Some(_) => None,
        }
    }

    /// The chance of being sent to, before the draw.
    pub fn send_probability(&self) -> f64 {
        1.0 - f64::from(self.holdout_per_10_000.min(PARTS)) / f64::from(PARTS)
    }

    /// The draw: a hash of campaign and person, as a number below 10,000.
    pub fn is_held_out(&self, profile: ProfileId) -> bool {
        let mut hasher = blake3::Hasher::new();
        hasher.update(b"bellwether hold-out");
        hasher.update(self.campaign.as_uuid().as_bytes());
        hasher.update(profile.as_uuid().as_bytes());
        let mut drawn = [0; 8];
        drawn.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
        let part = (u128::from(u64::from_le_bytes(drawn)) * u128::from(PARTS)) >> 64;
        part < u128::from(self.holdout_per_10_000)
    }
}

/// The form in which two addresses of one mailbox are equal: no mail server in use tells upper case from lower.
pub fn normal_address(address: &str) -> String {
    address.trim().to_lowercase()
}

/// Whether a text can be an e-mail address at all. What the mail server thinks of it shows when it is used.
pub fn is_address(text: &str) -> bool {
    let plain = !text.chars().any(|character| character.is_whitespace() || character.is_control());
    plain
        && text.len() <= 254
        && text.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn gate(campaign: &str, holdout_per_10_000: u32) -> Gate {
        let campaign = CampaignId::derive(&[campaign.as_bytes()]);
        Gate { campaign, run: RunId::derive(&[campaign.as_uuid().as_bytes()]), holdout_per_10_000 }
    }

    fn person(number: u64) -> ProfileId {
        ProfileId::derive(&[&number.to_le_bytes()])
    }

    #[track_caller]
    fn check(address: Option<&str>, suppressed: bool, expected: DecisionChoice) {
        let candidate = Candidate { profile: person(1), address, suppressed, duplicate: false };
        assert_eq!(gate("c", 0).decide(&candidate, DateTime::UNIX_EPOCH).choice, expected);
    }

    #[test]
    fn the_first_reason_stands() {
        let no_address = DecisionChoice::Skip { reason: SkipReason::NoAddress };
        check(Some("a@example.com"), false, DecisionChoice::Send);
        check(Some("a@example.com"), true, DecisionChoice::Skip { reason: SkipReason::Suppressed });
        check(None, true, no_address);
        for wrong in ["", "a", "@", "a@", "@b", "a b@c", "a@c\r\nBcc: x@y"] {
            check(Some(wrong), false, no_address);
        }
    }

    fn candidate(address: Option<&str>) -> Candidate<'_> {
        Candidate { profile: person(1), address, suppressed: false, duplicate: false }
    }

    #[test]
    fn who_cannot_be_reached_is_not_held_out() {
        let everybody = gate("c", 10_000);
        let skipped = everybody.decide(&candidate(None), DateTime::UNIX_EPOCH);
        assert!(matches!(skipped.choice, DecisionChoice::Skip { .. }));
        assert_eq!(skipped.send_probability, 0.0);
        let held = everybody.decide(&candidate(Some("a@b")), DateTime::UNIX_EPOCH);
        assert_eq!(held.choice, DecisionChoice::HoldOut);
    }

    /// Of n draws with probability p, the share lies within 5 standard deviations of p; by chance that fails once in two million.
    #[track_caller]
    fn check_share(held_out: usize, draws: usize, probability: f64) {
        let (n, expected) = (draws as f64, draws as f64 * probability);
        let deviation = (n * probability * (1.0 - probability)).sqrt();
        assert!(
            (held_out as f64 - expected).abs() <= 5.0 * deviation + 1.0,
            "{held_out} of {draws}, expected {expected}"
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn the_share_of_the_held_out_is_the_wanted_one(campaign in "[a-z]{1,8}", holdout in 0_u32..=10_000) {
            let gate = gate(&campaign, holdout);
            let held_out = (0..4_000).filter(|number| gate.is_held_out(person(*number))).count();
            check_share(held_out, 4_000, f64::from(holdout) / 10_000.0);
        }

        #[test]
        fn two_campaigns_hold_out_independently(first in "[a-z]{1,8}", second in "[A-Z]{1,8}", holdout in 1_000_u32..9_000) {
            let (first, second) = (gate(&first, holdout), gate(&second, holdout));
            let both = (0..4_000).filter(|number| first.is_held_out(person(*number)) && second.is_held_out(person(*number))).count();
            check_share(both, 4_000, (f64::from(holdout) / 10_000.0).powi(2));
        }

        #[test]
        fn the_answer_is_stable_and_grows_with_the_hold_out(campaign in "[a-z]{1,8}", number: u64, holdout in 0_u32..10_000) {
            let (smaller, larger) = (gate(&campaign, holdout), gate(&campaign, holdout + 1));
            prop_assert_eq!(smaller.is_held_out(person(number)), smaller.is_held_out(person(number)));
            prop_assert!(!smaller.is_held_out(person(number)) || larger.is_held_out(person(number)));
            prop_assert!(!gate(&campaign, 0).is_held_out(person(number)));
            prop_assert!(gate(&campaign, 10_000).is_held_out(person(number)));
        }
    }

    /// The negative control: a draw that forgets the campaign holds out the same people everywhere, and the test above sees it.
    #[test]
    #[should_panic(expected = "expected 1000")]
    fn a_draw_without_the_campaign_is_noticed() {
        let gate = gate("same", 5_000);
        let both =
            (0..4_000).filter(|number| gate.is_held_out(person(*number)) && gate.is_held_out(person(*number))).count();
        check_share(both, 4_000, 0.25);
    }
}
