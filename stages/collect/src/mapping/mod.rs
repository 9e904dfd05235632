//! The mapping language: how a stranger's table becomes events. A TOML file, documented in `docs/mapping.md`.
//!
//! It is read strictly: an unknown key, a wrong type or an impossible word is an error with line and column,
//! and the nearest correct word where there is one.

mod condition;
mod document;
mod events;
mod experiment;
mod fields;
mod file;
mod items;
mod name;
mod order_rule;
mod orders;
mod query;
mod rows;
mod value;

pub use crate::error::MappingError;
pub use condition::{Condition, Test};
pub use events::{EventMapping, EventRule};
pub use experiment::{ArmMapping, ExperimentMapping, OutcomeMapping};
pub use fields::{FieldContent, FieldMapping, FieldMappings};
pub use file::{Delimiter, Encoding, FileMapping, Format, Header, NumberStyle};
pub use name::Name;
pub(crate) use name::{Scope, Step};
pub use order_rule::OrderRule;
pub use orders::{OrderMapping, RefundRule, TimeMapping};
pub use query::{QueryAddress, QueryCursor, QueryMapping};
pub use rows::RowMapping;
pub use value::{Cast, Literal, Template, TemplatePart, ValueMapping, ValueSource};

use document::{Document, Section};
use name::NameTable;
use toml::de::DeTable;

/// What a mapping file describes.
#[derive(Debug, Clone, PartialEq)]
pub enum Mapping {
    /// Rows are lines of orders.
    Orders(Box<OrderMapping>),
    /// Records become events by rules.
    Events(Box<EventMapping>),
    /// Rows are the people of a finished experiment.
    Experiment(Box<ExperimentMapping>),
}

impl Mapping {
    /// Reads a mapping. `file` is only used to speak of it in errors.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line and column.
    pub fn parse(file: &str, text: &str) -> Result<Self, MappingError> {
        let text = text.trim_start_matches('\u{feff}');
        let names = NameTable::default();
        let document = Document { file, text, names: &names };
        let table = DeTable::parse(text)
            .map_err(|error| document.error_at(error.span().map_or(0, |span| span.start), error.message()))?;
        let mut root = Section::root(document, &table);
        let kind = root.required("kind")?.choice(&KINDS)?;
        match kind {
            Kind::Orders => orders::parse(root, digest(text)).map(|mapping| Self::Orders(Box::new(mapping))),
            Kind::Events => events::parse(root, digest(text)).map(|mapping| Self::Events(Box::new(mapping))),
            Kind::Experiment => experiment::parse(root).map(|mapping| Self::Experiment(Box::new(mapping))),
        }
    }

    /// What it describes, as the mapping writes it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Orders(_) => "orders",
            Self::Events(_) => "events",
            Self::Experiment(_) => "experiment",
        }
    }

    /// The mapping of a file that becomes events; `None` for an experiment, which becomes sums.
    pub fn rows(&self) -> Option<RowMapping<'_>> {
        match self {
            Self::Orders(mapping) => Some(RowMapping::Orders(mapping)),
            Self::Events(mapping) => Some(RowMapping::Events(mapping)),
            Self::Experiment(_) => None,
        }
    }

    /// The source's name.
    pub fn source(&self) -> &str {
        match self {
            Self::Orders(mapping) => &mapping.source,
            Self::Events(mapping) => &mapping.source,
            Self::Experiment(mapping) => &mapping.source,
        }
    }
}

impl OrderMapping {
    /// Reads a mapping of kind `orders`.
    ///
    /// # Errors
    /// As [`Mapping::parse`]; also when the mapping is of another kind.
    pub fn parse(file: &str, text: &str) -> Result<Self, MappingError> {
        match Mapping::parse(file, text)? {
            Mapping::Orders(mapping) => Ok(*mapping),
            other => Err(other_kind(file, text, &other, "orders")),
        }
    }
}

impl EventMapping {
    /// Reads a mapping of kind `events`.
    ///
    /// # Errors
    /// As [`Mapping::parse`]; also when the mapping is of another kind.
    pub fn parse(file: &str, text: &str) -> Result<Self, MappingError> {
        match Mapping::parse(file, text)? {
            Mapping::Events(mapping) => Ok(*mapping),
            other => Err(other_kind(file, text, &other, "events")),
        }
    }
}

impl ExperimentMapping {
    /// Reads a mapping of kind `experiment`.
    ///
    /// # Errors
    /// As [`Mapping::parse`]; also when the mapping is of another kind.
    pub fn parse(file: &str, text: &str) -> Result<Self, MappingError> {
        match Mapping::parse(file, text)? {
            Mapping::Experiment(mapping) => Ok(*mapping),
            other => Err(other_kind(file, text, &other, "experiment")),
        }
    }
}

/// Of the values behind the text: tables are sorted by key, comments and layout are gone.
fn digest(text: &str) -> String {
    let mut table: toml::Table = text.parse().unwrap_or_default();
    // Where rows come from, and how often, is not what they mean.
    table.remove("query");
    blake3::hash(format!("{table:?}").as_bytes()).to_hex().to_string()
}

#[derive(Clone, Copy)]
enum Kind {
    Orders,
    Events,
    Experiment,
}

const KINDS: [(&str, Kind); 3] = [("orders", Kind::Orders), ("events", Kind::Events), ("experiment", Kind::Experiment)];

fn other_kind(file: &str, text: &str, found: &Mapping, wanted: &str) -> MappingError {
    let at = text.find("kind").unwrap_or(0);
    let found = found.kind();
    Document { file, text, names: &NameTable::default() }
        .error_at(at, format!("this is a mapping of kind `{found}`; one of kind `{wanted}` is needed here"))
}

/// A source's name goes into message ids and addresses.
fn source_name(section: &mut Section<'_>, key: &'static str) -> Result<String, MappingError> {
    let node = section.required(key)?;
    let name = node.text()?;
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    if name.is_empty() || name.len() > 64 || !name.chars().all(fits) {
        return Err(node.error(format!(
            "`{}` must be 1 to 64 of the signs a-z, 0-9, `-` and `_`, for example `online-retail`; it is `{name}`",
            node.path
        )));
    }
    Ok(name.to_owned())
}
