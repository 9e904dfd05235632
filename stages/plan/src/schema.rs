//! One JSON Schema, ready to be checked.

use crate::{bounds, path::step};
use bellwether_domain::PlanProblem;
use jsonschema::{PatternOptions, Validator, error::ValidationErrorKind};
use serde_json::Value;

/// Memory that a pattern may take, in bytes.
const PATTERN_BYTES: usize = 1 << 20;
/// Problems of one event that are told.
const TOLD: usize = 3;
/// Characters of a sentence: it can hold whole values.
const SENTENCE: usize = 200;

/// Why a schema cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the schema{}: {problem}", if .pointer.is_empty() { String::new() } else { format!(" at {}", .pointer) })]
pub struct SchemaError {
    /// Where, as a JSON pointer into the schema.
    pub pointer: String,
    /// What is wrong.
    pub problem: String,
}

impl SchemaError {
    pub(crate) fn new(pointer: &str, problem: impl Into<String>) -> Self {
        Self { pointer: pointer.to_owned(), problem: problem.into() }
    }
}

/// A schema that was found to be valid and bounded.
///
/// Patterns are matched in time that grows with the text alone; look-around and back-references are refused for that.
/// `format` is checked, but not `regex`, which would have an event's text compiled.
#[derive(Debug)]
pub struct Schema(Validator);

