//! Columns of a table to columns of numbers, and the same again for new rows.

use crate::{
    LabError, Result,
    jobs::refused,
    options::InputArgs,
    report::Findings,
    table::{ColumnType, Table, TextColumn, canonical_key},
};
use bellwether_algorithms::{
    matrix::Matrix,
    scale::{ColumnScale, ScaleMethod},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// With `all`, texts with more different values than this are names rather than categories.
const MOST_CATEGORIES: usize = 50;
/// The name of the category of rows without a value.
const NO_VALUE: &str = "(missing)";

/// How every column becomes numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Encoding {
    pub columns: Vec<EncodedColumn>,
}

/// How one column becomes numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum EncodedColumn {
    /// One scaled number; dates are days since 1970.
    Number { name: String, date: bool, scale: ColumnScale },
    /// One 0/1 column per category, not scaled.
    OneHot { name: String, categories: Vec<String> },
}

/// The rows that can be used, before scaling.
#[derive(Debug)]
pub(crate) struct Rows {
    /// Index of each used row in the table.
    pub used: Vec<usize>,
    /// One list per encoded column, one entry per used row: the number, or the index of the category (NaN: a new one).
    pub values: Vec<Vec<f64>>,
}

impl EncodedColumn {
    pub fn name(&self) -> &str {
        match self {
            Self::Number { name, .. } | Self::OneHot { name, .. } => name,
        }
    }

    fn width(&self) -> usize {
        match self {
            Self::Number { .. } => 1,
            Self::OneHot { categories, .. } => categories.len(),
        }
    }
}

impl Encoding {
    /// Chooses how each column becomes numbers and learns the scales.
    pub fn fit(
        table: &mut Table,
        names: &[String],
        scale: ScaleMethod,
        input: &InputArgs,
        findings: &mut Findings,
    ) -> Result<(Self, Rows)> {
        let mut columns = Vec::new();
        for name in names {
            columns.extend(choose(table.column(name)?, findings)?);
        }
        if columns.is_empty() {
            return Err(LabError::usage("no column is left to cluster by"));
        }
        let mut encoding = Self { columns };
        let rows = encoding.read(table, input)?;
        for (column, values) in encoding.columns.iter_mut().zip(&rows.values) {
            if let EncodedColumn::Number { scale: learned, .. } = column {
                *learned = ColumnScale::fit(scale, values).map_err(refused)?;
            }
        }
        Ok((encoding, rows))
    }

    /// Reads the columns of a table; rows with a missing or unreadable number are rejected.
    pub fn read(&self, table: &mut Table, input: &InputArgs) -> Result<Rows> {
        let mut raw = Vec::with_capacity(self.columns.len());
        for column in &self.columns {
            raw.push(column.read(table.column(column.name())?, input)?);
        }
        let mut used = Vec::with_capacity(table.rows());
        for row in 0..table.rows() {
            let trouble = self
                .columns
                .iter()
                .zip(&raw)
                .find(|(column, values)| matches!(column, EncodedColumn::Number { .. }) && values[row].is_nan());
            match trouble {
                None => used.push(row),
                Some((column, _)) => {
                    let missing = table.column(column.name())?.get(row).is_none();
                    let reason = if missing { "missing_value" } else { "unreadable_value" };
                    table.rejects.add(table.lines[row], reason, column.name());
                }
            }
        }
        if used.is_empty() {
            return Err(LabError::input(&table.input, "not one row has a value in every chosen column"));
        }
        let values = raw.into_iter().map(|values| used.iter().map(|&row| values[row]).collect()).collect();
        Ok(Rows { used, values })
    }

    /// The matrix that distances are taken in.
    pub fn matrix(&self, rows: &Rows) -> Result<Matrix> {
        let width: usize = self.columns.iter().map(EncodedColumn::width).sum();
        let mut matrix = Matrix::filled(rows.used.len(), width, 0.0_f32);
        let mut first = 0;
        for (column, values) in self.columns.iter().zip(&rows.values) {
            for (row, &value) in values.iter().enumerate() {
                match column {
                    EncodedColumn::Number { scale, .. } => matrix.row_mut(row)[first] = scale.apply(value) as f32,
                    EncodedColumn::OneHot { .. } if value.is_nan() => {}
                    EncodedColumn::OneHot { .. } => matrix.row_mut(row)[first + value as usize] = 1.0,
                }
            }
            first += column.width();
        }
        Ok(matrix)
    }

    /// Names of the columns that are really used.
    pub fn names(&self) -> Vec<&str> {
        self.columns.iter().map(EncodedColumn::name).collect()
    }
}

impl EncodedColumn {
    fn read(&self, column: &TextColumn, input: &InputArgs) -> Result<Vec<f64>> {
        match self {
            Self::Number { date: false, .. } => Ok(column.numbers().values),
            Self::Number { date: true, .. } => {
                let dates = column.dates(input.date_format.as_deref())?;
                Ok(dates.values.iter().map(|d| d.map_or(f64::NAN, |d| d.0 as f64 / 86_400e6)).collect())
            }
            Self::OneHot { categories, .. } => {
                let place: BTreeMap<&str, usize> =
                    categories.iter().enumerate().map(|(i, c)| (c.as_str(), i)).collect();
                let category = |cell: Option<&str>| {
                    let cell = cell.map_or(NO_VALUE.into(), canonical_key);
                    place.get(&*cell).map_or(f64::NAN, |place| *place as f64)
                };
                Ok(column.cells().map(category).collect())
            }
        }
    }
}

/// How a column becomes numbers; `None` leaves it out, with a warning.
fn choose(column: &TextColumn, findings: &mut Findings) -> Result<Option<EncodedColumn>> {
    let name = column.name().to_owned();
    let unscaled = ColumnScale { centre: 0.0, unit: 1.0 };
    let kind = ColumnType::of(column);
    match kind {
        ColumnType::Empty => {
            findings.warn(format!("column `{name}` has no values and is left out"));
            Ok(None)
        }
        ColumnType::Text => Ok(one_hot(name, column, findings)),
        // A few other words among true and false: categories.
        ColumnType::Boolean if !column.numbers().unreadable.is_empty() => Ok(one_hot(name, column, findings)),
        _ => {
            let date = matches!(kind, ColumnType::Date | ColumnType::DateTime);
            if kind == ColumnType::Integer && is_identifier(column) {
                findings.warn(format!("column `{name}` is different in every row and looks like an identifier; leave it out with --columns all,-{name}"));
            }
            Ok(Some(EncodedColumn::Number { name, date, scale: unscaled }))
        }
    }
}

fn one_hot(name: String, column: &TextColumn, findings: &mut Findings) -> Option<EncodedColumn> {
    let mut counts = BTreeMap::<String, u64>::new();
    for cell in column.cells() {
        let category = cell.map_or(NO_VALUE.to_owned(), |cell| canonical_key(cell).into_owned());
        *counts.entry(category).or_insert(0) += 1;
        if counts.len() > MOST_CATEGORIES {
            findings.warn(format!("column `{name}` has more than {MOST_CATEGORIES} different texts and is left out"));
            return None;
        }
    }
    Some(EncodedColumn::OneHot { name, categories: counts.into_keys().collect() })
}

fn is_identifier(column: &TextColumn) -> bool {
    let mut seen = std::collections::HashSet::new();
    column.len() >= 20 && column.cells().flatten().all(|cell| seen.insert(cell))
}
