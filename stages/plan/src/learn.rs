//! A proposal of what the plan could say, from events that came.
//!
//! For every place of an event's document it is counted how often it was there, of which types its values were, which texts
//! it held and of which form they were. A place becomes `required` where it was there nearly always, a type is taken where at
//! least one value in a hundred had it, and everything else is taken only where all values agree and there were enough of
//! them to mean something. It is a proposal: what is rare is not in it, so that a slip among a thousand events does not
//! become the rule, and whoever takes it over is told how many of the events it would have stopped.

use crate::{Schema, path::step};
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

/// Events of so many names are learned from; others are left out.
const MAX_NAMES: usize = 500;
/// Places of one event, and of all events together, that are told apart. What comes beyond them is not looked into.
const MAX_PLACES: usize = 500;
const ALL_PLACES: usize = 50_000;
/// Keys of one object that are told apart. An object with more of them is a table whose keys are data.
const MAX_KEYS: usize = 60;
/// Objects and lists within each other that are looked into.
const MAX_DEPTH: usize = 8;
/// Elements of one list that are looked at.
const MAX_ELEMENTS: usize = 100;
/// Texts that a list of the allowed ones may have, and their longest.
const MAX_CHOICES: usize = 10;
const CHOICE_CHARS: usize = 40;
/// How often each allowed text has to have come, on average; an id comes once or twice.
const TIMES_OF_A_CHOICE: u64 = 20;
/// How many values it takes to say something about all of them.
const ENOUGH: u64 = 20;
/// A type that fewer than one value in so many had is a slip.
const SLIP: u64 = 100;

/// How to learn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LearnOptions {
    /// What is there in at least this share of the events is required, from 0 to 1.
    pub required_share: f64,
}

impl Default for LearnOptions {
    fn default() -> Self {
        Self { required_share: 0.99 }
    }
}

/// Collects what events look like. Its memory is bounded, whatever comes.
#[derive(Debug, Default)]
pub struct Learner {
    names: BTreeMap<String, (Place, usize)>,
    /// Places of all names.
    places: usize,
    left_out: u64,
}

/// What was learned of one event.
#[derive(Debug, Clone, PartialEq)]
pub struct Proposal {
    /// Its name.
    pub event: String,
    /// How many of them there were.
    pub events: u64,
    /// A JSON Schema.
    pub schema: Value,
    /// What it was learned from, place by place.
    pub fields: Vec<LearnedField>,
}

/// One place of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LearnedField {
    /// Where, as a JSON pointer; `*` stands for all elements of a list.
    pub path: String,
    /// How often it was there.
    pub seen: u64,
    /// How often something was there that could have held it.
    pub of: u64,
    /// The types of its values, and how often each came.
    pub types: Vec<(&'static str, u64)>,
}

/// What came at one place.
#[derive(Debug, Default)]
struct Place {
    seen: u64,
    types: BTreeMap<&'static str, u64>,
    texts: BTreeMap<String, u64>,
    /// Whether there were more texts than a list of them may have, or longer ones.
    many_texts: bool,
    forms: [u64; FORMS.len()],
    negative: u64,
    fields: BTreeMap<String, Place>,
    is_table: bool,
    elements: Option<Box<Place>>,
}

