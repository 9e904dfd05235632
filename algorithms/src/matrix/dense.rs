//! Row-major dense matrices.

use crate::error::{Error, Result, require_equal};
use serde::{Deserialize, Serialize};

/// A row-major matrix that owns its values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Raw<T>", bound(deserialize = "T: Copy + Deserialize<'de>"))]
pub struct Matrix<T = f32> {
    rows: usize,
    columns: usize,
    values: Vec<T>,
}

/// A borrowed row-major matrix.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MatrixView<'a, T = f32> {
    rows: usize,
    columns: usize,
    values: &'a [T],
}

/// What a stored matrix claims to be, before its shape was checked.
#[derive(Deserialize)]
struct Raw<T> {
    rows: usize,
    columns: usize,
    values: Vec<T>,
}

impl<T: Copy> TryFrom<Raw<T>> for Matrix<T> {
    type Error = Error;

    fn try_from(raw: Raw<T>) -> Result<Self> {
        Matrix::new(raw.rows, raw.columns, raw.values)
    }
}

impl<T: Copy> Matrix<T> {
    /// A matrix from its values, row after row.
    ///
    /// # Errors
    /// [`Error::Shape`] unless there are `rows * columns` values.
    pub fn new(rows: usize, columns: usize, values: Vec<T>) -> Result<Self> {
        require_equal("values of a matrix (rows x columns)", rows.saturating_mul(columns), values.len())?;
        Ok(Matrix { rows, columns, values })
    }

    /// A matrix from rows of equal length.
    ///
    /// # Errors
    /// [`Error::Shape`] if a row is longer or shorter than the first.
    pub fn from_rows<R: AsRef<[T]>>(rows: &[R]) -> Result<Self> {
        let columns = rows.first().map_or(0, |row| row.as_ref().len());
        let mut values = Vec::with_capacity(rows.len() * columns);
        for row in rows {
            require_equal("length of a row", columns, row.as_ref().len())?;
            values.extend_from_slice(row.as_ref());
        }
        Ok(Matrix { rows: rows.len(), columns, values })
    }

    /// A matrix with the same value everywhere.
    pub fn filled(rows: usize, columns: usize, value: T) -> Self {
        Matrix { rows, columns, values: vec![value; rows * columns] }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// All values, row after row.
    pub fn values(&self) -> &[T] {
        &self.values
    }

    /// All values, to be changed in place.
    pub fn values_mut(&mut self) -> &mut [T] {
        &mut self.values
    }

    /// The values without the shape.
    pub fn into_values(self) -> Vec<T> {
        self.values
    }

    /// One row.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn row(&self, row: usize) -> &[T] {
        &self.values[row * self.columns..(row + 1) * self.columns]
    }

    /// One row, to be changed in place.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn row_mut(&mut self, row: usize) -> &mut [T] {
        &mut self.values[row * self.columns..(row + 1) * self.columns]
    }

    /// All rows in order.
    pub fn iter_rows(&self) -> impl ExactSizeIterator<Item = &[T]> {
        (0..self.rows).map(|row| self.row(row))
    }

    /// One column, copied.
    ///
    /// # Panics
    /// If there is no such column.
    pub fn column(&self, column: usize) -> Vec<T> {
        assert!(column < self.columns, "column {column} of {}", self.columns);
        self.iter_rows().map(|row| row[column]).collect()
    }

    /// The rows with these indices, in this order; an index may come more than once.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn select_rows(&self, rows: &[usize]) -> Self {
        let mut values = Vec::with_capacity(rows.len() * self.columns);
        for &row in rows {
            values.extend_from_slice(self.row(row));
        }
        Matrix { rows: rows.len(), columns: self.columns, values }
    }

    /// Rows as columns and columns as rows.
    pub fn transpose(&self) -> Self {
        let values = (0..self.columns).flat_map(|column| self.iter_rows().map(move |row| row[column])).collect();
        Matrix { rows: self.columns, columns: self.rows, values }
    }

    /// The whole matrix, borrowed.
    pub fn view(&self) -> MatrixView<'_, T> {
        MatrixView { rows: self.rows, columns: self.columns, values: &self.values }
    }
}

impl Matrix<f32> {
    /// Refuses anything that is not a finite number.
    ///
    /// # Errors
    /// [`Error::NotFinite`] with the first such cell.
    pub fn require_finite(&self, what: &'static str) -> Result<()> {
        match self.values.iter().position(|value| !value.is_finite()) {
            None => Ok(()),
            Some(at) => Err(Error::NotFinite { what, row: at / self.columns, column: at % self.columns }),
        }
    }
}

impl<'a, T: Copy> MatrixView<'a, T> {
    /// A view of values that lie row after row.
    ///
    /// # Errors
    /// [`Error::Shape`] unless there are `rows * columns` values.
    pub fn new(rows: usize, columns: usize, values: &'a [T]) -> Result<Self> {
        require_equal("values of a matrix (rows x columns)", rows.saturating_mul(columns), values.len())?;
        Ok(MatrixView { rows, columns, values })
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// All values, row after row.
    pub fn values(&self) -> &'a [T] {
        self.values
    }

    /// One row.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn row(&self, row: usize) -> &'a [T] {
        &self.values[row * self.columns..(row + 1) * self.columns]
    }

    /// A copy that owns its values.
    pub fn to_matrix(&self) -> Matrix<T> {
        Matrix { rows: self.rows, columns: self.columns, values: self.values.to_vec() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_columns_and_transpose_agree() {
        let matrix = Matrix::from_rows(&[[1, 2, 3], [4, 5, 6]]).unwrap();
        assert_eq!((matrix.rows(), matrix.columns()), (2, 3));
        assert_eq!(matrix.column(1), [2, 5]);
        assert_eq!(matrix.transpose().row(2), [3, 6]);
        assert_eq!(matrix.transpose().transpose(), matrix);
        assert_eq!(matrix.select_rows(&[1, 1]).values(), [4, 5, 6, 4, 5, 6]);
    }

    #[test]
    fn a_wrong_shape_is_refused() {
        assert!(matches!(Matrix::new(2, 2, vec![1.0; 3]), Err(Error::Shape { expected: 4, found: 3, .. })));
        assert!(Matrix::from_rows(&[vec![1.0], vec![1.0, 2.0]]).is_err());
        assert!(MatrixView::new(1, 2, &[0.0]).is_err());
    }

    #[test]
    fn the_cell_that_is_not_a_number_is_named() {
        let matrix = Matrix::from_rows(&[[0.0, 1.0], [2.0, f32::NAN]]).unwrap();
        assert_eq!(matrix.require_finite("data"), Err(Error::NotFinite { what: "data", row: 1, column: 1 }));
    }
}
