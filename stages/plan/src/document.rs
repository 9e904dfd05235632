//! The plan as one file that lives in git: JSON or TOML.

use crate::{Schema, SchemaError, TooMany, check_size};
use bellwether_domain::{NewPlanChange, PlanChange, PlanContent, PlanKey, PlanMode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeSet;

/// The longest name of an event or a source, in characters.
const NAME: usize = 255;

/// A whole plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanDocument {
    /// What happens to events that it does not name.
    #[serde(default = "watch")]
    pub unplanned: PlanMode,
    /// Those that it names.
    #[serde(default)]
    pub events: Vec<PlannedEvent>,
}

const fn watch() -> PlanMode {
    PlanMode::Watch
}

/// One entry.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedEvent {
    /// The event's name.
    pub event: String,
    /// Only those of this source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What happens to those that do not keep to the schema.
    #[serde(default = "watch")]
    pub mode: PlanMode,
    /// A JSON Schema of the properties, or of the traits of `identify` and `group`.
    pub schema: Value,
}

/// How the file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentFormat {
    /// JSON.
    Json,
    /// TOML.
    Toml,
}

/// Why a file is no plan.
#[derive(Debug, thiserror::Error)]
pub enum DocumentError {
    /// It cannot be read.
    #[error("it is no plan: {0}")]
    Unreadable(String),
    /// An event has no name, or one that no event can have.
    #[error("entry {number}: `{field}` {problem}")]
    Name {
        /// Which entry, counted from 1.
        number: usize,
        /// `event` or `source`.
        field: &'static str,
        /// What is wrong.
        problem: String,
    },
    /// An event is there twice.
    #[error("entry {number}: {key} is there already; give each event one entry, or one for each source")]
    Twice {
        /// Which entry, counted from 1.
        number: usize,
        /// Its name.
        key: PlanKey,
    },
    /// A schema cannot be taken.
    #[error("entry {number}, {key}: {error}")]
    Schema {
        /// Which entry, counted from 1.
        number: usize,
        /// Its name.
        key: PlanKey,
        /// Why.
        error: SchemaError,
    },
    /// There is too much of it.
    #[error(transparent)]
    TooMany(#[from] TooMany),
}

impl DocumentFormat {
    /// By the end of a file's name: `.toml` is TOML, all else JSON.
    pub fn of(name: &str) -> Self {
        if name.to_lowercase().ends_with(".toml") { Self::Toml } else { Self::Json }
    }
}

impl PlannedEvent {
    /// Which events it is about.
    pub fn key(&self) -> PlanKey {
        PlanKey { event: self.event.trim().to_owned(), source: self.source.as_deref().map(|s| s.trim().to_owned()) }
    }

    /// What it says.
    pub fn content(&self) -> PlanContent {
        PlanContent { mode: self.mode, schema: Some(self.schema.to_string()) }
    }
}

impl PlanDocument {
    /// What is in force.
    pub fn of(changes: &[PlanChange]) -> Self {
        let mut document = Self { unplanned: watch(), events: Vec::new() };
        for change in changes {
            let Some(content) = &change.content else { continue };
            let Some(key) = &change.key else {
                document.unplanned = content.mode;
                continue;
            };
            let schema = content.schema.as_deref().and_then(|text| serde_json::from_str(text).ok());
            document.events.push(PlannedEvent {
                event: key.event.clone(),
                source: key.source.clone(),
                mode: content.mode,
                schema: schema.unwrap_or_else(|| Value::Object(serde_json::Map::new())),
            });
        }
        document
    }

    /// Reads a file.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn read(text: &str, format: DocumentFormat) -> Result<Self, DocumentError> {
        let read: Self = match format {
            DocumentFormat::Json => {
                serde_json::from_str(text).map_err(|error| DocumentError::Unreadable(error.to_string()))?
            }
            DocumentFormat::Toml => {
                toml::from_str(text).map_err(|error| DocumentError::Unreadable(error.to_string()))?
            }
        };
        read.check()?;
        Ok(read)
    }

    /// Writes a file that [`Self::read`] reads.
    ///
    /// # Errors
    /// TOML has no word for `null`: a schema that has one can be written as JSON only.
    pub fn write(&self, format: DocumentFormat) -> Result<String, DocumentError> {
        let unwritable = |error: String| DocumentError::Unreadable(error);
        match format {
            DocumentFormat::Json => {
                serde_json::to_string_pretty(self).map(|text| text + "\n").map_err(|e| unwritable(e.to_string()))
            }
            DocumentFormat::Toml => toml::to_string_pretty(self)
                .map_err(|error| unwritable(format!("a schema in it cannot be written as TOML ({error}); write JSON"))),
        }
    }

