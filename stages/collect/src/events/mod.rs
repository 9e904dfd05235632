//! From records to events, by the rules of a mapping: the heart of `kind = "events"`.
//!
//! A record is named values, possibly nested: a row of a file, a line of JSON, the body of a web hook, a row of a query. It
//! becomes one or more events, or one reject, or nothing where a rule says so (`skip`). All or nothing: when a rule that
//! applies cannot read a value, the whole record goes to quarantine, so that it can be mended and read again as a whole.

mod apply;
mod changes;
mod currency;
mod fault;
mod json_text;
mod mapped;
mod object;
mod only_currency;
mod order;
mod reader;
mod record;
mod rules;
mod taken;
mod time;
mod value;

pub use apply::Receipt;
pub use mapped::MappedEvent;
pub(crate) use reader::EventReader;
pub use record::{Record, RecordError};
