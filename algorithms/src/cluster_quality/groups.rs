//! Rows of each group, whatever its label is called.

use crate::error::{Error, Result, require_data, require_equal};
use crate::matrix::Matrix;
use std::collections::BTreeMap;

/// The rows of each group, groups in the order of their labels.
pub(super) fn rows_of_groups(labels: &[u32]) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (row, &label) in labels.iter().enumerate() {
        groups.entry(label).or_default().push(row);
    }
    groups.into_values().collect()
}

/// The groups of a division that a measure is defined for: two at least, and fewer than rows.
pub(super) fn measurable_groups(data: &Matrix, labels: &[u32]) -> Result<Vec<Vec<usize>>> {
    require_equal("labels (one per row)", data.rows(), labels.len())?;
    require_data("a measure of clusters (columns)", 1, data.columns())?;
    data.require_finite("clustered data")?;
    let groups = rows_of_groups(labels);
    require_data("a measure of clusters (non-empty clusters)", 2, groups.len())?;
    if groups.len() >= data.rows() {
        return Err(Error::TooLittleData {
            what: "a measure of clusters (rows, more than clusters)",
            need: groups.len() + 1,
            have: data.rows(),
        });
    }
    Ok(groups)
}
