//! Runs a command line in this process and keeps what came out.

use bellwether_lab::{LabCommand, Streams, run};
use clap::Parser;
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The part of the binary's command line that belongs to the laboratory.
#[derive(Debug, Parser)]
struct Cli {
    #[command(subcommand)]
    job: LabCommand,
}

/// What a run left behind.
#[derive(Debug)]
pub struct Ran {
    pub status: u8,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    /// The report, of a run that ended with `status`.
    #[track_caller]
    pub fn report(&self, status: u8) -> Value {
        assert_eq!(self.status, status, "{}", self.stderr);
        serde_json::from_str(&self.stdout).unwrap_or_else(|e| panic!("{e}: {}", self.stdout))
    }
}

/// Runs `bellwether lab` with these words.
#[track_caller]
pub fn lab(words: &[&str]) -> Ran {
    lab_with_input(words, b"")
}

/// The same with something on standard input.
#[track_caller]
pub fn lab_with_input(words: &[&str], mut stdin: &[u8]) -> Ran {
    let cli =
        Cli::try_parse_from(std::iter::once("lab").chain(words.iter().copied())).unwrap_or_else(|e| panic!("{e}"));
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let streams = Streams { stdin: &mut stdin, stdout: &mut stdout, stderr: &mut stderr, stdout_is_terminal: false };
    let status = run(cli.job, streams);
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("reports are UTF-8");
    Ran { status, stdout: text(stdout), stderr: text(stderr) }
}

/// Runs a job on some text; the report in JSON.
#[track_caller]
pub fn report_of(job: &str, text: &str, options: &[&str]) -> Value {
    let words: Vec<&str> = [job, "--input", "-"].into_iter().chain(options.iter().copied()).collect();
    lab_with_input(&words, text.as_bytes()).report(0)
}

/// A file of the shared data sets, or `None` (said on standard error) where there are none. With BELLWETHER_REQUIRE_ALL=1
/// that is a failure.
pub fn shared(file: &str) -> Option<PathBuf> {
    let path = std::env::var_os("BELLWETHER_DATA").map(|folder| Path::new(&folder).join(file));
    match path {
        Some(path) if path.exists() => Some(path),
        _ => {
            let required = std::env::var("BELLWETHER_REQUIRE_ALL").is_ok_and(|value| value == "1");
            assert!(!required, "{file} is not in BELLWETHER_DATA, and BELLWETHER_REQUIRE_ALL asks for it");
            eprintln!("SKIPPED: {file} is not in BELLWETHER_DATA");
            None
        }
    }
}

/// Figures that pandas, scikit-learn and SciPy computed; `golden/make_golden.py` makes them.
pub fn golden(section: &str) -> Value {
    let all: Value = serde_json::from_str(include_str!("../golden/golden.json")).expect("the golden file is JSON");
    all[section].clone()
}

/// Refuses numbers that differ by more than `tolerance` relative to the expected one.
#[track_caller]
pub fn check_close(what: &str, found: &Value, expected: &Value, tolerance: f64) {
    let (Some(a), Some(b)) = (found.as_f64(), expected.as_f64()) else {
        panic!("{what}: {found} instead of {expected}")
    };
    assert!((a - b).abs() <= tolerance * b.abs().max(1e-12), "{what}: {a} instead of {b}");
}

/// The report as text without its last line, the time.
pub fn without_time(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[..lines.len() - 2].join("\n")
}

/// The report without the times and the input's name, to be compared.
pub fn comparable(mut report: Value) -> Value {
    report["timings"] = Value::Null;
    report["input"]["file"] = Value::Null;
    report
}
