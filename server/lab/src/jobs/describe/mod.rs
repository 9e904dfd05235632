//! `describe`: what is in a file, column by column, and what looks suspicious.

mod profile;
mod suspicion;
mod text;

use crate::{
    Result,
    options::DescribeArgs,
    report::Findings,
    table::{Keys, Table, TextColumn, parse_list, resolve_columns},
};
use profile::ColumnProfile;
use rayon::prelude::*;
use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

/// Describes every chosen column.
pub(crate) fn run(args: &DescribeArgs, table: &mut Table) -> Result<Findings> {
    let names = resolve_columns(&args.columns, &table.all_names)?;
    let columns = names.iter().map(|name| table.column(name)).collect::<Result<Vec<_>>>()?;
    let format = args.input.date_format.as_deref();
    let profiles = columns.par_iter().map(|column| ColumnProfile::of(column, format)).collect::<Result<Vec<_>>>()?;
    let mut findings = Findings::default();
    findings.parameter("columns", &names);
    findings.metric("duplicate_rows", repeated(&row_hashes(&table.columns), |a, b| same_row(&table.columns, a, b)));
    findings.metric("missing_cells", profiles.iter().map(|p| p.missing).sum::<u64>());
    if let Some(key) = &args.key {
        add_key_metrics(key, table, &mut findings)?;
    }
    let suspicions = suspicion::of_all(&columns, &profiles);
    let described: Vec<_> = profiles.iter().zip(&suspicions).map(|(profile, found)| profile.to_json(found)).collect();
    findings.result("columns", described);
    text::add_sections(&mut findings, &profiles, &suspicions);
    Ok(findings)
}

/// A key should be there in every row and name one row only.
fn add_key_metrics(key: &str, table: &Table, findings: &mut Findings) -> Result<()> {
    let names = if table.all_names.iter().any(|n| n == key) { vec![key.to_owned()] } else { parse_list(key) };
    let keys = names.iter().map(|name| table.column(name).map(Keys::of)).collect::<Result<Vec<_>>>()?;
    let code = |row: usize| keys.iter().map(|k| k.codes[row]).collect::<Option<Vec<_>>>();
    let (mut seen, mut duplicates, mut missing) = (std::collections::HashSet::new(), 0u64, 0u64);
    for row in 0..table.rows() {
        match code(row) {
            Some(code) => duplicates += u64::from(!seen.insert(code)),
            None => missing += 1,
        }
    }
    findings.parameter("key", names);
    findings.metric("duplicate_keys", duplicates);
    findings.metric("missing_keys", missing);
    Ok(())
}

fn row_hashes(columns: &[TextColumn]) -> Vec<u64> {
    let rows = columns.first().map_or(0, TextColumn::len);
    (0..rows)
        .into_par_iter()
        .map(|row| {
            let mut hasher = DefaultHasher::new();
            columns.iter().for_each(|column| column.raw(row).hash(&mut hasher));
            hasher.finish()
        })
        .collect()
}

fn same_row(columns: &[TextColumn], a: usize, b: usize) -> bool {
    columns.iter().all(|column| column.raw(a) == column.raw(b))
}

/// Rows that repeat an earlier one.
fn repeated(hashes: &[u64], same: impl Fn(usize, usize) -> bool) -> u64 {
    let mut first: HashMap<u64, Vec<usize>> = HashMap::with_capacity(hashes.len());
    let mut count = 0;
    for (row, hash) in hashes.iter().enumerate() {
        let known = first.entry(*hash).or_default();
        if known.iter().any(|&earlier| same(earlier, row)) {
            count += 1;
        } else {
            known.push(row);
        }
    }
    count
}
