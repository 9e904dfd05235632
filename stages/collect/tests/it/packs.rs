//! The ready mappings of `packs/mappings`: every one makes of its samples what is committed beside them.
//!
//! `UPDATE_SNAPSHOTS=1` writes the expectations anew; look at the difference before it is committed.

use crate::support::{bundled, drain};
use bellwether_collect::{EventMapping, Importer, Mapping, Receipt, Record, hooks::parse_mapping};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    bundled("packs/mappings")
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|found| found == extension)).collect();
    files.sort();
    files
}

/// Compares with what is committed, as values: the order of fields is no part of them.
fn check(expected: &Path, actual: &Value) {
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(expected, serde_json::to_string_pretty(actual).unwrap() + "\n").unwrap();
    }
    let text = std::fs::read_to_string(expected).unwrap_or_else(|error| panic!("{}: {error}", expected.display()));
    let committed: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(&committed, actual, "{}", expected.display());
}

#[test]
fn mappings_of_files() {
    let mappings = files(&folder(), "toml");
    assert_eq!(mappings.len(), 11);
    for path in mappings {
        let text = std::fs::read_to_string(&path).unwrap();
        let mapping = Mapping::parse(&path.display().to_string(), &text).unwrap_or_else(|error| panic!("{error}"));
        let sample = path.with_extension("sample.csv");
        let importer = Importer::open(&sample, mapping.rows().unwrap());
        let imported = drain(importer.unwrap_or_else(|error| panic!("{error}")), 100).unwrap();
        let rejects: Vec<&str> = imported.rejects.iter().map(|reject| reject.detail.as_str()).collect();
        check(
            &path.with_extension("expected.json"),
            &json!({ "skipped": imported.skipped, "events": imported.events, "rejects": rejects }),
        );
    }
}

/// The header that a service says the topic in, where it does not stand in the body.
fn with_topic<'r>(record: Record<'r>, service: &str, file: &str) -> Record<'r> {
    match service {
        "shopify" => {
            let topic = file.split("--").next().unwrap_or_default();
            record.with_header("X-Shopify-Topic", topic.replacen('-', "/", 1))
        }
        "woocommerce" => {
            let topic = file.split('-').next().unwrap_or_default().to_owned();
            record.with_header("X-WC-Webhook-Topic", topic)
        }
        _ => record,
    }
}

#[test]
fn mappings_of_web_hooks() {
    let mappings = files(&folder().join("webhooks"), "toml");
    assert_eq!(mappings.len(), 7);
    let received_at: DateTime<Utc> = "2026-12-01T00:00:00Z".parse().unwrap();
    for path in mappings {
        let text = std::fs::read_to_string(&path).unwrap();
        let mapping = EventMapping::parse(&path.display().to_string(), &text).unwrap_or_else(|error| panic!("{error}"));
        let service = path.file_stem().unwrap().to_str().unwrap();
        let receipt = Receipt {
            source: mapping.source.as_str().into(),
            received_at: Some(received_at),
            currency: None,
            line: None,
        };
        let mut all = serde_json::Map::new();
        for sample in files(&path.with_extension(""), "json") {
            let file = sample.file_stem().unwrap().to_str().unwrap();
            let body = std::fs::read_to_string(&sample).unwrap();
            let record = with_topic(Record::parse(&body).unwrap(), service, file);
            let events = mapping.apply(&record, &receipt).unwrap_or_else(|reject| panic!("{file}: {}", reject.detail));
            let events: Vec<Value> = events.iter().map(|event| serde_json::to_value(event.raw()).unwrap()).collect();
            all.insert(file.to_owned(), events.into());
        }
        check(&path.with_extension("expected.json"), &all.into());
    }
}

/// What the guide says can be copied.
#[test]
fn mappings_of_the_guide_to_web_hooks_can_be_read() {
    let guide = std::fs::read_to_string(bundled("docs/hooks.md")).unwrap();
    let blocks: Vec<&str> = guide.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert_eq!(blocks.len(), 1);
    for block in blocks {
        parse_mapping(block).unwrap_or_else(|error| panic!("{error}"));
    }
}
