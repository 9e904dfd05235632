//! The report: one envelope with stable keys for programs, aligned tables for people.

mod layout;
mod width;

pub(crate) use layout::{Grid, bar, change, count, number, percent};

use crate::table::{OutputColumn, Rejects, Table};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// What a job found, before it is wrapped up.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// What was really used: options, defaults, tuned values.
    pub parameters: Map<String, Value>,
    /// Numbers that judge the result.
    pub metrics: Map<String, Value>,
    /// The result itself.
    pub result: Map<String, Value>,
    /// What a person should know before believing it.
    pub warnings: Vec<String>,
    /// The result in words and tables: heading and body.
    pub sections: Vec<(String, String)>,
    /// The result per row, for `--output`.
    pub output: Option<Vec<OutputColumn>>,
}

impl Findings {
    pub fn parameter(&mut self, name: &str, value: impl Serialize) {
        self.parameters.insert(name.to_owned(), json!(value));
    }

    pub fn metric(&mut self, name: &str, value: impl Serialize) {
        self.metrics.insert(name.to_owned(), json!(value));
    }

    pub fn result(&mut self, name: &str, value: impl Serialize) {
        self.result.insert(name.to_owned(), json!(value));
    }

    pub fn section(&mut self, heading: &str, body: String) {
        self.sections.push((heading.to_owned(), body));
    }

    pub fn warn(&mut self, text: impl Into<String>) {
        self.warnings.push(text.into());
    }
}

/// The whole report. Fields are written in this order.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    job: String,
    version: &'static str,
    input: InputSummary,
    parameters: Map<String, Value>,
    metrics: Map<String, Value>,
    result: Map<String, Value>,
    timings: BTreeMap<&'static str, f64>,
    warnings: Vec<String>,
    #[serde(skip)]
    sections: Vec<(String, String)>,
}

/// How much was read, and how much of it could not be used.
#[derive(Debug, Serialize)]
pub(crate) struct InputSummary {
    file: String,
    /// Data rows in the file, usable or not.
    rows: u64,
    /// Columns in the file.
    columns: usize,
    rejected: RejectedSummary,
}

#[derive(Debug, Serialize)]
struct RejectedSummary {
    total: u64,
    reasons: BTreeMap<String, u64>,
}

impl InputSummary {
    /// The input as it was read; `rows` is the number of rows that the reader gave to the job.
    pub fn of(table: &Table, rejects: &Rejects, rejected_by_reader: u64) -> Self {
        Self {
            file: if table.input == "-" { "standard input".to_owned() } else { table.input.clone() },
            rows: table.rows() as u64 + rejected_by_reader,
            columns: table.all_names.len(),
            rejected: RejectedSummary { total: rejects.total(), reasons: rejects.counts().clone() },
        }
    }
}

impl Report {
    pub fn new(job: &str, input: InputSummary, findings: Findings, timings: BTreeMap<&'static str, f64>) -> Self {
        Self {
            job: job.to_owned(),
            version: env!("CARGO_PKG_VERSION"),
            input,
            parameters: findings.parameters,
            metrics: findings.metrics,
            result: findings.result,
            timings,
            warnings: findings.warnings,
            sections: findings.sections,
        }
    }

    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// One JSON object, indented.
    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self).map(|text| text + "\n")
    }

    /// Tables and charts for a terminal.
    pub fn to_text(&self) -> String {
        let mut text = format!("bellwether lab {} · {}\n", self.job, self.input.file);
        text.push_str(&format!("{} rows, {} columns", count(self.input.rows), self.input.columns));
        if self.input.rejected.total > 0 {
            let reasons = self.input.rejected.reasons.iter().map(|(reason, n)| format!("{reason} {}", count(*n)));
            let reasons = reasons.collect::<Vec<_>>().join(", ");
            text.push_str(&format!("; {} not used ({reasons})", count(self.input.rejected.total)));
        }
        text.push('\n');
        for (heading, body) in &self.sections {
            text.push_str(&format!("\n{heading}\n{body}"));
        }
        text.push_str(&format!("\nParameters\n{}", parameters_as_text(&self.parameters)));
        let seconds = self.timings.get("total_seconds").copied().unwrap_or(0.0);
        text.push_str(&format!("\n{seconds:.2} s\n"));
        text
    }
}

fn parameters_as_text(parameters: &Map<String, Value>) -> String {
    let mut grid = Grid::new(&["parameter", "value"]);
    for (name, value) in parameters {
        let shown = match value {
            Value::String(text) => text.clone(),
            Value::Array(items) if items.len() > 8 => format!("{} values", items.len()),
            other => other.to_string(),
        };
        grid.row(vec![name.clone(), shown]);
    }
    grid.print()
}
