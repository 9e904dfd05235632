//! Protections that tests switch off, to see that without them the result is wrong. A release build has none of this.

/// What can be switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Senders are told that their events are on the disk before they are.
    AcknowledgeEarly,
    /// The disk is not told to keep what arrives.
    NoSync,
    /// The disk is not told to keep event files.
    NoSyncOfFiles,
    /// The disk is not told to keep the files of ids.
    NoSyncOfIds,
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
    /// An import in the running server forgets how far it came.
    ForgetCursor,
    /// The rules of a source change while what came before is still to be cleaned by the old ones.
    ChangeRulesEarly,
}

/// Whether a test has switched this protection off: `BELLWETHER_FAULT` names it.
pub fn is_on(fault: Fault) -> bool {
    cfg!(debug_assertions) && std::env::var_os(VARIABLE).is_some_and(|name| name == fault.name())
}

/// Writes files that the disk may lose, where a test wants to see what would be lost.
#[cfg(debug_assertions)]
pub fn be_careless() {
    if is_on(Fault::NoSyncOfFiles) {
        bellwether_lake::write_carelessly();
    }
    if is_on(Fault::NoSyncOfIds) {
        bellwether_seen::write_carelessly();
    }
}

/// The environment's variable.
pub const VARIABLE: &str = "BELLWETHER_FAULT";

impl Fault {
    const fn name(self) -> &'static str {
        match self {
            Self::AcknowledgeEarly => "acknowledge-early",
            Self::NoSync => "no-sync",
            Self::NoSyncOfFiles => "no-sync-of-files",
            Self::NoSyncOfIds => "no-sync-of-ids",
            Self::ForgetEarly => "forget-early",
            Self::CountTwice => "count-twice",
            Self::JudgeAgain => "judge-again",
            Self::MoveCursorEarly => "move-cursor-early",
            Self::MixVersions => "mix-versions",
            Self::ForgetBaselines => "forget-baselines",
            Self::ForgetCursor => "forget-cursor",
            Self::ChangeRulesEarly => "change-rules-early",
        }
    }
}
