//! A row in quarantine as it is shown.

use bellwether_domain::{NotReplayable, RejectReason, kept_of_row};
use bellwether_store::StoredReject;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Why a row could not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RejectReasonName {
    /// More or fewer fields than the header.
    FieldCount,
    /// A quote is open at the end, or stands in the middle of a field.
    BrokenQuote,
    /// Longer than the limit.
    RowTooLong,
    /// Bytes that are not text in the file's encoding.
    Encoding,
    /// A number that is not one.
    BadNumber,
    /// A date that is not one in the expected form.
    BadDate,
    /// The file ends in the middle of this row.
    Truncated,
    /// A required field is empty.
    MissingField,
    /// Exactly the same as a row before it.
    ExactDuplicate,
    /// An event with the id of one before it.
    DuplicateEvent,
    /// A JSON object that is not an event.
    Malformed,
    /// A record that no rule of its mapping is for.
    NotMapped,
    /// An event that breaks a rule of the tracking plan.
    PlanViolation,
    /// An event that the tracking plan does not name.
    UnplannedEvent,
}

/// Both directions from one list of pairs, so that no reason can be forgotten in either.
macro_rules! same_reasons {
    ($($reason:ident),+) => {
        impl From<RejectReason> for RejectReasonName {
            fn from(reason: RejectReason) -> Self {
                match reason { $(RejectReason::$reason => Self::$reason),+ }
            }
        }

        impl From<RejectReasonName> for RejectReason {
            fn from(name: RejectReasonName) -> Self {
                match name { $(RejectReasonName::$reason => Self::$reason),+ }
            }
        }
    };
}

same_reasons!(
    FieldCount,
    BrokenQuote,
    RowTooLong,
    Encoding,
    BadNumber,
    BadDate,
    Truncated,
    MissingField,
    ExactDuplicate,
    DuplicateEvent,
    Malformed,
    NotMapped,
    PlanViolation,
    UnplannedEvent
);

/// Why a row cannot be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotReplayableName {
    /// It is a row of a file: mended, it belongs into a new file.
    FromFile,
    /// Only its beginning was kept.
    Cut,
    /// It is no JSON object.
    NoObject,
}

impl From<NotReplayable> for NotReplayableName {
    fn from(why: NotReplayable) -> Self {
        match why {
            NotReplayable::FromFile => Self::FromFile,
            NotReplayable::Cut => Self::Cut,
            NotReplayable::NoObject => Self::NoObject,
        }
    }
}

impl NotReplayableName {
    /// Why, and what to do instead.
    pub(crate) const fn sentence(self) -> &'static str {
        match self {
            Self::FromFile => {
                "it is a row of a file and cannot be sent again; put the rejected rows alone, mended, into a new file and import that: of the whole file, what is in already would count twice"
            }
            Self::Cut => {
                "it is larger than an event may be, so that only its beginning was kept; let its sender mend it"
            }
            Self::NoObject => "it is no JSON object, so that nothing in it can be an event; let its sender mend it",
        }
    }
}

/// One row or event in quarantine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RejectRow {
    /// Its number, the same for ever.
    pub id: u64,
    /// The source's name.
    pub source: String,
    /// The line of its file, counted from 1 with the header.
    pub line: Option<u64>,
    /// The column or property at fault.
    pub field: Option<String>,
    /// Why.
    pub reason: RejectReasonName,
    /// The whole story in a sentence: what, where, what to do.
    pub detail: String,
    /// The row as it came, cut to 2,000 characters. An event that came over HTTP is whole, but cut in lists.
    pub content: String,
    /// When it was received, where it came over HTTP.
    pub received_at: Option<DateTime<Utc>>,
    /// Whether it can be sent again.
    pub replayable: bool,
    /// Why it cannot.
    pub not_replayable: Option<NotReplayableName>,
}

impl From<StoredReject> for RejectRow {
    fn from(StoredReject { id, reject }: StoredReject) -> Self {
        let not_replayable = reject.event().err().map(NotReplayableName::from);
        Self {
            id: id.0,
            source: reject.origin.source.to_string(),
            line: reject.origin.line,
            field: reject.field,
            reason: reject.reason.into(),
            detail: reject.detail,
            content: reject.content,
            received_at: reject.received_at,
            replayable: not_replayable.is_none(),
            not_replayable,
        }
    }
}

impl RejectRow {
    /// As a line of a list.
    pub(crate) fn in_list(stored: StoredReject) -> Self {
        let row = Self::from(stored);
        Self { content: kept_of_row(&row.content), ..row }
    }
}
