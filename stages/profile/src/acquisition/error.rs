//! Why a file of rules cannot be used.

/// Why a file of rules cannot be used, with the place in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}")]
pub struct AcquisitionRulesError {
    /// The file's name, as it was given.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong and what to write instead.
    pub message: String,
}

/// The text of a file and what to call it.
#[derive(Clone, Copy)]
pub(super) struct Document<'t> {
    pub file: &'t str,
    pub text: &'t str,
}

impl Document<'_> {
    /// An error at this byte of the text.
    pub fn error_at(&self, byte: usize, message: impl Into<String>) -> AcquisitionRulesError {
        let before = &self.text.as_bytes()[..byte.min(self.text.len())];
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        let line_start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        let column = 1 + String::from_utf8_lossy(&before[line_start..]).chars().count();
        AcquisitionRulesError { file: self.file.to_owned(), line, column, message: message.into() }
    }
}
