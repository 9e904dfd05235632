//! `[event.properties]`, `[event.traits]`, `[event.context]`: names of your choice, and where their values come from.

use super::MappingError;
use super::document::{Node, Section};
use super::value::{self, ValueMapping};

/// What an object is made of, in the order of the document.
pub type FieldMappings = Vec<FieldMapping>;

/// One field of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldMapping {
    /// Its name.
    pub name: String,
    /// Its name as JSON, with the colon behind it.
    pub(crate) prefix: String,
    /// What it holds.
    pub content: FieldContent,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldContent {
    /// A value.
    Value(Box<ValueMapping>),
    /// An object of its own.
    Fields(FieldMappings),
}

/// Keys that only the table of a value has. A property may well be called `format` or `currency`.
const OF_A_VALUE: [&str; 6] = ["column", "constant", "template", "cast", "map", "default"];

pub(super) fn parse(section: &mut Section<'_>, key: &'static str) -> Result<FieldMappings, MappingError> {
    let Some(node) = section.optional(key) else { return Ok(Vec::new()) };
    let mut fields = Vec::new();
    fill(&mut fields, node.section()?)?;
    Ok(fields)
}

fn fill(fields: &mut FieldMappings, section: Section<'_>) -> Result<(), MappingError> {
    for (name, node) in section.entries() {
        // `"device.model" = …` in quotes means the same as without.
        let parts: Vec<&str> = name.split('.').map(str::trim).collect();
        if parts.iter().any(|part| part.is_empty()) {
            return Err(node.error(format!("`{}` has an empty name in it", node.path)));
        }
        add(fields, &parts, &node)?;
    }
    Ok(())
}

fn add(fields: &mut FieldMappings, parts: &[&str], node: &Node<'_>) -> Result<(), MappingError> {
    let Some((first, rest)) = parts.split_first() else { return Ok(()) };
    let nested = !rest.is_empty() || is_object(node)?;
    let index = match fields.iter().position(|field| field.name == *first) {
        Some(index) => index,
        None => {
            let content = match nested {
                true => FieldContent::Fields(Vec::new()),
                false => FieldContent::Value(Box::new(value::parse_typed(node)?)),
            };
            let prefix = format!("{}:", serde_json::Value::from(*first));
            fields.push(FieldMapping { name: (*first).to_owned(), prefix, content });
            if !nested {
                return Ok(());
            }
            fields.len() - 1
        }
    };
    match &mut fields[index].content {
        FieldContent::Fields(inner) if !rest.is_empty() => add(inner, rest, node),
        FieldContent::Fields(inner) if nested => fill(inner, node.section()?),
        _ => Err(node.error(format!("`{}`: `{first}` is there twice, or is a value and an object at once", node.path))),
    }
}

/// Whether a table is an object and no value.
fn is_object(node: &Node<'_>) -> Result<bool, MappingError> {
    if !node.is_table() {
        return Ok(false);
    }
    let keys: Vec<String> = node.section()?.entries().into_iter().map(|(key, _)| key).collect();
    Ok(!keys.is_empty() && !keys.iter().any(|key| OF_A_VALUE.contains(&key.as_str())))
}
