//! Compressed sparse rows.

use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};

/// A sparse matrix of `f32`, compressed by rows; columns increase within a row and no cell is stored twice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Raw")]
pub struct CsrMatrix {
    rows: usize,
    columns: usize,
    offsets: Vec<usize>,
    indices: Vec<u32>,
    values: Vec<f32>,
}

/// What a stored matrix claims to be, before it was checked.
#[derive(Deserialize)]
struct Raw {
    rows: usize,
    columns: usize,
    offsets: Vec<usize>,
    indices: Vec<u32>,
    values: Vec<f32>,
}

impl TryFrom<Raw> for CsrMatrix {
    type Error = Error;

    /// Rebuilds from triples, which checks every index; a stored model is read once, so this costs nothing that counts.
    fn try_from(raw: Raw) -> Result<Self> {
        let stored = raw.indices.len();
        crate::error::require_equal("row offsets of a sparse matrix", raw.rows.saturating_add(1), raw.offsets.len())?;
        crate::error::require_equal("values of a sparse matrix", stored, raw.values.len())?;
        crate::error::require_equal("last row offset of a sparse matrix", stored, raw.offsets[raw.rows])?;
        if let Some(row) = raw.offsets.windows(2).position(|pair| pair[0] > pair[1]) {
            return Err(Error::Index { what: "row offset of a sparse matrix", index: raw.offsets[row], size: stored });
        }
        let row_of = |row: usize| raw.offsets[row]..raw.offsets[row + 1];
        let (indices, values) = (&raw.indices, &raw.values);
        let triples = (0..raw.rows).flat_map(|row| row_of(row).map(move |at| (row as u32, indices[at], values[at])));
        CsrMatrix::from_triples(raw.rows, raw.columns, triples)
    }
}

impl CsrMatrix {
    /// A matrix from (row, column, value) triples in any order; values of the same cell are added up, in the order given.
    ///
    /// # Errors
    /// [`Error::Index`] if a triple points outside, [`Error::NotFinite`] if a value is not a finite number,
    /// [`Error::Parameter`] for more than `u32::MAX` rows or columns.
    pub fn from_triples(
        rows: usize,
        columns: usize,
        triples: impl IntoIterator<Item = (u32, u32, f32)>,
    ) -> Result<CsrMatrix> {
        for (name, size) in [("rows", rows), ("columns", columns)] {
            crate::error::require(size <= u32::MAX as usize, name, size, "at most 4,294,967,295")?;
        }
        let triples: Vec<_> = triples.into_iter().collect();
        for &(row, column, value) in &triples {
            check_cell(rows, columns, row, column, value)?;
        }
        Ok(by_rows(rows, columns, &triples).merge_duplicates())
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Number of stored cells.
    pub fn stored(&self) -> usize {
        self.indices.len()
    }

    /// Stored cells of one row.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn row_len(&self, row: usize) -> usize {
        self.offsets[row + 1] - self.offsets[row]
    }

    /// Columns of the stored cells of one row, increasing.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn row_indices(&self, row: usize) -> &[u32] {
        &self.indices[self.offsets[row]..self.offsets[row + 1]]
    }

    /// Values of the stored cells of one row, in the order of [`CsrMatrix::row_indices`].
    ///
    /// # Panics
    /// If there is no such row.
    pub fn row_values(&self, row: usize) -> &[f32] {
        &self.values[self.offsets[row]..self.offsets[row + 1]]
    }

    /// The stored cells of one row as (column, value).
    ///
    /// # Panics
    /// If there is no such row.
    pub fn row(&self, row: usize) -> impl ExactSizeIterator<Item = (u32, f32)> {
        self.row_indices(row).iter().copied().zip(self.row_values(row).iter().copied())
    }

    /// The value of a cell; 0 where nothing is stored.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn get(&self, row: usize, column: u32) -> f32 {
        self.row_indices(row).binary_search(&column).map_or(0.0, |at| self.row_values(row)[at])
    }

    /// Whether a cell is stored.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn contains(&self, row: usize, column: u32) -> bool {
        self.row_indices(row).binary_search(&column).is_ok()
    }

    /// All stored cells as (row, column, value), by row, then by column.
    pub fn triples(&self) -> impl Iterator<Item = (u32, u32, f32)> {
        (0..self.rows).flat_map(|row| self.row(row).map(move |(column, value)| (row as u32, column, value)))
    }

    /// The same cells with other values; `change` sees row, column and value.
    pub fn map_values(&self, change: impl Fn(u32, u32, f32) -> f32) -> CsrMatrix {
        let values = self.triples().map(|(row, column, value)| change(row, column, value)).collect();
        CsrMatrix { values, ..self.clone() }
    }

    /// Stored cells per column.
    pub fn column_counts(&self) -> Vec<u32> {
        let mut counts = vec![0; self.columns];
        self.indices.iter().for_each(|&column| counts[column as usize] += 1);
        counts
    }

    /// Rows as columns and columns as rows, in one counting pass: O(rows + columns + stored).
    pub fn transpose(&self) -> CsrMatrix {
        let mut offsets = vec![0; self.columns + 1];
        self.indices.iter().for_each(|&column| offsets[column as usize + 1] += 1);
        accumulate(&mut offsets);
        let mut next = offsets.clone();
        let mut indices = vec![0; self.stored()];
        let mut values = vec![0.0; self.stored()];
        for (row, column, value) in self.triples() {
            let at = next[column as usize];
            next[column as usize] += 1;
            indices[at] = row;
            values[at] = value;
        }
        CsrMatrix { rows: self.columns, columns: self.rows, offsets, indices, values }
    }

    /// Adds up neighbours in a row that are the same cell.
    fn merge_duplicates(mut self) -> CsrMatrix {
        let mut kept = 0;
        let mut start = 0;
        for row in 0..self.rows {
            let end = self.offsets[row + 1];
            let first_of_row = kept;
            for at in start..end {
                if kept > first_of_row && self.indices[kept - 1] == self.indices[at] {
                    self.values[kept - 1] += self.values[at];
                } else {
                    self.indices[kept] = self.indices[at];
                    self.values[kept] = self.values[at];
                    kept += 1;
                }
            }
            start = end;
            self.offsets[row + 1] = kept;
        }
        self.indices.truncate(kept);
        self.values.truncate(kept);
        self
    }
}

