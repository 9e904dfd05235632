//! From rows to events: every row is a line of an order, rows near each other with the same order are one event.

mod grouping;
mod reader;
mod row;
mod run;

pub(crate) use reader::OrderReader;

/// Three capital letters, as ISO 4217 has them.
pub(crate) fn is_currency(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())
}
