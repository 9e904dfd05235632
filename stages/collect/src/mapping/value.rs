//! Where a value comes from: a column, a constant or a template; what is done to it on the way.

use super::MappingError;
use super::document::{Node, Section};
use super::name::Name;
use crate::time::{TimeFormat, Zone};
use std::collections::BTreeMap;

/// A value of every record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueMapping {
    /// Where it comes from.
    pub source: ValueSource,
    /// How it is changed first, in this order.
    pub casts: Vec<Cast>,
    /// Then: values that stand for others. A value that is mapped to nothing is missing.
    pub map: BTreeMap<String, String>,
    /// What every value becomes that `map` does not list (its key `*`); without it such a value stays.
    pub otherwise: Option<String>,
    /// What stands where there is no value.
    pub default: Option<Literal>,
    /// The form of a date, for the casts `date` and `time`.
    pub format: Option<TimeFormat>,
    /// Where the clock hung that it was read from.
    pub zone: Zone,
    /// The value that names the currency, for the cast `minor_units`.
    pub currency: Option<Name>,
    /// Where the mapping says so, for example `columns.price`.
    pub key: String,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueSource {
    /// The column of this name, or the path into JSON.
    Column(Name),
    /// Always this.
    Constant(Literal),
    /// A text with gaps.
    Template(Template),
}

/// A value that the mapping itself holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// It as a text.
    pub text: String,
    /// Whether it is a number or a truth value, and the text is its JSON.
    pub is_json: bool,
}

/// A text with gaps, such as `customer-{customer}@example.com`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Its parts, in order.
    pub parts: Vec<TemplatePart>,
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplatePart {
    /// Stays as it is.
    Text(String),
    /// The mapped customer (`{customer}`), in mappings of orders. Without one, the whole template gives nothing.
    Customer,
    /// The mapped order number (`{order}`), likewise.
    Order,
    /// The value of a column (`{Column name}`).
    Column(Name),
}

/// How a value is changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cast {
    /// It becomes a text.
    Text,
    /// A whole number that a program wrote as `17850.0` becomes `17850`.
    IntegerText,
    /// In small letters.
    Lower,
    /// In capitals.
    Upper,
    /// Blanks at both ends are cut.
    Trim,
    /// Only its digits stay.
    Digits,
    /// It becomes a number, read as `[numbers]` says.
    Number,
    /// It becomes a whole number.
    Integer,
    /// It becomes true or false.
    Boolean,
    /// It becomes a day, `2026-11-05`.
    Date,
    /// It becomes a moment in UTC, `2026-11-05T10:00:00Z`.
    Time,
    /// A text that holds JSON becomes that JSON.
    Json,
    /// An amount in cents (or what the currency has) becomes one in whole units.
    MinorUnits,
}

/// What a value may be in a kind of mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    /// A text; templates know `{customer}` and `{order}`.
    Text,
    /// Anything that JSON has.
    Typed,
}

/// `"Column"` or `{ column = … | constant = … | template = …, cast = …, map = …, default = … }`, a text.
pub(super) fn parse(node: &Node<'_>) -> Result<ValueMapping, MappingError> {
    parse_as(node, Dialect::Text)
}

/// As [`parse`], for a value of any type.
pub(super) fn parse_typed(node: &Node<'_>) -> Result<ValueMapping, MappingError> {
    parse_as(node, Dialect::Typed)
}

/// The keys of a text inside a table that may have more of them.
pub(super) fn parse_table(node: &Node<'_>, section: &mut Section<'_>) -> Result<ValueMapping, MappingError> {
    parse_table_as(node, section, Dialect::Text)
}

/// As [`parse_table`], in a mapping of events.
pub(super) fn parse_typed_table(node: &Node<'_>, section: &mut Section<'_>) -> Result<ValueMapping, MappingError> {
    parse_table_as(node, section, Dialect::Typed)
}

impl ValueMapping {
    fn of(source: ValueSource, key: &str) -> Self {
        Self {
            source,
            casts: Vec::new(),
            map: BTreeMap::new(),
            otherwise: None,
            default: None,
            format: None,
            zone: Zone::UTC,
            currency: None,
            key: key.to_owned(),
        }
    }

    /// Whether a text stays as it is.
    pub(crate) fn is_plain(&self) -> bool {
        self.casts.iter().all(|cast| *cast == Cast::Text)
            && self.map.is_empty()
            && self.otherwise.is_none()
            && self.default.is_none()
    }

    /// Every name that it speaks of.
    pub(super) fn names_mut(&mut self) -> impl Iterator<Item = &mut Name> {
        let (column, template) = match &mut self.source {
            ValueSource::Column(name) => (Some(name), None),
            ValueSource::Template(template) => (None, Some(template)),
            ValueSource::Constant(_) => (None, None),
        };
        let gaps = template.into_iter().flat_map(|template| &mut template.parts).filter_map(|part| match part {
            TemplatePart::Column(name) => Some(name),
            _ => None,
        });
        column.into_iter().chain(gaps).chain(&mut self.currency)
    }
}

fn parse_as(node: &Node<'_>, dialect: Dialect) -> Result<ValueMapping, MappingError> {
    if node.is_text() {
        return Ok(ValueMapping::of(ValueSource::Column(node.name()?), &node.path));
    }
    let mut section = node.section()?;
    let value = parse_table_as(node, &mut section, dialect)?;
    section.finish()?;
    Ok(value)
}

