//! Protections that tests switch off, to see that without them the result is wrong. A release build has none of this.

/// What can be switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Senders are told that their events are on the disk before they are.
    AcknowledgeEarly,
    /// The disk is not told to keep what arrives.
    NoSync,
    /// The inbox forgets batches whose events are in no file yet.
    ForgetEarly,
    /// An event that comes again counts again.
    CountTwice,
    /// After a crash events are held against the tracking plan of now, and not what was said of them then.
    JudgeAgain,
    /// A query is taken to have come further before its rows are in the inbox.
    MoveCursorEarly,
    /// What was fetched of an object goes on with whatever the object is now.
    MixVersions,
    /// Events are removed without keeping what they had made of people.
    ForgetBaselines,
}

/// Whether a test has switched this protection off: `BELLWETHER_FAULT` names it.
pub fn is_on(fault: Fault) -> bool {
    cfg!(debug_assertions) && std::env::var_os(VARIABLE).is_some_and(|name| name == fault.name())
}

/// The environment's variable.
pub const VARIABLE: &str = "BELLWETHER_FAULT";

impl Fault {
    const fn name(self) -> &'static str {
        match self {
            Self::AcknowledgeEarly => "acknowledge-early",
            Self::NoSync => "no-sync",
            Self::ForgetEarly => "forget-early",
            Self::CountTwice => "count-twice",
            Self::JudgeAgain => "judge-again",
            Self::MoveCursorEarly => "move-cursor-early",
            Self::MixVersions => "mix-versions",
            Self::ForgetBaselines => "forget-baselines",
        }
    }
}
