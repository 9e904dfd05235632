//! The mapping language: how a stranger's table becomes events. A TOML file, documented in `docs/mapping.md`.
//!
//! It is read strictly: an unknown key, a wrong type or an impossible word is an error with line and column,
//! and the nearest correct word where there is one.

mod document;
mod experiment;
mod file;
mod items;
mod orders;
mod value;

pub use crate::error::MappingError;
pub use experiment::{ArmMapping, ExperimentMapping, OutcomeMapping};
pub use file::{Delimiter, Encoding, FileMapping, Header, NumberStyle};
pub use orders::{OrderMapping, RefundRule, TimeMapping};
pub use value::{Cast, Template, TemplatePart, ValueMapping, ValueSource};

use document::{Document, Section};
use toml::de::DeTable;

/// What a mapping file describes.
#[derive(Debug, Clone, PartialEq)]
pub enum Mapping {
    /// Rows are lines of orders.
    Orders(Box<OrderMapping>),
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
        let document = Document { file, text };
        let table = DeTable::parse(text)
            .map_err(|error| document.error_at(error.span().map_or(0, |span| span.start), error.message()))?;
        let mut root = Section::root(document, &table);
        let kind = root.required("kind")?.choice(&[("orders", Kind::Orders), ("experiment", Kind::Experiment)])?;
        match kind {
            Kind::Orders => orders::parse(root, digest(text)).map(|mapping| Self::Orders(Box::new(mapping))),
            Kind::Experiment => experiment::parse(root).map(|mapping| Self::Experiment(Box::new(mapping))),
        }
    }

    /// The source's name.
    pub fn source(&self) -> &str {
        match self {
            Self::Orders(mapping) => &mapping.source,
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
            Mapping::Experiment(_) => Err(other_kind(file, text, "experiment", "orders")),
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
            Mapping::Orders(_) => Err(other_kind(file, text, "orders", "experiment")),
        }
    }
}

/// Of the values behind the text: tables are sorted by key, comments and layout are gone.
fn digest(text: &str) -> String {
    let table: toml::Table = text.parse().unwrap_or_default();
    blake3::hash(format!("{table:?}").as_bytes()).to_hex().to_string()
}

#[derive(Clone, Copy)]
enum Kind {
    Orders,
    Experiment,
}

fn other_kind(file: &str, text: &str, found: &str, wanted: &str) -> MappingError {
    let at = text.find("kind").unwrap_or(0);
    Document { file, text }
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