fn parse_table_as(node: &Node<'_>, section: &mut Section<'_>, dialect: Dialect) -> Result<ValueMapping, MappingError> {
    let mut value = ValueMapping::of(source(node, section, dialect)?, &node.path);
    value.casts = section.optional("cast").map(|node| casts(&node, dialect)).transpose()?.unwrap_or_default();
    value.map = section.optional("map").map(|node| parse_map(&node)).transpose()?.unwrap_or_default();
    value.otherwise = value.map.remove("*");
    value.default = section.optional("default").map(|node| literal(&node)).transpose()?;
    // Asked for only where they mean something, so that elsewhere they are unknown keys.
    if value.casts.iter().any(|cast| matches!(cast, Cast::Date | Cast::Time)) {
        (value.format, value.zone) = format_and_zone(section)?;
    }
    if value.casts.contains(&Cast::MinorUnits) {
        value.currency = section.optional("currency").map(|node| node.name()).transpose()?;
    }
    Ok(value)
}

fn source(node: &Node<'_>, section: &mut Section<'_>, dialect: Dialect) -> Result<ValueSource, MappingError> {
    let column = section.optional("column");
    let constant = section.optional("constant");
    let template = section.optional("template");
    match (column, constant, template) {
        (Some(column), None, None) => column.name().map(ValueSource::Column),
        (None, Some(constant), None) => literal(&constant).map(ValueSource::Constant),
        (None, None, Some(template)) => parse_template(&template, dialect).map(ValueSource::Template),
        _ => Err(node.error(format!(
            "`{}` needs exactly one of `column`, `constant` and `template`, for example {{ column = \"Country\" }}",
            node.path
        ))),
    }
}

/// `format` and `timezone`, as dates have them. `None` is a form to be found out.
pub(super) fn format_and_zone(section: &mut Section<'_>) -> Result<(Option<TimeFormat>, Zone), MappingError> {
    let format = match section.optional("format") {
        None => None,
        Some(node) if node.text()? == "auto" => None,
        Some(node) => Some(TimeFormat::parse(node.text()?).map_err(|problem| node.error(problem))?),
    };
    let zone = match section.optional("timezone") {
        None => Zone::UTC,
        Some(node) => Zone::parse(node.text()?).map_err(|problem| node.error(problem))?,
    };
    Ok((format, zone))
}

/// A text, a number, true or false.
fn literal(node: &Node<'_>) -> Result<Literal, MappingError> {
    if node.is_text() {
        return Ok(Literal { text: node.text()?.to_owned(), is_json: false });
    }
    let text = match node.boolean() {
        Ok(value) => value.to_string(),
        Err(_) => node.json_number()?,
    };
    Ok(Literal { text, is_json: true })
}

const TEXT_CASTS: [(&str, Cast); 6] = [
    ("text", Cast::Text),
    ("integer_text", Cast::IntegerText),
    ("lower", Cast::Lower),
    ("upper", Cast::Upper),
    ("trim", Cast::Trim),
    ("digits", Cast::Digits),
];

const TYPED_CASTS: [(&str, Cast); 7] = [
    ("number", Cast::Number),
    ("integer", Cast::Integer),
    ("boolean", Cast::Boolean),
    ("date", Cast::Date),
    ("time", Cast::Time),
    ("json", Cast::Json),
    ("minor_units", Cast::MinorUnits),
];

/// One word, or a list of them.
fn casts(node: &Node<'_>, dialect: Dialect) -> Result<Vec<Cast>, MappingError> {
    let known = match dialect {
        Dialect::Text => TEXT_CASTS.to_vec(),
        Dialect::Typed => [&TEXT_CASTS[..], &TYPED_CASTS[..]].concat(),
    };
    match node.is_list() {
        true => node.list()?.iter().map(|node| node.choice(&known)).collect(),
        false => Ok(vec![node.choice(&known)?]),
    }
}

fn parse_map(node: &Node<'_>) -> Result<BTreeMap<String, String>, MappingError> {
    let entries = node.section()?.entries();
    entries.into_iter().map(|(from, to)| to.text().map(|to| (from, to.to_owned()))).collect()
}

fn parse_template(node: &Node<'_>, dialect: Dialect) -> Result<Template, MappingError> {
    let mut rest = node.text()?;
    let mut parts = Vec::new();
    while let Some(open) = rest.find('{') {
        let Some(length) = rest[open..].find('}') else {
            return Err(node.error(format!("`{}`: a `{{` is never closed with `}}`", node.path)));
        };
        if open > 0 {
            parts.push(TemplatePart::Text(rest[..open].to_owned()));
        }
        parts.push(match rest[open + 1..open + length].trim() {
            "customer" if dialect == Dialect::Text => TemplatePart::Customer,
            "order" if dialect == Dialect::Text => TemplatePart::Order,
            "" => return Err(node.error(format!("`{}`: `{{}}` names no column", node.path))),
            column => TemplatePart::Column(node.name_of(column)),
        });
        rest = &rest[open + length + 1..];
    }
    if !rest.is_empty() {
        parts.push(TemplatePart::Text(rest.to_owned()));
    }
    Ok(Template { parts })
}
