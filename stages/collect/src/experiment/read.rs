//! The files of a finished experiment, row by row into sums.

use super::sums::{ArmSums, CovariateSummary, Person};
use crate::{
    binding::{Bound, Context},
    error::{Error, Result},
    mapping::{ExperimentMapping, NumberStyle},
    number,
    read::{Input, KEEP, Next, Problem, Row, Table, Text},
};
use bellwether_domain::{
    ArmSummary, ExperimentDefinition, ExperimentId, ExperimentKind, MetricKind, Origin, Reject, RejectReason,
    SegmentArm,
};
use std::{collections::HashMap, path::Path, path::PathBuf, sync::Arc};

/// More values than this in a segment column are an identifier, not groups.
const SEGMENT_VALUES: usize = 200;
/// More arms than this are not arms.
const ARMS: usize = 50;
/// Rejects beyond these are counted, not kept.
const KEPT_REJECTS: usize = 10_000;

/// What came out of an experiment, as sums.
#[derive(Debug, Clone, PartialEq)]
pub struct ExperimentData {
    /// Who was compared with whom, by what.
    pub definition: ExperimentDefinition,
    /// The arms' names, in order: that of the mapping, else that of appearance.
    pub arms: Vec<String>,
    /// For every arm and outcome.
    pub summaries: Vec<ArmSummary>,
    /// For every arm, segment column, value and outcome.
    pub segments: Vec<SegmentArm>,
    /// For every arm, covariate and outcome.
    pub covariates: Vec<CovariateSummary>,
    /// Rows read, the rejected ones included.
    pub rows: u64,
    /// Rows that could not be used.
    pub rejected: u64,
    /// The same by arm, in the arms' order, where the row said its arm.
    pub rejected_by_arm: Vec<u64>,
    /// The first 10,000 of them.
    pub rejects: Vec<Reject>,
}

/// Reads the files of an experiment. With `arm_column` every file holds rows of all arms; otherwise each arm's `file` must
/// be the end of one of the `paths`.
///
/// # Errors
/// As for any table; also when the control arm has no row, a file belongs to no arm, or a segment column has too many values.
pub fn read_experiment(paths: &[PathBuf], mapping: &ExperimentMapping) -> Result<ExperimentData> {
    let mut reading = Reading::new(mapping);
    for (path, arm) in files(paths, mapping)? {
        reading.read_file(path, arm)?;
    }
    reading.finish()
}

impl ExperimentMapping {
    /// The files that the arms name, in the folder of the mapping; empty where the mapping names none.
    pub fn files_in(&self, folder: &Path) -> Vec<PathBuf> {
        self.arms.iter().filter_map(|arm| arm.file.as_ref()).map(|file| folder.join(file)).collect()
    }
}

/// Every file with the arm whose rows it holds, where it is one arm's.
fn files<'p>(paths: &'p [PathBuf], mapping: &'p ExperimentMapping) -> Result<Vec<(&'p Path, Option<&'p str>)>> {
    if paths.is_empty() {
        return Err(Error::Experiment("no file is given to read the experiment from".to_owned()));
    }
    if mapping.arm.is_some() {
        return Ok(paths.iter().map(|path| (path.as_path(), None)).collect());
    }
    for path in paths {
        let belongs = mapping.arms.iter().any(|arm| arm.file.as_ref().is_some_and(|file| path.ends_with(file)));
        if !belongs {
            let known: Vec<&str> = mapping.arms.iter().filter_map(|arm| arm.file.as_deref()).collect();
            return Err(Error::Experiment(format!(
                "{} is the file of no arm; the mapping names {}",
                path.display(),
                known.join(", ")
            )));
        }
    }
    let of_arm = |arm: &'p crate::mapping::ArmMapping| {
        let file = arm.file.as_deref().unwrap_or_default();
        let path = paths
            .iter()
            .find(|path| path.ends_with(file))
            .ok_or_else(|| Error::Experiment(format!("the file of arm `{}` is missing: {file}", arm.name)))?;
        Ok((path.as_path(), Some(arm.name.as_str())))
    };
    mapping.arms.iter().map(of_arm).collect()
}

struct Reading<'m> {
    mapping: &'m ExperimentMapping,
    source: Arc<str>,
    arms: Vec<ArmSums>,
    /// Whether an arm that the mapping does not list may appear.
    open: bool,
    rows: u64,
    rejected: u64,
    rejected_by_arm: HashMap<String, u64>,
    rejects: Vec<Reject>,
}

/// A mapping of an experiment, tied to the columns of a file.
struct Binding {
    arm: Option<Bound>,
    outcomes: Vec<(usize, MetricKind)>,
    covariates: Vec<usize>,
    segments: Vec<usize>,
}

