//! One way for all jobs: read, compute, write the files, print the report.

use crate::{
    LabError, Result,
    jobs::{apply, cluster, describe, experiment, recommend, rfm},
    options::{InputArgs, LabCommand, OutputArgs, ReportFormat},
    report::{Findings, InputSummary, Report},
    table::{
        OutputFormat, Projection, ReadOptions, Rejects, Table, read_any, refuse_no_rows, write_csv_rejects,
        write_table, write_text,
    },
};
use serde_json::{Map, Value, json};
use std::{
    collections::BTreeMap,
    io::{ErrorKind, Read, Write},
    path::Path,
    time::Instant,
};

/// Every job that there is.
pub const JOBS: [&str; 6] = ["describe", "rfm", "cluster", "recommend", "experiment", "apply"];

/// The process's own streams, or a test's.
pub struct Streams<'a> {
    /// Read where `--input -` says so.
    pub stdin: &'a mut dyn Read,
    /// Gets the report and nothing else.
    pub stdout: &'a mut dyn Write,
    /// Gets warnings and errors.
    pub stderr: &'a mut dyn Write,
    /// The report is for people unless `--format` says otherwise.
    pub stdout_is_terminal: bool,
}

/// Runs a job and gives the exit status of the process.
pub fn run(command: LabCommand, mut streams: Streams<'_>) -> u8 {
    let done = match &command {
        LabCommand::Describe(args) => {
            execute("describe", &args.input, &args.output, Projection::All, &mut streams, |t| describe::run(args, t))
        }
        LabCommand::Rfm(args) => {
            execute("rfm", &args.input, &args.output, rfm::projection(args), &mut streams, |t| rfm::run(args, t))
        }
        LabCommand::Cluster(args) => {
            execute("cluster", &args.input, &args.output, Projection::All, &mut streams, |t| cluster::run(args, t))
        }
        LabCommand::Recommend(args) => {
            let projection = recommend::projection(args);
            execute("recommend", &args.input, &args.output, projection, &mut streams, |t| recommend::run(args, t))
        }
        LabCommand::Experiment(args) => {
            let projection = experiment::projection(args);
            execute("experiment", &args.input, &args.output, projection, &mut streams, |t| experiment::run(args, t))
        }
        LabCommand::Apply(args) => {
            execute("apply", &args.input, &args.output, Projection::All, &mut streams, |t| apply::run(args, t))
        }
        LabCommand::Other(words) => Err(unknown_job(words)),
    };
    match done {
        Ok(status) => status,
        Err(error) => {
            // Nobody is left to tell where standard error is closed.
            let _ = writeln!(streams.stderr, "error: {error}");
            error.exit_status()
        }
    }
}

fn unknown_job(words: &[String]) -> LabError {
    let name = words.first().map_or("", String::as_str);
    LabError::usage(format!("there is no job `{name}`; there are: {}", JOBS.join(", ")))
}

/// Reads the input, lets `work` compute, writes what was asked for, prints the report.
fn execute(
    job: &str,
    input: &InputArgs,
    output: &OutputArgs,
    projection: Projection,
    streams: &mut Streams<'_>,
    work: impl FnOnce(&mut Table) -> Result<Findings> + Send,
) -> Result<u8> {
    let start = Instant::now();
    if let Some(path) = &output.output {
        OutputFormat::of(path)?;
    }
    let pool = thread_pool(output.threads)?;
    let mut table = read_any(&ReadOptions::of(input), &projection, streams.stdin)?;
    if let Err(error) = refuse_no_rows(&table) {
        write_rejects(input, &table.rejects)?;
        return Err(error);
    }
    let rejected_by_reader = table.rejects.total();
    let read_seconds = start.elapsed().as_secs_f64();
    let (findings, status) = match pool.install(|| work(&mut table)) {
        Ok(findings) => (findings, 0),
        Err(error @ LabError::TooLittleData { .. }) => (too_little(&error), error.exit_status()),
        Err(error) => {
            // Why no row could be used stands in the rejects, now more than ever.
            write_rejects(input, &table.rejects)?;
            return Err(error);
        }
    };
    let mut findings = with_reading(findings, &mut table, output);
    let compute_seconds = start.elapsed().as_secs_f64() - read_seconds;
    write_files(&mut findings, input, output, &table.rejects)?;
    let timings = BTreeMap::from([
        ("read_seconds", read_seconds),
        ("compute_seconds", compute_seconds),
        ("total_seconds", start.elapsed().as_secs_f64()),
    ]);
    let summary = InputSummary::of(&table, &table.rejects, rejected_by_reader);
    print(&Report::new(job, summary, findings, timings), output, streams)?;
    Ok(status)
}

