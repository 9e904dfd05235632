//! What failed a check: kept with its reason, never dropped in silence.

use crate::Origin;
use serde::{Deserialize, Serialize};

/// Why something could not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RejectReason {
    /// A row has more or fewer fields than the header.
    FieldCount,
    /// A quote is open at the end, or stands in the middle of a field.
    BrokenQuote,
    /// A row or an event is larger than the limit.
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
}

/// One row or event in quarantine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    /// Where it came from.
    pub origin: Origin,
    /// The column or property at fault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Why.
    pub reason: RejectReason,
    /// The whole story in a sentence: what, where, what to do.
    pub detail: String,
    /// The row as it came, cut to 2,000 characters.
    pub content: String,
}