impl Binding {
    /// The arm of a row: that of its file, else what the row says; empty where it says none.
    fn arm_of(&self, row: &Row<'_>, file: Option<&str>) -> String {
        let said = || self.arm.as_ref().map(|bound| bound.value(row, Context::default()).to_string());
        file.map(str::to_owned).or_else(said).unwrap_or_default()
    }
}

impl<'m> Reading<'m> {
    fn new(mapping: &'m ExperimentMapping) -> Self {
        let mut reading = Self {
            mapping,
            source: mapping.source.as_str().into(),
            arms: Vec::new(),
            open: mapping.arms.is_empty(),
            rows: 0,
            rejected: 0,
            rejected_by_arm: HashMap::new(),
            rejects: Vec::new(),
        };
        reading.arms = mapping.arms.iter().map(|arm| reading.new_arm(&arm.name)).collect();
        reading
    }

    fn new_arm(&self, name: &str) -> ArmSums {
        let mapping = self.mapping;
        ArmSums::new(name, mapping.outcomes.len(), mapping.covariates.len(), mapping.segments.len())
    }

    fn read_file(&mut self, path: &Path, arm: Option<&str>) -> Result<()> {
        let mut table = Table::open(Text::open(Input::open(path)?, self.mapping.file.encoding)?, &self.mapping.file)?;
        let binding = self.bind(&table)?;
        table.forget_sample();
        let Table { name, columns, mut rows, .. } = table;
        let (rows_before, bad_before) = (self.rows, self.rejected);
        let mut first = None;
        loop {
            let problem = match rows.next().map_err(|source| Error::Io { path: path.to_owned(), source })? {
                Next::End => break,
                Next::Problem(problem) => Some(problem),
                Next::Row(row) => {
                    let bad = self.row(&row, &binding, arm, |index| columns.name(index).to_owned()).err();
                    if bad.is_some() {
                        *self.rejected_by_arm.entry(binding.arm_of(&row, arm)).or_default() += 1;
                    }
                    bad
                }
            };
            self.rows += 1;
            if let Some(problem) = problem {
                first.get_or_insert_with(|| problem.detail.clone());
                self.reject(problem);
            }
        }
        let read = self.rows - rows_before;
        match first {
            _ if read == 0 => Err(Error::OnlyHeader { file: name }),
            Some(first) if self.rejected - bad_before == read => {
                Err(Error::AllRowsBad { file: name, rows: read, first })
            }
            _ => self.check_segments(&name),
        }
    }

    fn bind(&self, table: &Table) -> Result<Binding> {
        let mapping = self.mapping;
        let index = |column: &String, key: &str| table.columns.index(column, key);
        Ok(Binding {
            arm: mapping.arm.as_ref().map(|arm| Bound::new(arm, &table.columns)).transpose()?,
            outcomes: mapping
                .outcomes
                .iter()
                .map(|outcome| Ok((index(&outcome.column, "outcome.column")?, outcome.metric.kind)))
                .collect::<Result<_>>()?,
            covariates: mapping.covariates.iter().map(|column| index(column, "covariates")).collect::<Result<_>>()?,
            segments: mapping.segments.iter().map(|column| index(column, "segments")).collect::<Result<_>>()?,
        })
    }

    fn row(
        &mut self,
        row: &Row<'_>,
        binding: &Binding,
        arm: Option<&str>,
        column: impl Fn(usize) -> String,
    ) -> Result<(), Problem> {
        let fail = |index: Option<usize>, reason, what: String| {
            let field = index.map(&column);
            let place = field.as_ref().map_or(String::new(), |field| format!(", column `{field}`"));
            let detail = format!("line {}{place}: {what}", row.line);
            Problem { line: row.line, field, reason, detail, content: row.raw.chars().take(KEEP).collect() }
        };
        let numbers = self.mapping.numbers;
        let outcomes = binding.outcomes.iter().map(|(index, kind)| {
            outcome(row.field(*index), *kind, numbers).map_err(|(reason, what)| fail(Some(*index), reason, what))
        });
        let outcomes = outcomes.collect::<Result<Vec<f64>, _>>()?;
        let covariates = binding.covariates.iter().map(|index| {
            filled_number(row.field(*index), numbers).map_err(|(reason, what)| fail(Some(*index), reason, what))
        });
        let covariates = covariates.collect::<Result<Vec<f64>, _>>()?;
        let segments: Vec<&str> = binding.segments.iter().map(|index| row.field(*index).trim()).collect();
        let sums = self.arm(&binding.arm_of(row, arm)).map_err(|(reason, what)| fail(None, reason, what))?;
        sums.add(&Person { outcomes: &outcomes, covariates: &covariates, segments: &segments });
        Ok(())
    }

