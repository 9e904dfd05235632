//! `apply`: score new rows with a model that `--save` kept.

use crate::{
    LabError, Result,
    jobs::{cluster, rfm},
    options::ApplyArgs,
    report::Findings,
    table::Table,
};
use serde::Deserialize;
use serde_json::Value;
use std::path::Path;

/// What a model file holds.
#[derive(Debug, Deserialize)]
struct ModelFile {
    /// The job that made it.
    bellwether_model: String,
    version: String,
    model: Value,
}

/// Scores the rows of the table.
pub(crate) fn run(args: &ApplyArgs, table: &mut Table) -> Result<Findings> {
    let file = read_model(&args.model)?;
    let mut findings = match file.bellwether_model.as_str() {
        "cluster" => cluster::apply(&parse(&args.model, file.model)?, table, &args.input)?,
        "rfm" => rfm::apply(&parse(&args.model, file.model)?, table, args.input.date_format.as_deref())?,
        other => return Err(damaged(&args.model, &format!("this version knows no `{other}` models"))),
    };
    findings.parameter("model", args.model.display().to_string());
    findings.parameter("model_job", file.bellwether_model);
    findings.parameter("model_version", file.version);
    Ok(findings)
}

fn read_model(path: &Path) -> Result<ModelFile> {
    let text = std::fs::read_to_string(path).map_err(|error| damaged(path, &error.to_string()))?;
    serde_json::from_str(&text)
        .map_err(|error| damaged(path, &format!("this is no model that `--save` wrote ({error})")))
}

fn parse<T: for<'de> Deserialize<'de>>(path: &Path, model: Value) -> Result<T> {
    serde_json::from_value(model).map_err(|error| damaged(path, &format!("the model is damaged ({error})")))
}

fn damaged(path: &Path, problem: &str) -> LabError {
    LabError::usage(format!("--model {}: {problem}", path.display()))
}