    /// Whether all of it can be taken.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn check(&self) -> Result<(), DocumentError> {
        check_size(self.events.iter().map(|entry| &entry.schema))?;
        let mut seen = BTreeSet::new();
        for (index, entry) in self.events.iter().enumerate() {
            let (number, key) = (index + 1, entry.key());
            name("event", number, &key.event)?;
            key.source.as_deref().map(|source| name("source", number, source)).transpose()?;
            if let Err(error) = Schema::parse(&entry.schema.to_string()) {
                return Err(DocumentError::Schema { number, key, error });
            }
            if !seen.insert(key.clone()) {
                return Err(DocumentError::Twice { number, key });
            }
        }
        Ok(())
    }

    /// The changes that make this the plan: entries that it does not have are taken out.
    pub fn changes(&self, stands: &[PlanChange]) -> Vec<NewPlanChange> {
        let policy = PlanContent { mode: self.unplanned, schema: None };
        let is_default = self.unplanned == watch() && !stands.iter().any(|change| change.key.is_none());
        let unplanned = (!is_default).then_some(NewPlanChange { key: None, content: Some(policy), based_on: None });
        let entries = self.events.iter().map(|entry| NewPlanChange {
            key: Some(entry.key()),
            content: Some(entry.content()),
            based_on: None,
        });
        let has = |key: &PlanKey| self.events.iter().any(|entry| entry.key() == *key);
        let gone = stands.iter().filter(|change| change.content.is_some()).filter_map(|change| change.key.clone());
        let gone = gone.filter(|key| !has(key));
        let gone = gone.map(|key| NewPlanChange { key: Some(key), content: None, based_on: None });
        unplanned.into_iter().chain(entries).chain(gone).collect()
    }
}

fn name(field: &'static str, number: usize, text: &str) -> Result<(), DocumentError> {
    let problem = match text.chars().count() {
        0 => "is empty".to_owned(),
        count if count > NAME => format!("has {count} characters, and {NAME} are the most"),
        _ => return Ok(()),
    };
    Err(DocumentError::Name { number, field, problem })
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_domain::PlanVersion;
    use chrono::DateTime;

    const TOML: &str = r#"
unplanned = "flag"

[[events]]
event = "Order Completed"
mode = "reject"

[events.schema]
required = ["order_id"]
properties.total = { type = "number", minimum = 0 }

[[events]]
event = "Seen"
source = "web"
schema = {}
"#;

    fn made(document: &PlanDocument, stands: &[PlanChange]) -> Vec<PlanChange> {
        let changes = document.changes(stands).into_iter().enumerate();
        let made = |(index, new): (usize, NewPlanChange)| PlanChange {
            version: PlanVersion(index as u64 + 1),
            key: new.key,
            content: new.content,
            author: String::new(),
            note: String::new(),
            at: DateTime::UNIX_EPOCH,
        };
        changes.map(made).collect()
    }

    #[test]
    fn both_forms_are_read_and_written() {
        let plan = PlanDocument::read(TOML, DocumentFormat::Toml).unwrap();
        assert_eq!((plan.unplanned, plan.events.len(), plan.events[1].mode), (PlanMode::Flag, 2, PlanMode::Watch));
        assert_eq!(plan.events[0].schema["properties"]["total"]["minimum"], 0);
        for format in [DocumentFormat::Json, DocumentFormat::Toml] {
            let written = plan.write(format).unwrap();
            assert_eq!(PlanDocument::read(&written, format).unwrap(), plan, "{written}");
        }
        assert_eq!(PlanDocument::of(&made(&plan, &[])), plan);
    }

    #[test]
    fn what_is_no_plan_says_where() {
        let check = |text: &str, word: &str| {
            let error = PlanDocument::read(text, DocumentFormat::Json).unwrap_err().to_string();
            assert!(error.contains(word), "{text}: {error}");
        };
        check("{", "EOF");
        check(r#"{"evnts": []}"#, "evnts");
        check(r#"{"events": [{"event": "A", "mode": "ban", "schema": {}}]}"#, "line 1");
        check(r#"{"events": [{"event": " ", "schema": {}}]}"#, "entry 1: `event` is empty");
        check(r#"{"events": [{"event": "A", "schema": {}}, {"event": "A ", "schema": {}}]}"#, "entry 2: A is there");
        let schema = r#"{"events": [{"event": "A", "source": "web", "schema": {"type": "numbr"}}]}"#;
        check(schema, "entry 1, A (source web): the schema at /type");
        let many = PlannedEvent { event: "A".to_owned(), source: None, mode: watch(), schema: Value::Bool(true) };
        let many = PlanDocument { unplanned: watch(), events: vec![many; 501] };
        assert!(many.check().unwrap_err().to_string().contains("501 entries"));
        let null = PlannedEvent { schema: serde_json::json!({"const": null}), ..many.events[0].clone() };
        let null = PlanDocument { events: vec![null], ..many };
        assert!(null.write(DocumentFormat::Toml).unwrap_err().to_string().contains("write JSON"));
    }

    #[test]
    fn what_a_file_does_not_have_is_taken_out() {
        let plan = PlanDocument::read(TOML, DocumentFormat::Toml).unwrap();
        let stands = made(&plan, &[]);
        let less = PlanDocument { unplanned: watch(), events: plan.events[..1].to_vec() };
        let changes = less.changes(&stands);
        assert_eq!(changes.len(), 3);
        assert_eq!(changes[0].content.as_ref().map(|content| content.mode), Some(PlanMode::Watch));
        assert_eq!((&changes[2].key, &changes[2].content), (&Some(plan.events[1].key()), &None));
        let nothing = PlanDocument { unplanned: watch(), events: Vec::new() };
        assert_eq!(nothing.changes(&[]), [], "an empty plan changes nothing where there is none");
    }
}
