//! Rows packed for vector instructions: sixteen at a time, column by column.
//!
//! With one row per lane, sixteen distances to the same point come out of one pass over the columns and no sum runs across
//! lanes. Packing costs one copy and is done once per data set.

use crate::matrix::Matrix;
use crate::parallel::CHUNK_ROWS;
use crate::simd::{LANES, Lanes};
use rayon::prelude::*;

/// Tiles in one chunk of work.
const CHUNK_TILES: usize = CHUNK_ROWS / LANES;

/// Rows in tiles of sixteen: tile by tile, in each tile column by column. The last tile is filled up with zeros.
pub(crate) struct Tiles {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    values: Vec<Lanes>,
}

impl Tiles {
    pub(crate) fn pack(data: &Matrix) -> Tiles {
        let (rows, columns) = (data.rows(), data.columns());
        let mut values = vec![Lanes::splat(0.0); rows.div_ceil(LANES) * columns];
        values.par_chunks_mut(columns).enumerate().for_each(|(tile, lanes)| {
            let first = tile * LANES;
            for lane in 0..LANES.min(rows - first) {
                for (column, &value) in data.row(first + lane).iter().enumerate() {
                    lanes[column].0[lane] = value;
                }
            }
        });
        Tiles { rows, columns, values }
    }

    /// The tiles of a chunk of [`CHUNK_ROWS`] rows.
    pub(crate) fn chunk(&self, index: usize) -> &[Lanes] {
        let start = index * CHUNK_TILES * self.columns;
        &self.values[start..self.values.len().min(start + CHUNK_TILES * self.columns)]
    }

    /// All tiles, each `columns` long.
    pub(crate) fn values(&self) -> &[Lanes] {
        &self.values
    }
}
