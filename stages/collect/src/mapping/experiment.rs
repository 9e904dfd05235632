//! Mappings of kind `experiment`: every row is one person (or exposure) of a finished, randomised comparison.

use super::document::{Node, Section};
use super::{FileMapping, MappingError, NumberStyle, ValueMapping, file, source_name, value};
use bellwether_domain::{Localized, Metric, MetricKind, Money};
use chrono::{DateTime, NaiveDate, Utc};

/// How the files of a finished experiment are read.
#[derive(Debug, Clone, PartialEq)]
pub struct ExperimentMapping {
    /// The source's name; also the experiment's short name.
    pub source: String,
    /// What people call it.
    pub name: Localized,
    /// What was shown to whom, where the data comes from, and its licence.
    pub description: Localized,
    /// The form of the files.
    pub file: FileMapping,
    /// How numbers are written.
    pub numbers: NumberStyle,
    /// The value that says which arm a row belongs to; `None` where each arm has its own file.
    pub arm: Option<ValueMapping>,
    /// The arms, in order. Empty: those that appear, in order of appearance.
    pub arms: Vec<ArmMapping>,
    /// The arm that the others are compared with.
    pub control: String,
    /// The outcomes, the most important first.
    pub outcomes: Vec<OutcomeMapping>,
    /// Columns whose values divide people into groups that are looked at one by one.
    pub segments: Vec<String>,
    /// Columns of numbers from before the experiment, which make outcomes less noisy (CUPED).
    pub covariates: Vec<String>,
    /// Cost of one message.
    pub cost_per_message: Option<Money>,
    /// ISO 4217 of amounts.
    pub currency: String,
    /// When the experiment was over.
    pub ended_at: DateTime<Utc>,
}

/// One arm.
#[derive(Debug, Clone, PartialEq)]
pub struct ArmMapping {
    /// The arm's name; the value of the arm column, where there is one.
    pub name: String,
    /// The file with this arm's rows, relative to the mapping.
    pub file: Option<String>,
    /// Its planned part of all, in any unit.
    pub share: Option<f64>,
}

/// One outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct OutcomeMapping {
    /// Its key, names and kind.
    pub metric: Metric,
    /// The column that holds it.
    pub column: String,
}

pub(super) fn parse(mut root: Section<'_>) -> Result<ExperimentMapping, MappingError> {
    let source = source_name(&mut root, "source")?;
    let name = localized(&root.required("name")?)?;
    let description = root.optional("description").map(|node| localized(&node)).transpose()?;
    let file = file::parse(&mut root)?;
    let numbers = file::parse_numbers(&mut root)?;
    let arm = root.optional("arm_column").map(|node| value::parse(&node)).transpose()?;
    let arms = list(&mut root, "arm", arm_entry)?;
    let control_node = root.required("control")?;
    let control = control_node.text()?.to_owned();
    let outcomes = list(&mut root, "outcome", outcome_entry)?;
    let segments = root.optional_texts("segments")?;
    let covariates = root.optional_texts("covariates")?;
    let cost_per_message = root.optional("cost_per_message").map(|node| node.number()).transpose()?;
    let currency = root.optional_text("currency")?.unwrap_or_else(|| "USD".to_owned());
    let ended_at = moment(&root.required("ended_at")?)?;
    if outcomes.is_empty() {
        return Err(root.error("at least one [[outcome]] is needed: what was measured"));
    }
    check_arms(&root, arm.is_some(), &arms)?;
    if !arms.is_empty() && !arms.iter().any(|arm| arm.name == control) {
        return Err(control_node.error(format!("`control` is `{control}`, but no [[arm]] has that name")));
    }
    root.finish()?;
    let description = description.unwrap_or_else(|| name.clone());
    Ok(ExperimentMapping {
        source,
        name,
        description,
        file,
        numbers,
        arm,
        arms,
        control,
        outcomes,
        segments,
        covariates,
        cost_per_message,
        currency,
        ended_at,
    })
}

fn list<T>(
    root: &mut Section<'_>,
    key: &'static str,
    entry: fn(&Node<'_>) -> Result<T, MappingError>,
) -> Result<Vec<T>, MappingError> {
    let Some(node) = root.optional(key) else { return Ok(Vec::new()) };
    if node.is_table() {
        return Err(node.error(format!("write [[{key}]] with double brackets: there can be several")));
    }
    node.list()?.iter().map(entry).collect()
}

fn arm_entry(node: &Node<'_>) -> Result<ArmMapping, MappingError> {
    let mut section = node.section()?;
    let arm = ArmMapping {
        name: section.text("name")?,
        file: section.optional_text("file")?,
        share: section.optional("share").map(|node| node.number()).transpose()?,
    };
    if arm.share.is_some_and(|share| !(share.is_finite() && share > 0.0)) {
        return Err(node.error(format!("arm `{}`: `share` must be above 0", arm.name)));
    }
    section.finish()?;
    Ok(arm)
}

fn outcome_entry(node: &Node<'_>) -> Result<OutcomeMapping, MappingError> {
    let mut section = node.section()?;
    let key = section.text("key")?;
    let column = section.optional_text("column")?.unwrap_or_else(|| key.clone());
    let kind = section.required("kind")?.choice(&[("rate", MetricKind::Rate), ("amount", MetricKind::Amount)])?;
    let name = section.optional("name").map(|node| localized(&node)).transpose()?;
    section.finish()?;
    let name = name.unwrap_or_else(|| Localized::new(&key, &key));
    Ok(OutcomeMapping { metric: Metric { key, name, kind }, column })
}

fn check_arms(root: &Section<'_>, has_column: bool, arms: &[ArmMapping]) -> Result<(), MappingError> {
    let with_file = arms.iter().filter(|arm| arm.file.is_some()).count();
    let with_share = arms.iter().filter(|arm| arm.share.is_some()).count();
    let repeated = (1..arms.len()).find(|at| arms[..*at].iter().any(|arm| arm.name == arms[*at].name));
    if let Some(at) = repeated {
        return Err(root.error(format!("there are two arms with the name `{}`", arms[at].name)));
    }
    if has_column && with_file > 0 {
        return Err(root.error(
            "either `arm_column` says which arm a row belongs to, or each [[arm]] has its own `file`; not both",
        ));
    }
    if !has_column && (arms.is_empty() || with_file < arms.len()) {
        return Err(root
            .error("nothing says which arm a row belongs to: set `arm_column`, or give each [[arm]] its own `file`"));
    }
    if with_share > 0 && with_share < arms.len() {
        return Err(root.error("either every [[arm]] has a `share`, or none has (equal shares)"));
    }
    Ok(())
}

/// `"Name"` for both languages, or `{ en = …, zh-CN = … }`.
fn localized(node: &Node<'_>) -> Result<Localized, MappingError> {
    if node.is_text() {
        let text = node.text()?;
        return Ok(Localized::new(text, text));
    }
    let mut section = node.section()?;
    let (en, zh) = (section.text("en")?, section.text("zh-CN")?);
    section.finish()?;
    Ok(Localized::new(en, zh))
}

fn moment(node: &Node<'_>) -> Result<DateTime<Utc>, MappingError> {
    let text = node.text()?;
    let day = || NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0).map(|at| at.and_utc());
    DateTime::parse_from_rfc3339(text).map(|at| at.to_utc()).ok().or_else(day).ok_or_else(|| {
        node.error(format!(
            "`{}` must be a day such as \"2008-03-20\" or a moment such as \"2008-03-20T12:00:00Z\"; it is `{text}`",
            node.path
        ))
    })
}
