//! The two shapes of numbers that the algorithms read.
//!
//! **Dense** ([`Matrix`], [`MatrixView`]): row-major, one row per observation, `f32` unless said otherwise. Row-major,
//! since every algorithm here walks through observations; a row is one slice.
//!
//! **Sparse** ([`CsrMatrix`]): compressed sparse rows, for interactions of people with items, where all but a few of a
//! thousand cells are empty. Memory is 8 bytes per stored value and 8 per row. Made from (row, column, value) triples in
//! any order; values for the same cell are added up. [`CsrMatrix::transpose`] turns "what did this person buy" into
//! "who bought this item" in one pass.
//!
//! Both check their shape when they are made, and cannot be changed into a wrong one. Neither is for linear algebra of
//! large dense systems; nothing here needs that.
//!
//! ```
//! use bellwether_algorithms::matrix::{CsrMatrix, Matrix};
//! # fn main() -> bellwether_algorithms::Result<()> {
//! let points = Matrix::from_rows(&[[1.0_f32, 2.0], [3.0, 4.0]])?;
//! assert_eq!(points.row(1), [3.0, 4.0]);
//!
//! let bought = CsrMatrix::from_triples(2, 3, [(0, 2, 1.0), (1, 0, 2.0), (0, 2, 4.0)])?;
//! assert_eq!(bought.row(0).collect::<Vec<_>>(), [(2, 5.0)]);
//! # Ok(())
//! # }
//! ```

mod dense;
mod sparse;

pub use dense::{Matrix, MatrixView};
pub use sparse::CsrMatrix;
