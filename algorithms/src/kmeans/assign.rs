//! The nearest centroid of every row: the inner loop of k-means.
//!
//! Sixteen rows ([`Tiles`]) are compared with one centroid side by side, so that no sum runs across lanes. Four centroids
//! at a time share one load of a column.

use crate::matrix::Matrix;
use crate::parallel::CHUNK_ROWS;
use crate::simd::{LANES, Lanes, multiversion};
use crate::tiles::Tiles;
use rayon::prelude::*;

/// Centroids that are compared at a time.
const BLOCK: usize = 4;
/// The label of every row.
pub(super) fn labels(tiles: &Tiles, centroids: &Matrix) -> Vec<u32> {
    let mut labels = vec![0; tiles.rows];
    labels.par_chunks_mut(CHUNK_ROWS).enumerate().for_each(|(index, labels)| {
        nearest(tiles.chunk(index), tiles.columns, centroids.values(), labels);
    });
    labels
}

multiversion! {
    /// Writes the nearest centroid of each row of some tiles; ties go to the lower index.
    pub(super) fn nearest(tiles: &[Lanes], columns: usize, centroids: &[f32], labels: &mut [u32]) = nearest_body
}

#[inline(always)]
fn nearest_body<const FUSED: bool>(tiles: &[Lanes], columns: usize, centroids: &[f32], labels: &mut [u32]) {
    for (tile, labels) in tiles.chunks_exact(columns).zip(labels.chunks_mut(LANES)) {
        let found = nearest_of_tile::<FUSED>(tile, columns, centroids);
        match labels.as_mut_array::<LANES>() {
            Some(labels) => *labels = found,
            None => labels.copy_from_slice(&found[..labels.len()]),
        }
    }
}

#[inline(always)]
fn nearest_of_tile<const FUSED: bool>(tile: &[Lanes], columns: usize, centroids: &[f32]) -> [u32; LANES] {
    let mut least = Lanes::splat(f32::INFINITY);
    let mut label = [0; LANES];
    let mut index = 0;
    let mut blocks = centroids.chunks_exact(BLOCK * columns);
    for block in &mut blocks {
        let distances = squared_distances::<FUSED, BLOCK>(tile, columns, block);
        for distance in distances {
            keep_least(distance, index, &mut least, &mut label);
            index += 1;
        }
    }
    for centroid in blocks.remainder().chunks_exact(columns) {
        let [distance] = squared_distances::<FUSED, 1>(tile, columns, centroid);
        keep_least(distance, index, &mut least, &mut label);
        index += 1;
    }
    label
}

/// Squared distances of sixteen rows to `N` centroids.
#[inline(always)]
fn squared_distances<const FUSED: bool, const N: usize>(
    tile: &[Lanes],
    columns: usize,
    centroids: &[f32],
) -> [Lanes; N] {
    let mut distances = [Lanes::splat(0.0); N];
    let rows: [&[f32]; N] = std::array::from_fn(|centroid| &centroids[centroid * columns..(centroid + 1) * columns]);
    for (column, values) in tile.iter().enumerate().take(columns) {
        for centroid in 0..N {
            let difference = *values - Lanes::splat(rows[centroid][column]);
            distances[centroid] = difference.times_plus::<FUSED>(difference, distances[centroid]);
        }
    }
    distances
}

#[inline(always)]
fn keep_least(distance: Lanes, index: u32, least: &mut Lanes, label: &mut [u32; LANES]) {
    for ((label, least), distance) in label.iter_mut().zip(&mut least.0).zip(distance.0) {
        let nearer = distance < *least;
        *label = if nearer { index } else { *label };
        *least = if nearer { distance } else { *least };
    }
}
