//! Liquid first, then MJML: from a template and one person's facts to the HTML and the plain text of a message.
//!
//! **Promises**: what comes out of data is escaped, whatever it contains; a key that is missing is nothing and never an error;
//! rendering takes bounded time and memory, whatever the template says; an error names the line of the template.

mod blocks;
mod body;
mod bounded;
mod filters;
mod format;
mod liquid;
mod mjml;
mod plain;
mod runtime;
mod source;

pub(crate) use blocks::escape;
pub use body::{Body, BodyTemplate};
pub use format::{format_date, format_money, tidy_name};
pub use liquid::{Locale, SubjectTemplate};
pub use liquid_core::model::{Object, Value};
pub(crate) use plain::{attribute_place, tag_length, unescape};

/// What a template may use up at most. Far above what a message needs, far below what hurts.
pub(crate) mod limits {
    /// Bytes of a template's source.
    pub const SOURCE_BYTES: usize = 256 * 1024;
    /// Blocks inside blocks.
    pub const NESTED_BLOCKS: usize = 40;
    /// Elements inside elements in the MJML that Liquid gives.
    pub const NESTED_ELEMENTS: usize = 120;
    /// Rounds of all loops, filters and outputs together; large values count more.
    pub const STEPS: u64 = 200_000;
    /// Bytes that Liquid may give.
    pub const OUTPUT_BYTES: usize = 1024 * 1024;
    /// Bytes of one value that a filter or a `capture` makes.
    pub const VALUE_BYTES: usize = 128 * 1024;
    /// Entries of an array that a filter makes.
    pub const ARRAY_ENTRIES: usize = 2_000;
    /// Characters of a subject; longer ones are cut.
    pub const SUBJECT_CHARS: usize = 200;
}

/// Why a template cannot be used, or cannot be rendered for somebody.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// The Liquid is not well-formed.
    #[error("template line {line}: {detail}")]
    Syntax {
        /// Counted from 1.
        line: usize,
        /// What is wrong there.
        detail: String,
    },
    /// A filter or a tag failed while rendering.
    #[error("template line {line}: {detail}")]
    Render {
        /// Counted from 1.
        line: usize,
        /// What went wrong.
        detail: String,
    },
    /// The template is too large, too deep, loops too long or writes too much.
    #[error("template line {line}: {what} is more than the limit of {limit}")]
    Limit {
        /// Counted from 1.
        line: usize,
        /// Of what there is too much.
        what: &'static str,
        /// The limit.
        limit: u64,
    },
    /// What Liquid gave is not MJML.
    #[error("line {line} of the rendered MJML, `{excerpt}`: {detail}")]
    Mjml {
        /// Counted from 1, in the MJML that Liquid gave.
        line: usize,
        /// That line.
        excerpt: String,
        /// What is wrong there.
        detail: String,
    },
}

#[cfg(test)]
mod tests;