/// A format's name, and whether a text has it.
type Form = (&'static str, fn(&str) -> bool);

/// Forms of texts that are recognised.
const FORMS: [Form; 4] = [("date-time", is_moment), ("date", is_day), ("email", is_email), ("uri", is_address)];

impl Learner {
    /// Looks at an event; without a document it has an empty object.
    pub fn see(&mut self, event: &str, document: Option<&Value>) {
        if !self.names.contains_key(event) {
            if self.names.len() == MAX_NAMES {
                self.left_out += 1;
                return;
            }
            self.names.insert(event.to_owned(), Default::default());
        }
        if let Some((place, places)) = self.names.get_mut(event) {
            let room = MAX_PLACES.saturating_sub(*places).min(ALL_PLACES.saturating_sub(self.places));
            let mut left = room;
            place.see(document.unwrap_or(&Value::Object(Map::new())), 0, &mut left);
            *places += room - left;
            self.places += room - left;
        }
    }

    /// Events whose names were too many.
    pub const fn left_out(&self) -> u64 {
        self.left_out
    }

    /// What was learned, by name.
    pub fn proposals(&self, options: LearnOptions) -> Vec<Proposal> {
        let proposal = |(name, (place, _)): (&String, &(Place, usize))| {
            let mut fields = Vec::new();
            place.list("", place.seen, &mut fields);
            Proposal {
                event: name.clone(),
                events: place.seen,
                schema: place.schema(options, true),
                fields: fields.split_off(1.min(fields.len())),
            }
        };
        self.names.iter().map(proposal).collect()
    }
}

impl Place {
    /// `room` is how many places more may be told apart.
    fn see(&mut self, value: &Value, depth: usize, room: &mut usize) {
        self.seen += 1;
        *self.types.entry(type_of(value)).or_default() += 1;
        match value {
            Value::String(text) => self.see_text(text),
            Value::Number(number) => self.negative += u64::from(number.as_f64().is_none_or(|number| number < 0.0)),
            Value::Object(fields) if depth < MAX_DEPTH => self.see_fields(fields, depth, room),
            Value::Array(elements) if depth < MAX_DEPTH => {
                if self.elements.is_none() && !take(room) {
                    return;
                }
                let place = self.elements.get_or_insert_default();
                elements.iter().take(MAX_ELEMENTS).for_each(|element| place.see(element, depth + 1, room));
            }
            _ => {}
        }
    }

    fn see_text(&mut self, text: &str) {
        for ((_, has_form), count) in FORMS.iter().zip(&mut self.forms) {
            *count += u64::from(has_form(text));
        }
        if self.many_texts {
            return;
        }
        if let Some(count) = self.texts.get_mut(text) {
            *count += 1;
        } else if self.texts.len() == MAX_CHOICES || text.chars().count() > CHOICE_CHARS {
            self.many_texts = true;
            self.texts.clear();
        } else {
            self.texts.insert(text.to_owned(), 1);
        }
    }

    fn see_fields(&mut self, fields: &Map<String, Value>, depth: usize, room: &mut usize) {
        for (name, value) in fields {
            if self.is_table {
                return;
            }
            if !self.fields.contains_key(name) {
                if self.fields.len() == MAX_KEYS || !take(room) {
                    self.is_table = true;
                    self.fields.clear();
                    return;
                }
                self.fields.insert(name.clone(), Self::default());
            }
            if let Some(place) = self.fields.get_mut(name) {
                place.see(value, depth + 1, room);
            }
        }
    }

    fn count(&self, kind: &str) -> u64 {
        self.types.get(kind).copied().unwrap_or_default()
    }

    fn schema(&self, options: LearnOptions, outermost: bool) -> Value {
        let mut schema = Map::new();
        let types = self.kept_types();
        if outermost {
            schema.insert("type".to_owned(), json!("object"));
        } else if let [only] = &types[..] {
            schema.insert("type".to_owned(), json!(only));
        } else {
            schema.insert("type".to_owned(), json!(types));
        }
        self.say_texts(&mut schema, &types);
        let numbers = self.count("integer") + self.count("number");
        if numbers >= ENOUGH && self.negative == 0 {
            schema.insert("minimum".to_owned(), json!(0));
        }
        self.say_fields(&mut schema, options);
        if let Some(elements) = self.elements.as_ref().filter(|elements| elements.seen > 0) {
            schema.insert("items".to_owned(), elements.schema(options, false));
        }
        Value::Object(schema)
    }

    /// Whole numbers and others are one type where both came.
    fn kept_types(&self) -> Vec<&'static str> {
        let kept: BTreeSet<&'static str> =
            self.types.iter().filter(|(_, count)| **count * SLIP >= self.seen).map(|(kind, _)| *kind).collect();
        let both = kept.contains("number") && kept.contains("integer");
        kept.into_iter().filter(|kind| !(both && *kind == "integer")).collect()
    }

    fn say_texts(&self, schema: &mut Map<String, Value>, types: &[&str]) {
        let texts = self.count("string");
        if texts < ENOUGH || !types.contains(&"string") {
            return;
        }
        let form = FORMS.iter().zip(&self.forms).find(|(_, count)| **count == texts);
        if let Some(((form, _), _)) = form {
            schema.insert("format".to_owned(), json!(form));
            return;
        }
        let few = !self.many_texts && self.texts.len() > 1;
        // Beside other types a list of texts would exclude them.
        if few && types == ["string"] && texts >= TIMES_OF_A_CHOICE * self.texts.len() as u64 {
            schema.insert("enum".to_owned(), json!(self.texts.keys().collect::<Vec<_>>()));
        }
    }

    fn say_fields(&self, schema: &mut Map<String, Value>, options: LearnOptions) {
        if self.is_table || self.fields.is_empty() {
            return;
        }
        let objects = self.count("object") as f64;
        let always = |place: &Self| place.seen as f64 >= options.required_share * objects;
        let required: Vec<&String> =
            self.fields.iter().filter(|(_, place)| always(place)).map(|(name, _)| name).collect();
        if !required.is_empty() {
            schema.insert("required".to_owned(), json!(required));
        }
        let properties = self.fields.iter().map(|(name, place)| (name.clone(), place.schema(options, false)));
        schema.insert("properties".to_owned(), Value::Object(properties.collect()));
    }

    fn list(&self, path: &str, of: u64, into: &mut Vec<LearnedField>) {
        let types = self.types.iter().map(|(kind, count)| (*kind, *count)).collect();
        into.push(LearnedField { path: path.to_owned(), seen: self.seen, of, types });
        for (name, place) in &self.fields {
            place.list(&step(path, name), self.count("object"), into);
        }
        if let Some(elements) = self.elements.as_ref().filter(|elements| elements.seen > 0) {
            elements.list(&format!("{path}/*"), elements.seen, into);
        }
    }
}

