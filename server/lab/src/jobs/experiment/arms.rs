//! Rows to arms: who was in which variant, and what came out.

use crate::{
    LabError, Result,
    options::ExperimentArgs,
    report::{Findings, count},
    table::{Keys, Moment, Table, parse_list},
};

/// More variants than this are more likely a wrong column.
const MOST_VARIANTS: usize = 50;
/// Fewer people than this say nothing about a variant.
const LEAST_PEOPLE: usize = 2;

/// The arms, the control first, then by name.
#[derive(Debug)]
pub(super) struct Arms {
    pub names: Vec<String>,
    /// Per arm the rows of the table.
    pub rows: Vec<Vec<usize>>,
    pub outcomes: Vec<Outcome>,
    /// One per row of the table; known before the start.
    pub covariate: Option<Vec<f64>>,
    /// One per row of the table.
    pub order: Option<Vec<Option<Moment>>>,
}

/// One outcome of all rows.
#[derive(Debug)]
pub(super) struct Outcome {
    pub name: String,
    /// Only 0 and 1 occur.
    pub is_rate: bool,
    /// One per row of the table; NaN in rows that are not used.
    pub values: Vec<f64>,
}

impl Outcome {
    pub fn kind_name(&self) -> &'static str {
        if self.is_rate { "rate" } else { "amount" }
    }

    /// The values of some rows.
    pub fn of(&self, rows: &[usize]) -> Vec<f64> {
        rows.iter().map(|&row| self.values[row]).collect()
    }
}

impl Arms {
    /// Reads the columns; rows without variant, outcome or time are rejected.
    pub fn read(args: &ExperimentArgs, table: &mut Table, findings: &mut Findings) -> Result<Self> {
        let variants = Keys::of(table.column(&args.variant)?);
        if variants.names.len() > MOST_VARIANTS {
            let found = variants.names.len();
            return Err(LabError::usage(format!(
                "--variant {} has {found} different values; that is no column of variants",
                args.variant
            )));
        }
        let mut outcomes = Vec::new();
        for name in outcome_names(args, table) {
            let values = table.column(&name)?.numbers().values;
            outcomes.push(Outcome { name, is_rate: false, values });
        }
        let order = match &args.order {
            Some(name) => Some(table.column(name)?.dates(args.input.date_format.as_deref())?.values),
            None => None,
        };
        let mut by_variant = vec![Vec::new(); variants.names.len()];
        for row in 0..table.lines.len() {
            let reason = match variants.codes[row] {
                None => "missing_variant",
                _ if outcomes.iter().any(|outcome| outcome.values[row].is_nan()) => "missing_or_unreadable_outcome",
                _ if order.as_ref().is_some_and(|times| times[row].is_none()) => "missing_or_unreadable_time",
                Some(code) => {
                    by_variant[code as usize].push(row);
                    continue;
                }
            };
            table.rejects.add(table.lines[row], reason, "");
        }
        let (names, rows) = in_order(args.control.as_deref(), variants.names, by_variant, findings)?;
        for outcome in &mut outcomes {
            outcome.is_rate = rows.iter().flatten().all(|&row| matches!(outcome.values[row], 0.0 | 1.0));
        }
        let covariate = covariate(args, table, &rows, findings)?;
        Ok(Self { names, rows, outcomes, covariate, order })
    }
}

/// The outcomes in the order given, the value last.
fn outcome_names(args: &ExperimentArgs, table: &Table) -> Vec<String> {
    let whole_name = table.all_names.contains(&args.outcome);
    let mut names = if whole_name { vec![args.outcome.clone()] } else { parse_list(&args.outcome) };
    names.extend(args.value.clone());
    let mut different: Vec<String> = Vec::new();
    names.into_iter().for_each(|name| {
        if !different.contains(&name) {
            different.push(name);
        }
    });
    different
}

/// Puts the control first, the others by name, and refuses what cannot be compared.
fn in_order(
    control: Option<&str>,
    names: Vec<String>,
    rows: Vec<Vec<usize>>,
    findings: &mut Findings,
) -> Result<(Vec<String>, Vec<Vec<usize>>)> {
    let mut arms: Vec<(String, Vec<usize>)> = names.into_iter().zip(rows).collect();
    arms.sort();
    let all: Vec<&str> = arms.iter().map(|(name, _)| name.as_str()).collect();
    let index = match control {
        Some(wanted) => all.iter().position(|name| *name == wanted).ok_or_else(|| {
            LabError::usage(format!("--control `{wanted}` is no variant; there are: {}", all.join(", ")))
        })?,
        None => {
            let index = all.iter().position(|name| sounds_like_control(name)).unwrap_or(0);
            if let Some(name) = all.get(index) {
                findings.warn(format!("`{name}` is taken as the control (--control decides)"));
            }
            index
        }
    };
    let mut missing = Vec::new();
    if arms.len() < 2 {
        missing.push(format!("a comparison needs at least two variants, there is {}", arms.len()));
    }
    for (name, rows) in arms.iter().filter(|(_, rows)| rows.len() < LEAST_PEOPLE) {
        missing.push(format!("variant `{name}` needs at least {LEAST_PEOPLE} usable rows, it has {}", rows.len()));
    }
    if !missing.is_empty() {
        return Err(LabError::TooLittleData { missing });
    }
    let first = arms.remove(index);
    arms.insert(0, first);
    Ok(arms.into_iter().unzip())
}

/// The names that people give to those who were left alone.
fn sounds_like_control(name: &str) -> bool {
    let name = name.trim().to_lowercase();
    let words = [
        "control",
        "holdout",
        "hold-out",
        "placebo",
        "psa",
        "baseline",
        "none",
        "nothing",
        "no",
        "false",
        "对照",
        "对照组",
    ];
    words.contains(&name.as_str())
        || name.starts_with("no ")
        || name.starts_with("control")
        || matches!(name.as_str(), "0" | "off")
}

/// The covariate; where it is missing its mean stands, which takes away precision and adds no bias.
fn covariate(
    args: &ExperimentArgs,
    table: &Table,
    rows: &[Vec<usize>],
    findings: &mut Findings,
) -> Result<Option<Vec<f64>>> {
    let Some(name) = &args.covariate else { return Ok(None) };
    let mut values = table.column(name)?.numbers().values;
    let known: Vec<f64> = rows.iter().flatten().map(|&row| values[row]).filter(|v| !v.is_nan()).collect();
    if known.is_empty() {
        return Err(LabError::usage(format!("--covariate {name} holds no numbers")));
    }
    let mean = known.iter().sum::<f64>() / known.len() as f64;
    let gaps = rows.iter().flatten().filter(|&&row| values[row].is_nan()).count() as u64;
    if gaps > 0 {
        findings.warn(format!("{} rows have no {name}; its mean stands for them", count(gaps)));
    }
    values.iter_mut().filter(|v| v.is_nan()).for_each(|v| *v = mean);
    Ok(Some(values))
}