    fn arm(&mut self, name: &str) -> Result<&mut ArmSums, (RejectReason, String)> {
        if name.is_empty() {
            return Err((RejectReason::MissingField, "the arm is empty, but every row needs one".to_owned()));
        }
        if let Some(at) = self.arms.iter().position(|arm| arm.name == name) {
            return Ok(&mut self.arms[at]);
        }
        if !self.open || self.arms.len() == ARMS {
            let why = if self.open { "there are already 50 arms" } else { "the mapping lists no arm of this name" };
            return Err((RejectReason::Malformed, format!("arm `{name}` is unknown: {why}")));
        }
        let arm = self.new_arm(name);
        self.arms.push(arm);
        let last = self.arms.len() - 1;
        Ok(&mut self.arms[last])
    }

    fn reject(&mut self, problem: Problem) {
        self.rejected += 1;
        if self.rejects.len() < KEPT_REJECTS {
            self.rejects.push(Reject {
                origin: Origin { source: self.source.clone(), line: Some(problem.line) },
                field: problem.field,
                reason: problem.reason,
                detail: problem.detail,
                content: problem.content,
                received_at: None,
            });
        }
    }

    fn check_segments(&self, file: &str) -> Result<()> {
        let widest = self.arms.iter().filter_map(ArmSums::widest_segment).max_by_key(|(_, values)| *values);
        match widest {
            Some((column, values)) if values > SEGMENT_VALUES => Err(Error::Experiment(format!(
                "{file}: column `{}` has {values} different values, too many for `segments`; choose columns that divide people into a few groups",
                self.mapping.segments[column]
            ))),
            _ => Ok(()),
        }
    }

    fn finish(self) -> Result<ExperimentData> {
        let mapping = self.mapping;
        let arms: Vec<String> = self.arms.iter().map(|arm| arm.name.clone()).collect();
        let metrics: Vec<String> = mapping.outcomes.iter().map(|outcome| outcome.metric.key.clone()).collect();
        let summaries: Vec<ArmSummary> = self.arms.iter().flat_map(|arm| arm.summaries(&metrics)).collect();
        if let Some(empty) = summaries.iter().find(|summary| summary.n == 0) {
            return Err(Error::Experiment(format!(
                "no row belongs to arm `{}`; the arms found: {}",
                empty.arm,
                arms.join(", ")
            )));
        }
        if !arms.contains(&mapping.control) {
            return Err(Error::Experiment(format!(
                "no row belongs to the control arm `{}`; the arms found: {}",
                mapping.control,
                arms.join(", ")
            )));
        }
        Ok(ExperimentData {
            definition: definition(mapping),
            segments: self.arms.iter().flat_map(|arm| arm.segment_summaries(&mapping.segments, &metrics)).collect(),
            covariates: self
                .arms
                .iter()
                .flat_map(|arm| arm.covariate_summaries(&mapping.covariates, &metrics))
                .collect(),
            rejected_by_arm: arms.iter().map(|arm| self.rejected_by_arm.get(arm).copied().unwrap_or(0)).collect(),
            arms,
            summaries,
            rows: self.rows,
            rejected: self.rejected,
            rejects: self.rejects,
        })
    }
}

fn definition(mapping: &ExperimentMapping) -> ExperimentDefinition {
    let shares: Vec<f64> = mapping.arms.iter().filter_map(|arm| arm.share).collect();
    let total: f64 = shares.iter().sum();
    ExperimentDefinition {
        id: ExperimentId::derive(&[mapping.source.as_bytes()]),
        slug: mapping.source.clone(),
        name: mapping.name.clone(),
        description: mapping.description.clone(),
        kind: ExperimentKind::Imported,
        control: mapping.control.clone(),
        allocation: shares.iter().map(|share| share / total).collect(),
        metrics: mapping.outcomes.iter().map(|outcome| outcome.metric.clone()).collect(),
        cost_per_message: mapping.cost_per_message,
        currency: mapping.currency.clone(),
        ended_at: mapping.ended_at,
    }
}

type Fault = (RejectReason, String);

fn outcome(text: &str, kind: MetricKind, numbers: NumberStyle) -> Result<f64, Fault> {
    if kind == MetricKind::Amount {
        return filled_number(text, numbers);
    }
    match text.trim().to_ascii_lowercase().as_str() {
        "1" | "1.0" | "true" | "yes" | "t" | "y" => Ok(1.0),
        "0" | "0.0" | "false" | "no" | "f" | "n" => Ok(0.0),
        "" => Err((RejectReason::MissingField, "the outcome is empty".to_owned())),
        other => Err((
            RejectReason::BadNumber,
            format!(
                "`{other}` is not 0 or 1; an outcome of kind \"rate\" happened or did not; for numbers use kind = \"amount\""
            ),
        )),
    }
}

fn filled_number(text: &str, numbers: NumberStyle) -> Result<f64, Fault> {
    if text.trim().is_empty() {
        return Err((RejectReason::MissingField, "the number is empty".to_owned()));
    }
    number::float(text, numbers).map_err(|what| (RejectReason::BadNumber, what))
}