fn thread_pool(threads: Option<usize>) -> Result<rayon::ThreadPool> {
    if threads == Some(0) {
        return Err(LabError::usage("--threads must be at least 1"));
    }
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads.unwrap_or(0))
        .build()
        .map_err(|error| LabError::Other(format!("cannot start threads: {error}")))
}

/// A report that says what would be needed.
fn too_little(error: &LabError) -> Findings {
    let mut findings = Findings::default();
    if let LabError::TooLittleData { missing } = error {
        findings.result("missing", missing);
        findings.section("Too little data for an honest answer", missing.iter().map(|m| format!("  {m}\n")).collect());
    }
    findings.warn(error.to_string());
    findings
}

/// Adds to the parameters how the input was read, and to the warnings what the reader noticed.
fn with_reading(mut findings: Findings, table: &mut Table, output: &OutputArgs) -> Findings {
    let reading: Map<String, Value> = std::mem::take(&mut table.reading);
    findings.parameters.extend(reading);
    findings.parameter("seed", output.seed);
    let mut warnings = std::mem::take(&mut table.warnings);
    warnings.append(&mut findings.warnings);
    findings.warnings = warnings;
    let rejected = table.rejects.total();
    if rejected > 0 {
        let reasons: Vec<_> = table.rejects.counts().iter().map(|(reason, n)| format!("{reason} {n}")).collect();
        findings.warn(format!("{rejected} rows could not be used: {}", reasons.join(", ")));
    }
    findings
}

fn write_files(findings: &mut Findings, input: &InputArgs, output: &OutputArgs, rejects: &Rejects) -> Result<()> {
    write_rejects(input, rejects)?;
    match (&output.output, findings.output.take()) {
        (Some(path), Some(columns)) => write_table(path, &columns)?,
        (Some(path), None) => {
            findings.warn(format!("{} was not written: this job has no result per row", path.display()))
        }
        (None, _) => {}
    }
    Ok(())
}

fn write_rejects(input: &InputArgs, rejects: &Rejects) -> Result<()> {
    input.rejects.as_ref().map_or(Ok(()), |path| write_csv_rejects(path, &rejects.clone().into_rows()))
}

fn print(report: &Report, output: &OutputArgs, streams: &mut Streams<'_>) -> Result<()> {
    for warning in report.warnings() {
        let _ = writeln!(streams.stderr, "warning: {warning}");
    }
    let default = if streams.stdout_is_terminal { ReportFormat::Text } else { ReportFormat::Json };
    let text = match output.format.unwrap_or(default) {
        ReportFormat::Text => report.to_text(),
        ReportFormat::Json => report.to_json().map_err(|error| LabError::Other(error.to_string()))?,
    };
    match streams.stdout.write_all(text.as_bytes()).and_then(|()| streams.stdout.flush()) {
        // `| head` closes the pipe early, which is no error.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(LabError::Other(format!("cannot print: {error}"))),
        _ => Ok(()),
    }
}

/// Keeps a model, whole or not at all.
pub(crate) fn save_model(path: &Path, kind: &str, model: Value) -> Result<()> {
    let file = json!({ "bellwether_model": kind, "version": env!("CARGO_PKG_VERSION"), "model": model });
    let text = serde_json::to_string(&file).map_err(|error| LabError::Other(error.to_string()))?;
    write_text(path, &text)
}
