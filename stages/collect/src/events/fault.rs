//! What is wrong with a value of a record.

use bellwether_domain::RejectReason;

/// Why a record becomes no event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// The column or path at fault.
    pub field: Option<String>,
    pub reason: RejectReason,
    /// A sentence without the place.
    pub problem: String,
}

impl Fault {
    pub fn new(field: &str, reason: RejectReason, problem: impl Into<String>) -> Self {
        Self { field: Some(field.to_owned()), reason, problem: problem.into() }
    }

    pub fn of_record(reason: RejectReason, problem: impl Into<String>) -> Self {
        Self { field: None, reason, problem: problem.into() }
    }

    pub fn missing(field: &str, why: &str) -> Self {
        Self::new(field, RejectReason::MissingField, format!("it is empty, but {why}"))
    }

    /// The whole story, beginning with where.
    pub fn sentence(&self, place: &str, what: &str) -> String {
        match &self.field {
            Some(field) => format!("{place}, {what} `{field}`: {}", self.problem),
            None => format!("{place}: {}", self.problem),
        }
    }
}

/// The beginning of a text, to show it.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