/// Takes a place, where there is room for one.
const fn take(room: &mut usize) -> bool {
    let is_there = *room > 0;
    *room = room.saturating_sub(1);
    is_there
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        // As JSON Schema has it: 1.0 is a whole number.
        Value::Number(number) => match number.as_f64() {
            Some(float) if float.fract() != 0.0 => "number",
            _ => "integer",
        },
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn is_moment(text: &str) -> bool {
    text.as_bytes().get(10) == Some(&b'T') && chrono::DateTime::parse_from_rfc3339(text).is_ok()
}

fn is_day(text: &str) -> bool {
    text.len() == 10 && chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").is_ok()
}

/// Stricter than the standard, which allows what nobody uses.
fn is_email(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '%' | '+' | '-');
    let Some((local, domain)) = text.split_once('@') else { return false };
    let dots = |part: &str| !part.starts_with('.') && !part.ends_with('.') && !part.contains("..");
    let label = |label: &str| {
        !label.is_empty() && !label.starts_with('-') && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    !local.is_empty()
        && local.len() <= 64
        && local.chars().all(allowed)
        && dots(local)
        && domain.contains('.')
        && domain.split('.').all(label)
}

fn is_address(text: &str) -> bool {
    (text.starts_with("https://") || text.starts_with("http://")) && has_form(&URI, text)
}

static URI: LazyLock<Option<Schema>> = LazyLock::new(|| Schema::new(&json!({"format": "uri"})).ok());

/// Asks the validator itself where the standard is long.
fn has_form(form: &Option<Schema>, text: &str) -> bool {
    form.as_ref().is_some_and(|form| form.accepts(&Value::from(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn learn(documents: impl IntoIterator<Item = Value>) -> Proposal {
        let mut learner = Learner::default();
        documents.into_iter().for_each(|document| learner.see("Seen", Some(&document)));
        learner.proposals(LearnOptions::default()).remove(0)
    }

    #[test]
    fn a_shop_s_event_is_learned() {
        let event = |n: u64| {
            json!({
                "order_id": format!("o-{n}"),
                "total": 10.5 + n as f64,
                "currency": if n.is_multiple_of(3) { "USD" } else { "EUR" },
                "at": "2026-11-22T10:00:00Z", "day": "2026-11-22",
                "email": format!("ann{n}@example.com"), "url": "https://example.com/a?b=c",
                "gift": n.is_multiple_of(2),
                "balance": n as i64 - 50,
                "products": [{"id": n, "price": 1.5}, {"id": n, "price": 2}],
                "coupon": if n.is_multiple_of(2) { json!("X") } else { Value::Null },
            })
        };
        let proposal = learn((0..100).map(event));
        let expected = json!({
            "type": "object",
            "required": ["at", "balance", "coupon", "currency", "day", "email", "gift", "order_id", "products", "total", "url"],
            "properties": {
                "order_id": {"type": "string"},
                "total": {"type": "number", "minimum": 0},
                "currency": {"type": "string", "enum": ["EUR", "USD"]},
                "at": {"type": "string", "format": "date-time"},
                "day": {"type": "string", "format": "date"},
                "email": {"type": "string", "format": "email"},
                "url": {"type": "string", "format": "uri"},
                "gift": {"type": "boolean"},
                "balance": {"type": "integer"},
                "products": {"type": "array", "items": {
                    "type": "object", "required": ["id", "price"],
                    "properties": {"id": {"type": "integer", "minimum": 0}, "price": {"type": "number", "minimum": 0}},
                }},
                "coupon": {"type": ["null", "string"]},
            },
        });
        assert_eq!(proposal.schema, expected);
        let schema = Schema::new(&proposal.schema).unwrap();
        for n in 0..100 {
            assert_eq!(schema.problems(&event(n)), [], "{n}");
        }
        let field = |path: &str| proposal.fields.iter().find(|field| field.path == path).unwrap();
        assert_eq!((field("/products/*/id").seen, field("/coupon").types.len()), (200, 2));
        assert_eq!((field("/total").seen, field("/total").of), (100, 100));
    }

    #[test]
    fn what_is_rare_is_not_the_rule() {
        let event = |n: u64| match n {
            7 => json!({"price": "12", "a": 1}),
            _ if n < 985 => json!({"price": 12, "a": 1, "b": 1}),
            _ => json!({"price": 12, "a": 1}),
        };
        let proposal = learn((0..1_000).map(event));
        assert_eq!(proposal.schema["properties"]["price"]["type"], "integer");
        assert_eq!(proposal.schema["required"], json!(["a", "price"]), "b is missing in 16 of 1,000");
        let schema = Schema::new(&proposal.schema).unwrap();
        assert_eq!((0..1_000).filter(|n| !schema.accepts(&event(*n))).count(), 1);
    }

    #[test]
    fn little_says_little() {
        let proposal = learn((0..3).map(|n| json!({"a": n, "b": "x", "c": "2026-11-22"})));
        let expected = json!({"a": {"type": "integer"}, "b": {"type": "string"}, "c": {"type": "string"}});
        assert_eq!(proposal.schema["properties"], expected);
        // Ids are no choice.
        let proposal = learn((0..100).map(|n| json!({"id": format!("p{}", n / 12)})));
        assert_eq!(proposal.schema["properties"]["id"], json!({"type": "string"}));
    }

    #[test]
    fn memory_is_bounded_whatever_comes() {
        let mut learner = Learner::default();
        for n in 0..MAX_NAMES + 5 {
            learner.see(&format!("Event {n}"), None);
        }
        assert_eq!((learner.left_out(), learner.proposals(LearnOptions::default()).len()), (5, MAX_NAMES));
        let table: Map<String, Value> = (0..1_000).map(|n| (format!("key{n}"), json!(n))).collect();
        let proposal = learn([json!({"prices": table})]);
        assert_eq!(proposal.schema["properties"]["prices"], json!({"type": "object"}));
        let mut deep = json!(1);
        for _ in 0..50 {
            deep = json!({"a": deep});
        }
        assert!(Schema::new(&learn([deep]).schema).is_ok());
        // Ever new paths, none of whose objects is large.
        let mut learner = Learner::default();
        for n in 0..20_000_usize {
            let (a, b, c) = (n % 50, n / 50 % 50, n / 2_500);
            let document = json!({format!("a{a}"): {format!("b{b}"): {format!("c{c}"): 1}}});
            learner.see(&format!("Event {}", n % 300), Some(&document));
        }
        let counted: usize = learner.names.values().map(|(_, places)| places).sum();
        assert!(learner.places == counted && counted <= ALL_PLACES, "{counted}");
        assert!(learner.names.values().all(|(_, places)| *places <= MAX_PLACES));
        let mut learner = Learner::default();
        for n in 0..5_000_usize {
            let document = json!({format!("a{}", n % 50): {format!("b{}", n / 50): 1}});
            learner.see("Seen", Some(&document));
        }
        assert_eq!(learner.places, MAX_PLACES);
        let texts = learn((0..1_000).map(|n| json!({"a": "x".repeat(n)})));
        assert_eq!(texts.schema["properties"]["a"], json!({"type": "string"}));
    }

    /// What is recognised here must be what the validator recognises, or a proposal would stop what it was learned from.
    #[test]
    fn forms_are_those_of_the_validator() {
        let texts = [
            "2026-11-22T10:00:00Z",
            "2026-11-22T10:00:00.123+01:00",
            "2026-11-22 10:00:00Z",
            "2026-11-22",
            "2026-02-30",
            "ann@example.com",
            "a.b+c@mail.example.co.uk",
            "ann@localhost",
            "a..b@example.com",
            "@example.com",
            "ann@-a.com",
            "https://example.com",
            "http://a.b/c?d=e#f",
            "https://",
            "https://exa mple.com",
            "//a/b",
            "https://[",
            "https://a.b/%zz",
            "https://a:b:c/",
            "客",
            "",
        ];
        for (form, has_form) in FORMS {
            let schema = Schema::new(&json!({"format": form})).unwrap();
            for text in texts.iter().filter(|text| has_form(text)) {
                assert!(schema.accepts(&json!(text)), "{form}: {text}");
            }
        }
        assert!(is_email("a.b+c@mail.example.co.uk") && is_address("http://a.b/c?d=e#f") && !is_day("2026-02-30"));
    }
}