fn check_cell(rows: usize, columns: usize, row: u32, column: u32, value: f32) -> Result<()> {
    if row as usize >= rows {
        return Err(Error::Index { what: "row of a sparse matrix", index: row as usize, size: rows });
    }
    if column as usize >= columns {
        return Err(Error::Index { what: "column of a sparse matrix", index: column as usize, size: columns });
    }
    if !value.is_finite() {
        return Err(Error::NotFinite { what: "sparse value", row: row as usize, column: column as usize });
    }
    Ok(())
}

/// Counting sort by row, then a stable sort by column within each row; duplicates stay.
fn by_rows(rows: usize, columns: usize, triples: &[(u32, u32, f32)]) -> CsrMatrix {
    let mut offsets = vec![0; rows + 1];
    triples.iter().for_each(|&(row, ..)| offsets[row as usize + 1] += 1);
    accumulate(&mut offsets);
    let mut next = offsets.clone();
    let mut cells = vec![(0, 0.0); triples.len()];
    for &(row, column, value) in triples {
        cells[next[row as usize]] = (column, value);
        next[row as usize] += 1;
    }
    for row in 0..rows {
        cells[offsets[row]..offsets[row + 1]].sort_by_key(|&(column, _)| column);
    }
    let (indices, values) = cells.into_iter().unzip();
    CsrMatrix { rows, columns, offsets, indices, values }
}

/// Turns counts at `i + 1` into offsets.
fn accumulate(counts: &mut [usize]) {
    for at in 1..counts.len() {
        counts[at] += counts[at - 1];
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn triples_in_any_order_become_sorted_rows_and_repeats_add_up() {
        let matrix = CsrMatrix::from_triples(3, 4, [(2, 3, 1.0), (0, 1, 2.0), (2, 0, 3.0), (0, 1, 0.5)]).unwrap();
        let all: Vec<_> = matrix.triples().collect();
        assert_eq!(all, [(0, 1, 2.5), (2, 0, 3.0), (2, 3, 1.0)]);
        assert_eq!((matrix.row_len(1), matrix.get(0, 1), matrix.get(0, 2)), (0, 2.5, 0.0));
        assert_eq!(matrix.column_counts(), [1, 1, 0, 1]);
    }

    #[test]
    fn cells_outside_and_values_that_are_no_numbers_are_refused() {
        let outside = CsrMatrix::from_triples(1, 1, [(0, 1, 1.0)]);
        assert_eq!(outside, Err(Error::Index { what: "column of a sparse matrix", index: 1, size: 1 }));
        assert!(CsrMatrix::from_triples(1, 1, [(1, 0, 1.0)]).is_err());
        assert!(CsrMatrix::from_triples(1, 1, [(0, 0, f32::NAN)]).is_err());
    }

    proptest! {
        #[test]
        fn transposing_twice_changes_nothing_and_keeps_every_cell(
            triples in prop::collection::vec((0u32..9, 0u32..7, -4i8..4), 0..60),
        ) {
            let triples = triples.into_iter().map(|(row, column, value)| (row, column, f32::from(value)));
            let matrix = CsrMatrix::from_triples(9, 7, triples).unwrap();
            let turned = matrix.transpose();
            prop_assert_eq!(&turned.transpose(), &matrix);
            for (row, column, value) in matrix.triples() {
                prop_assert_eq!(turned.get(column as usize, row), value);
            }
        }
    }
}
