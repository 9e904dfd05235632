//! What a schema may cost. A validator does as many steps as its schema has places, with every reference written out, times
//! the places of an event; and it goes one step down the stack for every level. Both are counted here, before anything is
//! compiled, by writing every reference out. A list of values or names weighs as much as is compared, and a pattern as much
//! as many places.

use crate::{path::step, schema::SchemaError};
use serde_json::{Map, Value};

/// Bytes of a schema, as text.
pub const MAX_BYTES: usize = 64 * 1024;
/// Places of a schema with every reference written out.
const MAX_PLACES: usize = 2_000;
/// Schemas within each other, with every reference written out.
const MAX_DEPTH: usize = 32;
/// Patterns of a schema, with every reference written out. Each is a machine of its own in memory.
const MAX_PATTERNS: usize = 50;
/// What a pattern weighs, in places.
const PLACES_OF_A_PATTERN: usize = 20;
/// Values of a list of allowed ones that weigh as much as a place: to compare is less than to check.
const VALUES_OF_A_PLACE: usize = 4;

/// What a schema costs, with every reference written out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cost {
    /// What is looked at for each place of an event.
    pub places: usize,
    /// Patterns.
    pub patterns: usize,
}

/// The dialects whose references are understood here.
const DIALECTS: [&str; 3] = [
    "https://json-schema.org/draft/2020-12/schema",
    "https://json-schema.org/draft/2019-09/schema",
    "http://json-schema.org/draft-07/schema",
];
/// Keywords that hold a schema.
const ONE: [&str; 12] = [
    "additionalItems",
    "additionalProperties",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];
/// Keywords that hold a list of schemas. `items` may, in older dialects.
const LISTS: [&str; 5] = ["allOf", "anyOf", "items", "oneOf", "prefixItems"];
/// Keywords that hold schemas by name.
const MAPS: [&str; 6] = ["$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"];
/// Keywords by which a reference could mean another place than it says.
const REFUSED: [(&str, &str); 4] = [
    ("$id", "only the outermost schema may have a name of its own"),
    ("id", "only the outermost schema may have a name of its own"),
    ("$dynamicRef", "references that depend on how they are reached are not taken; use $ref"),
    ("$recursiveRef", "a schema that contains itself is not taken: an event could keep the server busy for ever"),
];

/// What a schema costs, where that is not too much.
pub fn check(schema: &Value) -> Result<Cost, SchemaError> {
    if let Some(dialect) = schema.get("$schema") {
        let name = dialect.as_str().unwrap_or_default().trim_end_matches('#');
        if !DIALECTS.contains(&name) {
            let problem = format!("`{dialect}` is none of the dialects that are understood: {}", DIALECTS.join(", "));
            return Err(SchemaError::new("/$schema", problem));
        }
    }
    let mut walk = Walk { root: schema, cost: Cost::default(), references: Vec::new() };
    walk.visit(schema, "", 0, 1)?;
    Ok(walk.cost)
}

/// What the keywords of one place cost beside the place itself.
fn beside(keywords: &Map<String, Value>) -> Cost {
    let (mut places, mut patterns) = (0, 0);
    for (keyword, value) in keywords {
        match (keyword.as_str(), value) {
            ("enum", Value::Array(values)) => places += values.len() / VALUES_OF_A_PLACE,
            ("required", Value::Array(names)) => places += names.len(),
            ("dependentRequired" | "dependencies", Value::Object(lists)) => {
                places += lists.values().filter_map(Value::as_array).map(Vec::len).sum::<usize>();
            }
            ("pattern", _) => patterns += 1,
            ("patternProperties", Value::Object(named)) => patterns += named.len(),
            _ => {}
        }
    }
    Cost { places: places + patterns * PLACES_OF_A_PATTERN, patterns }
}

struct Walk<'s> {
    root: &'s Value,
    cost: Cost,
    /// Those that are being written out.
    references: Vec<&'s str>,
}

impl<'s> Walk<'s> {
    /// `times` is how often a validator looks at this place for one place of an event.
    fn visit(&mut self, schema: &'s Value, at: &str, depth: usize, times: usize) -> Result<(), SchemaError> {
        let beside = schema.as_object().map(beside).unwrap_or_default();
        self.cost.places = self.cost.places.saturating_add(times.saturating_mul(beside.places.saturating_add(1)));
        self.cost.patterns = self.cost.patterns.saturating_add(beside.patterns);
        if self.cost.places > MAX_PLACES {
            let problem = format!("the schema is too large: with its references it has more than {MAX_PLACES} places");
            return Err(SchemaError::new(at, problem));
        }
        if self.cost.patterns > MAX_PATTERNS {
            let problem = format!("with its references the schema has more than {MAX_PATTERNS} patterns");
            return Err(SchemaError::new(at, problem));
        }
        if depth > MAX_DEPTH {
            let problem = format!("more than {MAX_DEPTH} schemas stand within each other");
            return Err(SchemaError::new(at, problem));
        }
        let Value::Object(keywords) = schema else { return Ok(()) };
        self.refused(keywords, at, depth)?;
        // Whoever asks what was not looked at yet looks at all beside it once more.
        let again = keywords.keys().any(|keyword| keyword.starts_with("unevaluated"));
        let times = if again { times.saturating_mul(2) } else { times };
        for (keyword, value) in keywords {
            let at = step(at, keyword);
            match value {
                Value::String(reference) if keyword == "$ref" => self.reference(reference, &at, depth, times)?,
                Value::Object(named) if MAPS.contains(&&**keyword) => {
                    for (name, schema) in named {
                        self.visit(schema, &step(&at, name), depth + 1, times)?;
                    }
                }
                Value::Array(list) if LISTS.contains(&&**keyword) => {
                    for (index, schema) in list.iter().enumerate() {
                        self.visit(schema, &step(&at, &index.to_string()), depth + 1, times)?;
                    }
                }
                schema if ONE.contains(&&**keyword) => self.visit(schema, &at, depth + 1, times)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn refused(&self, keywords: &Map<String, Value>, at: &str, depth: usize) -> Result<(), SchemaError> {
        let outermost = depth == 0 && self.references.is_empty();
        let found = REFUSED.iter().find(|(keyword, _)| {
            let is_name = matches!(*keyword, "$id" | "id");
            keywords.get(*keyword).is_some_and(Value::is_string) && !(is_name && outermost)
        });
        match found {
            Some((keyword, why)) => Err(SchemaError::new(&step(at, keyword), *why)),
            None => Ok(()),
        }
    }

    fn reference(&mut self, reference: &'s str, at: &str, depth: usize, times: usize) -> Result<(), SchemaError> {
        let refuse = |why: &str| Err(SchemaError::new(at, format!("`{reference}`: {why}")));
        let Some(pointer) =
            reference.strip_prefix('#').filter(|pointer| pointer.is_empty() || pointer.starts_with('/'))
        else {
            return refuse(
                "nothing is fetched from elsewhere; refer to a place in this schema, such as #/$defs/address",
            );
        };
        if pointer.contains('%') {
            return refuse("write the place without `%`");
        }
        if self.references.contains(&reference) || pointer.is_empty() {
            return refuse("a schema that contains itself is not taken: an event could keep the server busy for ever");
        }
        let Some(target) = self.root.pointer(pointer) else {
            return refuse("there is no such place in this schema");
        };
        self.references.push(reference);
        let visited = self.visit(target, pointer, depth + 1, times);
        self.references.pop();
        visited
    }
}
