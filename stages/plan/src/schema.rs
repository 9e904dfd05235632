//! One JSON Schema, ready to be checked.

use crate::{
    bounds::{self, Cost},
    path::step,
};
use bellwether_domain::PlanProblem;
use jsonschema::{PatternOptions, Validator, error::ValidationErrorKind};
use serde_json::Value;

/// Memory that a pattern may take, in bytes. Measured: `^[^@\s]+@[^@\s]+$` takes 4,560, `\w{200}` 19,408.
const PATTERN_BYTES: usize = 1 << 16;
/// Steps that a document may cost: places of the schema times values of the document. It takes a good part of a second.
const STEPS: usize = 5_000_000;
/// Steps beyond which it is not told what is wrong: to find out, everything that is wrong has to be gathered.
const TOLD_STEPS: usize = 200_000;
/// A text weighs as much as a value for each of so many bytes.
const BYTES_OF_A_VALUE: usize = 32;
/// What is told in place of a keyword where a document is too large for its schema, and where it is too large to say more.
const TOO_LARGE: &str = "too-large";
const ANY_RULE: &str = "schema";
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
/// Patterns are matched in time that grows with the text and the pattern, never faster; look-around and back-references are
/// refused for that. `format` is checked, but not `regex`, which would have an event's text compiled.
#[derive(Debug)]
pub struct Schema {
    compiled: Validator,
    cost: Cost,
}

impl Schema {
    /// Reads a schema from text.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn parse(text: &str) -> Result<Self, SchemaError> {
        check_bytes(text)?;
        let schema = serde_json::from_str(text).map_err(|error| SchemaError::new("", error.to_string()))?;
        Self::new(&schema)
    }

    /// Compiles a schema.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn new(schema: &Value) -> Result<Self, SchemaError> {
        if !schema.is_object() {
            return Err(SchemaError::new(
                "",
                "a schema is a JSON object; `{}` allows everything, `{\"not\":{}}` nothing",
            ));
        }
        check_bytes(&schema.to_string())?;
        let cost = bounds::check(schema)?;
        let patterns = PatternOptions::regex().size_limit(PATTERN_BYTES).dfa_size_limit(PATTERN_BYTES);
        let options = jsonschema::options()
            .with_pattern_options(patterns)
            .should_validate_formats(true)
            .with_format("regex", |_: &str| true);
        let compiled = options
            .build(schema)
            .map_err(|error| SchemaError::new(error.instance_path().as_str(), shortened(&error.to_string())))?;
        Ok(Self { compiled, cost })
    }

    /// Whether nothing is wrong with a document.
    pub fn accepts(&self, document: &Value) -> bool {
        self.steps(document) <= STEPS && self.compiled.is_valid(document)
    }

    /// What is wrong with a document that is still text.
    pub fn problems_of_text(&self, document: &str) -> Vec<PlanProblem> {
        match serde_json::from_str::<Value>(document) {
            Ok(document) => self.problems(&document),
            // Such as a number with 400 digits: JSON, and no value that a rule could be held against.
            Err(error) => vec![problem("type", format!("it cannot be held against a schema: {error}"))],
        }
    }

    /// What is wrong with a document; at most three things. Empty where nothing is. A document that is too large for the
    /// schema is wrong as such.
    pub fn problems(&self, document: &Value) -> Vec<PlanProblem> {
        let steps = self.steps(document);
        if steps > STEPS {
            let places = self.cost.places;
            let why =
                format!("it is too large to be checked against a schema of {places} places; make one of them smaller");
            return vec![problem(TOO_LARGE, why)];
        }
        // Most documents are right, and that is known sooner.
        if self.compiled.is_valid(document) {
            return Vec::new();
        }
        if steps > TOLD_STEPS {
            return vec![problem(ANY_RULE, "it does not keep to the schema, and is too large to say where".to_owned())];
        }
        let errors = self.compiled.iter_errors(document).take(TOLD);
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

impl Schema {
    fn steps(&self, document: &Value) -> usize {
        self.cost.places.saturating_mul(weight(document))
    }

    /// How many patterns it has, with every reference written out.
    pub const fn patterns(&self) -> usize {
        self.cost.patterns
    }
}

/// How many values there are to look at.
fn weight(document: &Value) -> usize {
    match document {
        Value::String(text) => 1 + text.len() / BYTES_OF_A_VALUE,
        Value::Array(values) => 1 + values.iter().map(weight).sum::<usize>(),
        Value::Object(values) => {
            1 + values.iter().map(|(name, value)| weight(value) + name.len() / BYTES_OF_A_VALUE).sum::<usize>()
        }
        _ => 1,
    }
}

/// Something that is wrong with the document as a whole.
fn problem(rule: &str, message: String) -> PlanProblem {
    PlanProblem { path: String::new(), rule: rule.to_owned(), message }
}

fn check_bytes(schema: &str) -> Result<(), SchemaError> {
    match schema.len() {
        bytes if bytes > bounds::MAX_BYTES => {
            Err(SchemaError::new("", format!("it has {bytes} bytes, and {} are the most", bounds::MAX_BYTES)))
        }
        _ => Ok(()),
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
    use serde_json::{Map, json};

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
        refused(json!(false), "", "JSON object");
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

    /// A list weighs what is compared, and a pattern what it takes, wherever they are named from.
    #[test]
    fn what_is_heavy_without_being_large_is_refused() {
        let often = |definition: Value| {
            let references: Vec<Value> = (0..900).map(|_| json!({"$ref": "#/$defs/e"})).collect();
            Schema::new(&json!({"$defs": {"e": definition}, "items": {"allOf": references}})).unwrap_err()
        };
        assert!(often(json!({"enum": (0..5_000).collect::<Vec<_>>()})).problem.contains("too large"));
        assert!(
            often(json!({"required": (0..50).map(|n| n.to_string()).collect::<Vec<_>>()}))
                .problem
                .contains("too large")
        );
        assert!(often(json!({"pattern": "a"})).problem.contains("50 patterns"));
        let named: Map<String, Value> = (0..60).map(|n| (format!("a{n}"), json!({}))).collect();
        refused(json!({"patternProperties": named}), "", "50 patterns");
        refused(json!({"properties": {"a": {"pattern": r"\w{1000}"}}}), "/properties/a/pattern", "");
        assert!(
            Schema::new(
                &json!({"properties": {"a": {"pattern": r"^\w{1,50}$"}, "b": {"enum": (0..500).collect::<Vec<_>>()}}})
            )
            .is_ok()
        );
    }

    #[test]
    fn what_is_too_large_for_its_schema_is_wrong_and_not_looked_through() {
        let names: Vec<String> = (0..900).map(|n| format!("n{n}")).collect();
        let schema = Schema::new(&json!({"properties": {"a": {"items": {"required": names}}}})).unwrap();
        let rules = |document: Value| {
            let problems = schema.problems(&document).into_iter().map(|problem| problem.rule);
            (schema.accepts(&document), problems.collect::<Vec<_>>())
        };
        let many = |count: usize| json!({"a": vec![json!({}); count]});
        assert_eq!(rules(json!({"a": [1]})), (true, vec![]));
        assert_eq!(rules(many(2)), (false, vec!["required".to_owned(); TOLD]));
        // 900,000 things are wrong.
        assert_eq!(rules(many(1_000)), (false, vec![ANY_RULE.to_owned()]));
        assert_eq!(rules(many(10_000)), (false, vec![TOO_LARGE.to_owned()]));
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
