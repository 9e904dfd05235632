//! One column in numbers.

use super::suspicion::Suspicion;
use crate::{
    Result,
    table::{
        CellKind, ColumnType, Dates, TextColumn, canonical_key, classify, count_kinds, format_moment, is_missing_word,
    },
};
use bellwether_algorithms::scale::quantile_sorted;
use rustc_hash::FxHashMap;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const QUANTILES: [(&str, f64); 9] = [
    ("p01", 0.01),
    ("p05", 0.05),
    ("p10", 0.10),
    ("p25", 0.25),
    ("p50", 0.50),
    ("p75", 0.75),
    ("p90", 0.90),
    ("p95", 0.95),
    ("p99", 0.99),
];
const TOP: usize = 5;
const HISTOGRAM_BINS: usize = 12;

/// A column in numbers.
#[derive(Debug, Clone)]
pub(super) struct ColumnProfile {
    pub name: String,
    pub kind: ColumnType,
    pub missing: u64,
    pub present: u64,
    pub distinct: u64,
    /// Most frequent values, at most five.
    pub top: Vec<(String, u64)>,
    /// Cells by what they look like.
    pub kinds: BTreeMap<CellKind, u64>,
    /// Words that were taken as missing, with their count.
    pub missing_words: BTreeMap<String, u64>,
    pub numbers: Option<NumberProfile>,
    /// First and last moment as text.
    pub date_range: Option<(String, String)>,
    pub date_warning: Option<String>,
    /// Different texts that are equal but for case and inner blanks.
    pub spelling_variants: u64,
    /// Some example of a cell that does not fit the type.
    pub misfit: Option<String>,
}

/// Numbers of a numeric column.
#[derive(Debug, Clone)]
pub(super) struct NumberProfile {
    pub min: f64,
    pub max: f64,
    pub mean: f64,
    /// With n - 1; `None` for a single value.
    pub sd: Option<f64>,
    pub quantiles: Vec<(&'static str, f64)>,
    /// Values more than 1.5 interquartile ranges outside the quartiles.
    pub outliers: u64,
    pub fences: (f64, f64),
    pub histogram: Vec<u64>,
    /// All values, sorted.
    pub sorted: Vec<f64>,
}

impl ColumnProfile {
    pub fn of(column: &TextColumn, date_format: Option<&str>) -> Result<Self> {
        let texts = count_texts(column);
        let present: u64 = texts.values().sum();
        let kinds = count_kinds(texts.iter().map(|(text, count)| (*text, *count)));
        let kind = ColumnType::of_counts(&kinds, present);
        let mut profile = Self {
            name: column.name().to_owned(),
            kind,
            missing: column.len() as u64 - present,
            present,
            distinct: texts.len() as u64,
            top: Vec::new(),
            missing_words: count_missing_words(column),
            numbers: None,
            date_range: None,
            date_warning: None,
            spelling_variants: if kind == ColumnType::Text { spelling_variants(&texts) } else { 0 },
            misfit: misfit(&texts, kind),
            kinds,
        };
        let merged = if kind.is_numeric() { merge_equal_numbers(&texts) } else { texts };
        profile.distinct = merged.len() as u64;
        profile.top = top(&merged);
        match kind {
            ColumnType::Integer | ColumnType::Number | ColumnType::Boolean => {
                let values = column.numbers().values.into_iter().filter(|v| v.is_finite()).collect();
                profile.numbers = NumberProfile::of(values);
            }
            ColumnType::Date | ColumnType::DateTime => profile.add_dates(column.dates(date_format)?),
            ColumnType::Text | ColumnType::Empty => {}
        }
        Ok(profile)
    }

    fn add_dates(&mut self, dates: Dates) {
        let text = |moment| format_moment(moment, dates.has_time);
        let moments = || dates.values.iter().flatten().copied();
        self.date_range = moments().min().zip(moments().max()).map(|(first, last)| (text(first), text(last)));
        self.date_warning = dates.warning.clone();
    }

    /// The entry of this column under `result.columns`.
    pub fn to_json(&self, suspicions: &[Suspicion]) -> Value {
        let numbers = self.numbers.as_ref();
        let value = |number: f64| self.number_as_json(number);
        let bound = |of: fn(&NumberProfile) -> f64, date: Option<&String>| match (numbers, date) {
            (Some(numbers), _) => value(of(numbers)),
            (None, Some(date)) => json!(date),
            (None, None) => Value::Null,
        };
        let quantiles = numbers.map(|n| n.quantiles.iter().map(|(name, q)| ((*name).to_owned(), json!(q))).collect());
        json!({
            "name": self.name,
            "type": self.kind.name(),
            "missing": self.missing,
            "distinct": self.distinct,
            "min": bound(|n| n.min, self.date_range.as_ref().map(|(first, _)| first)),
            "max": bound(|n| n.max, self.date_range.as_ref().map(|(_, last)| last)),
            "mean": numbers.map(|n| n.mean),
            "sd": numbers.and_then(|n| n.sd),
            "quantiles": quantiles.map(Value::Object),
            "top": self.top.iter().map(|(value, count)| json!({"value": value, "count": count})).collect::<Vec<_>>(),
            "outliers": numbers.filter(|_| self.kind != ColumnType::Boolean).map(|n| n.outliers),
            "outlier_fences": numbers.map(|n| json!({"low": n.fences.0, "high": n.fences.1})),
            "histogram": numbers.map(|n| json!({"min": value(n.min), "max": value(n.max), "counts": n.histogram})),
            "suspicions": suspicions.iter().map(|s| json!({"suspicion": s.code, "detail": s.detail})).collect::<Vec<_>>(),
        })
    }

