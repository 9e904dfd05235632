//! Where a value comes from: a column, a constant or a template; what is done to it on the way.

use super::MappingError;
use super::document::Node;
use std::collections::BTreeMap;

/// A value of every row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueMapping {
    /// Where it comes from.
    pub source: ValueSource,
    /// How its text is changed first.
    pub cast: Cast,
    /// Then: values that stand for others. A value that is not listed stays; one that is mapped to nothing is missing.
    pub map: BTreeMap<String, String>,
    /// Where the mapping says so, for example `columns.price`.
    pub key: String,
}

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueSource {
    /// The column of this name.
    Column(String),
    /// Always this.
    Constant(String),
    /// A text with gaps.
    Template(Template),
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
    /// The mapped customer (`{customer}`). Without one, the whole template gives nothing.
    Customer,
    /// The mapped order number (`{order}`).
    Order,
    /// The value of a column (`{Column name}`).
    Column(String),
}

/// How a value's text is changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Cast {
    /// Blanks at both ends are cut.
    #[default]
    Text,
    /// A whole number that a program wrote as `17850.0` becomes `17850`.
    IntegerText,
    /// In small letters.
    Lower,
    /// In capitals.
    Upper,
}

/// `"Column"` or `{ column = … | constant = … | template = …, cast = …, map = … }`.
pub(super) fn parse(node: &Node<'_>) -> Result<ValueMapping, MappingError> {
    if node.is_text() {
        let source = ValueSource::Column(node.text()?.to_owned());
        return Ok(ValueMapping { source, cast: Cast::Text, map: BTreeMap::new(), key: node.path.clone() });
    }
    let mut section = node.section()?;
    let value = parse_table(node, &mut section)?;
    section.finish()?;
    Ok(value)
}

/// The keys of a value inside a table that may have more of them.
pub(super) fn parse_table(
    node: &Node<'_>,
    section: &mut super::document::Section<'_>,
) -> Result<ValueMapping, MappingError> {
    let column = section.optional_text("column")?;
    let constant = section.optional_text("constant")?;
    let template = section.optional("template");
    let source = match (column, constant, template) {
        (Some(column), None, None) => ValueSource::Column(column),
        (None, Some(constant), None) => ValueSource::Constant(constant),
        (None, None, Some(template)) => ValueSource::Template(parse_template(&template)?),
        _ => {
            return Err(node.error(format!(
                "`{}` needs exactly one of `column`, `constant` and `template`, for example {{ column = \"Country\" }}",
                node.path
            )));
        }
    };
    let cast = section.optional("cast").map(|node| node.choice(&CASTS)).transpose()?.unwrap_or_default();
    let map = section.optional("map").map(|node| parse_map(&node)).transpose()?.unwrap_or_default();
    Ok(ValueMapping { source, cast, map, key: node.path.clone() })
}

const CASTS: [(&str, Cast); 4] =
    [("text", Cast::Text), ("integer_text", Cast::IntegerText), ("lower", Cast::Lower), ("upper", Cast::Upper)];

fn parse_map(node: &Node<'_>) -> Result<BTreeMap<String, String>, MappingError> {
    let entries = node.section()?.entries();
    entries.into_iter().map(|(from, to)| to.text().map(|to| (from, to.to_owned()))).collect()
}

fn parse_template(node: &Node<'_>) -> Result<Template, MappingError> {
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
            "customer" => TemplatePart::Customer,
            "order" => TemplatePart::Order,
            "" => return Err(node.error(format!("`{}`: `{{}}` names no column", node.path))),
            column => TemplatePart::Column(column.to_owned()),
        });
        rest = &rest[open + length + 1..];
    }
    if !rest.is_empty() {
        parts.push(TemplatePart::Text(rest.to_owned()));
    }
    Ok(Template { parts })
}