impl Schema {
    /// Reads a schema from text.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn parse(text: &str) -> Result<Self, SchemaError> {
        if text.len() > bounds::MAX_BYTES {
            let problem = format!("it has {} bytes, and {} are the most", text.len(), bounds::MAX_BYTES);
            return Err(SchemaError::new("", problem));
        }
        let schema = serde_json::from_str(text).map_err(|error| SchemaError::new("", error.to_string()))?;
        Self::new(&schema)
    }

    /// Compiles a schema.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn new(schema: &Value) -> Result<Self, SchemaError> {
        if !schema.is_object() && !schema.is_boolean() {
            return Err(SchemaError::new("", "a schema is a JSON object"));
        }
        bounds::check(schema)?;
        let patterns = PatternOptions::regex().size_limit(PATTERN_BYTES).dfa_size_limit(PATTERN_BYTES);
        let options = jsonschema::options()
            .with_pattern_options(patterns)
            .should_validate_formats(true)
            .with_format("regex", |_: &str| true);
        let compiled = options
            .build(schema)
            .map_err(|error| SchemaError::new(error.instance_path().as_str(), shortened(&error.to_string())))?;
        Ok(Self(compiled))
    }

    /// Whether anything is wrong with a document.
    pub fn accepts(&self, document: &Value) -> bool {
        self.0.is_valid(document)
    }

    /// What is wrong with a document; at most three things. Empty where nothing is.
    pub fn problems(&self, document: &Value) -> Vec<PlanProblem> {
        // Most documents are right, and that is known sooner.
        if self.0.is_valid(document) {
            return Vec::new();
        }
        let errors = self.0.iter_errors(document).take(TOLD);
        errors
            .map(|error| {
                let place = error.instance_path().as_str();
                let path = match error.kind() {
                    // What is missing is the place, not what it is missing from.
                    ValidationErrorKind::Required { property: Value::String(name) } => step(place, name),
                    _ => place.to_owned(),
                };
                PlanProblem { path, rule: error.kind().keyword().to_owned(), message: shortened(&error.to_string()) }
            })
            .collect()
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SENTENCE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refused(schema: Value, pointer: &str, word: &str) {
        let error = Schema::new(&schema).expect_err(word);
        assert!(error.pointer == pointer && error.to_string().contains(word), "{schema}: {error}");
    }

    fn found(schema: Value, document: Value) -> Vec<(String, String)> {
        let problems = Schema::new(&schema).unwrap().problems(&document);
        problems.into_iter().map(|problem| (problem.path, problem.rule)).collect()
    }

    fn pair(path: &str, rule: &str) -> (String, String) {
        (path.to_owned(), rule.to_owned())
    }

    #[test]
    fn what_is_wrong_is_named_by_path_and_rule() {
        let schema = json!({
            "type": "object", "required": ["price", "a/b"],
            "properties": {
                "price": {"type": "number", "minimum": 0},
                "products": {"type": "array", "items": {"$ref": "#/$defs/product"}},
                "mail": {"type": "string", "format": "email"},
            },
            "$defs": {"product": {"required": ["id"]}},
        });
        let good = json!({"price": 1, "a/b": 1, "products": [{"id": 1}], "mail": "ann@example.com", "more": []});
        assert_eq!(found(schema.clone(), good), []);
        let bad = json!({"price": "1", "products": [{"id": 1}, {}]});
        let mut all = found(schema.clone(), bad);
        all.sort();
        assert_eq!(all, [pair("/a~1b", "required"), pair("/price", "type"), pair("/products/1/id", "required")]);
        let bad = json!({"price": -1, "a/b": 1, "mail": "nobody"});
        let mut all = found(schema, bad);
        all.sort();
        assert_eq!(all, [pair("/mail", "format"), pair("/price", "minimum")]);
    }

    #[test]
    fn many_problems_and_long_values_are_told_in_short() {
        let schema = Schema::new(&json!({"additionalProperties": {"type": "number"}})).unwrap();
        let long = "x".repeat(10_000);
        let problems = schema.problems(&json!({"a": long, "b": long, "c": long, "d": long}));
        assert_eq!(problems.len(), TOLD);
        assert!(problems.iter().all(|problem| problem.message.chars().count() <= SENTENCE + 1), "{problems:?}");
    }

    #[test]
    fn what_is_no_schema_is_refused_with_its_place() {
        refused(json!([]), "", "JSON object");
        refused(json!({"type": "numbr"}), "/type", "numbr");
        refused(json!({"properties": {"a": {"minimum": "0"}}}), "/properties/a/minimum", "0");
        refused(json!({"$schema": "https://example.com/own"}), "/$schema", "dialects");
        refused(json!({"required": "a"}), "/required", "");
        let error = Schema::parse("{\"type\": ").unwrap_err();
        assert!(error.to_string().contains("EOF"), "{error}");
        let large = format!("{{\"title\":\"{}\"}}", "x".repeat(bounds::MAX_BYTES));
        assert!(Schema::parse(&large).unwrap_err().problem.contains("bytes"));
    }

    #[test]
    fn nothing_is_fetched_from_elsewhere() {
        for reference in ["https://example.com/a.json", "file:///etc/passwd", "other.json#/a", "#anchor"] {
            refused(json!({"properties": {"a": {"$ref": reference}}}), "/properties/a/$ref", "nothing is fetched");
        }
        refused(json!({"properties": {"a": {"$ref": "#/$defs/b"}}}), "/properties/a/$ref", "no such place");
        refused(json!({"allOf": [{"$id": "https://example.com/x"}]}), "/allOf/0/$id", "name of its own");
    }

    #[test]
    fn what_never_ends_is_refused() {
        refused(json!({"$ref": "#"}), "/$ref", "contains itself");
        let twins = json!({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"});
        refused(twins, "/$defs/a/$ref", "contains itself");
        let tree = json!({"$defs": {"n": {"properties": {"n": {"$ref": "#/$defs/n"}}}}});
        refused(tree, "/$defs/n/properties/n/$ref", "contains itself");
        refused(json!({"not": {"$dynamicRef": "#x"}}), "/not/$dynamicRef", "$ref");
    }

    /// 2^30 steps in a few lines.
    #[test]
    fn what_is_doubled_again_and_again_is_refused() {
        let mut schema = json!({"type": "object"});
        let mut definitions = serde_json::Map::new();
        for n in 0..30 {
            definitions.insert(format!("d{n}"), schema);
            let reference = json!({"$ref": format!("#/$defs/d{n}")});
            schema = json!({"allOf": [reference, reference]});
        }
        schema["$defs"] = Value::Object(definitions);
        let error = Schema::new(&schema).unwrap_err();
        assert!(error.problem.contains("too large"), "{error}");
        let mut deep = json!({});
        for _ in 0..40 {
            deep = json!({"not": deep});
        }
        assert!(Schema::new(&deep).unwrap_err().problem.contains("within each other"));
        let mut again = json!({"unevaluatedProperties": false});
        for _ in 0..20 {
            again = json!({"allOf": [again], "unevaluatedProperties": false});
        }
        assert!(Schema::new(&again).unwrap_err().problem.contains("too large"));
    }

    /// Each takes time without end with an engine that goes back.
    #[test]
    fn hostile_patterns_are_matched_at_once_or_refused() {
        let schema = Schema::new(&json!({"properties": {"a": {"pattern": "^(a+)+$"}}})).unwrap();
        let text = "a".repeat(30_000) + "!";
        assert_eq!(schema.problems(&json!({"a": text})).len(), 1);
        for pattern in ["(?=a)b", "(a)\\1", "(((a{1000}){1000}){1000}){1000}", "("] {
            assert!(Schema::new(&json!({"properties": {"a": {"pattern": pattern}}})).is_err(), "{pattern}");
        }
        let schema = Schema::new(&json!({"properties": {"a": {"format": "regex"}}})).unwrap();
        assert!(schema.accepts(&json!({"a": "(((x{999}){999}){999}"})));
    }
}