    fn number_as_json(&self, number: f64) -> Value {
        match self.kind {
            ColumnType::Boolean => json!(number != 0.0),
            // Beyond 2^53 a float has lost the last digits, and an integer would only pretend to have them.
            ColumnType::Integer if number.abs() < 9.0e15 => json!(number as i64),
            _ => json!(number),
        }
    }
}

impl NumberProfile {
    fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_unstable_by(f64::total_cmp);
        let (&min, &max) = (values.first()?, values.last()?);
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
        let at = |probability| quantile_sorted(&values, probability).unwrap_or(f64::NAN);
        let (low, high) = (at(0.25), at(0.75));
        let fences = (low - 1.5 * (high - low), high + 1.5 * (high - low));
        Some(Self {
            min,
            max,
            mean,
            sd: (values.len() > 1).then(|| (squares / (n - 1.0)).sqrt()),
            quantiles: QUANTILES.iter().map(|&(name, probability)| (name, at(probability))).collect(),
            outliers: values.iter().filter(|v| **v < fences.0 || **v > fences.1).count() as u64,
            fences,
            histogram: histogram(&values, min, max),
            sorted: values,
        })
    }
}

fn histogram(sorted: &[f64], min: f64, max: f64) -> Vec<u64> {
    let mut counts = vec![0; HISTOGRAM_BINS];
    let range = max - min;
    for value in sorted {
        let place = if range > 0.0 { ((value - min) / range * HISTOGRAM_BINS as f64) as usize } else { 0 };
        counts[place.min(HISTOGRAM_BINS - 1)] += 1;
    }
    counts
}

fn count_texts(column: &TextColumn) -> FxHashMap<&str, u64> {
    let mut texts = FxHashMap::default();
    for cell in column.cells().flatten() {
        *texts.entry(cell).or_insert(0) += 1;
    }
    texts
}

fn count_missing_words(column: &TextColumn) -> BTreeMap<String, u64> {
    let mut words = BTreeMap::new();
    for row in 0..column.len() {
        let cell = column.raw(row);
        if is_missing_word(cell) {
            *words.entry(cell.to_owned()).or_insert(0) += 1;
        }
    }
    words
}

/// The most frequent cell that does not fit the column's type.
fn misfit(texts: &FxHashMap<&str, u64>, kind: ColumnType) -> Option<String> {
    let fits = |cell: CellKind| match kind {
        ColumnType::Integer | ColumnType::Number => {
            matches!(cell, CellKind::Integer | CellKind::Number | CellKind::FormattedNumber)
        }
        ColumnType::Boolean => cell == CellKind::Boolean,
        ColumnType::Date | ColumnType::DateTime => matches!(cell, CellKind::Date | CellKind::DateTime),
        ColumnType::Text | ColumnType::Empty => true,
    };
    let misfits = texts.iter().filter(|(text, _)| !fits(classify(text)));
    misfits.max_by_key(|&(text, count)| (*count, std::cmp::Reverse(*text))).map(|(text, _)| (*text).to_owned())
}

/// `1`, `1.0` and `01` are one number. Whole numbers too long for a float keep their digits.
fn merge_equal_numbers<'t>(texts: &FxHashMap<&'t str, u64>) -> FxHashMap<&'t str, u64> {
    let mut first: FxHashMap<u64, &'t str> = FxHashMap::default();
    let mut merged = FxHashMap::default();
    // In the order of the texts, so that the shown spelling is always the same.
    let mut ordered: Vec<_> = texts.iter().map(|(text, count)| (*text, *count)).collect();
    ordered.sort_unstable_by_key(|(text, _)| (text.len(), *text));
    for (text, count) in ordered {
        let name = match text.parse::<f64>() {
            Ok(number) if number.abs() < 9.0e15 => *first.entry((number + 0.0).to_bits()).or_insert(text),
            _ => text,
        };
        *merged.entry(name).or_insert(0) += count;
    }
    merged
}

fn top(texts: &FxHashMap<&str, u64>) -> Vec<(String, u64)> {
    let mut ordered: Vec<_> = texts.iter().map(|(text, count)| (*count, *text)).collect();
    ordered.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.len().cmp(&b.1.len())).then_with(|| a.1.cmp(b.1)));
    ordered.into_iter().take(TOP).map(|(count, text)| (canonical_key(text).into_owned(), count)).collect()
}

fn spelling_variants(texts: &FxHashMap<&str, u64>) -> u64 {
    let simple = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let different: std::collections::HashSet<String> = texts.keys().map(|text| simple(text)).collect();
    (texts.len() - different.len()) as u64
}
