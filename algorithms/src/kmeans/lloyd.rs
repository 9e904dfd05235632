//! The loop: assign, move, until nothing changes.
//!
//! Sums are kept over the iterations: only rows that change their group are subtracted here and added there. In `f64` that
//! loses nothing that an `f32` centroid could show, and after the first iterations almost no row moves.

use super::{KMeans, KMeansModel, assign};
use crate::matrix::Matrix;
use crate::parallel::{self, CHUNK_ROWS};
use crate::tiles::Tiles;
use rayon::prelude::*;

/// The label of a row that has none yet.
const NONE: u32 = u32::MAX;

/// Sums and counts of the rows of each group.
struct Groups {
    sums: Vec<f64>,
    counts: Vec<i64>,
}

impl Groups {
    fn new(clusters: usize, columns: usize) -> Self {
        Groups { sums: vec![0.0; clusters * columns], counts: vec![0; clusters] }
    }

    fn add(&mut self, group: u32, row: &[f32], sign: i64) {
        let group = group as usize;
        self.counts[group] += sign;
        let sums = &mut self.sums[group * row.len()..(group + 1) * row.len()];
        for (sum, &value) in sums.iter_mut().zip(row) {
            *sum += sign as f64 * f64::from(value);
        }
    }

    fn merge(&mut self, other: &Groups) {
        self.sums.iter_mut().zip(&other.sums).for_each(|(sum, more)| *sum += more);
        self.counts.iter_mut().zip(&other.counts).for_each(|(count, more)| *count += more);
    }
}

/// One restart from given centroids.
pub(super) fn run(parameters: &KMeans, data: &Matrix, tiles: &Tiles, start: Matrix) -> KMeansModel {
    let threshold = parameters.tolerance * mean_variance(data);
    let mut centroids = start;
    let mut labels = vec![NONE; data.rows()];
    let mut groups = Groups::new(centroids.rows(), data.columns());
    let mut iterations = 0;
    let mut converged = false;
    let mut settled = false;
    while iterations < parameters.max_iterations && !converged {
        iterations += 1;
        let moved = reassign(data, tiles, &centroids, &mut labels, &mut groups);
        refill_empty(data, &centroids, &mut labels, &mut groups);
        settled = moved == 0;
        converged = settled || move_centroids(&mut centroids, &groups) <= threshold;
    }
    if !settled {
        labels = assign::labels(tiles, &centroids);
    }
    let inertia = inertia(data, &centroids, &labels);
    KMeansModel { centroids, labels, inertia, iterations, converged }
}

/// Gives every row to its nearest centroid; returns how many rows changed their group.
fn reassign(data: &Matrix, tiles: &Tiles, centroids: &Matrix, labels: &mut [u32], groups: &mut Groups) -> usize {
    let changes: Vec<(usize, Option<Groups>)> = labels
        .par_chunks_mut(CHUNK_ROWS)
        .enumerate()
        .map(|(index, labels)| {
            let mut fresh = [0; CHUNK_ROWS];
            let fresh = &mut fresh[..labels.len()];
            assign::nearest(tiles.chunk(index), tiles.columns, centroids.values(), fresh);
            if fresh == labels {
                return (0, None);
            }
            let mut change = Groups::new(centroids.rows(), data.columns());
            let moved = note_changes(data, index * CHUNK_ROWS, labels, fresh, &mut change);
            labels.copy_from_slice(fresh);
            (moved, Some(change))
        })
        .collect();
    changes.iter().filter_map(|(_, change)| change.as_ref()).for_each(|change| groups.merge(change));
    changes.iter().map(|(moved, _)| moved).sum()
}

fn note_changes(data: &Matrix, first_row: usize, old: &[u32], new: &[u32], change: &mut Groups) -> usize {
    let mut moved = 0;
    for (at, (&old, &new)) in old.iter().zip(new).enumerate() {
        if old != new {
            moved += 1;
            let row = data.row(first_row + at);
            change.add(new, row, 1);
            if old != NONE {
                change.add(old, row, -1);
            }
        }
    }
    moved
}

/// Gives each empty group the row that is farthest from its own centroid, as long as there is one off its centroid.
fn refill_empty(data: &Matrix, centroids: &Matrix, labels: &mut [u32], groups: &mut Groups) {
    while let Some(empty) = groups.counts.iter().position(|&count| count == 0) {
        let Some(row) = farthest_row(data, centroids, labels, groups) else { return };
        groups.add(labels[row], data.row(row), -1);
        groups.add(empty as u32, data.row(row), 1);
        labels[row] = empty as u32;
    }
}

fn farthest_row(data: &Matrix, centroids: &Matrix, labels: &[u32], groups: &Groups) -> Option<usize> {
    let candidates = parallel::map_ranges(data.rows(), CHUNK_ROWS, |range| {
        let mut farthest = (0.0, None);
        for row in range.filter(|&row| groups.counts[labels[row] as usize] > 1) {
            let distance = squared_distance(data.row(row), centroids.row(labels[row] as usize));
            if distance > farthest.0 {
                farthest = (distance, Some(row));
            }
        }
        farthest
    });
    candidates.into_iter().fold((0.0, None), |best, next| if next.0 > best.0 { next } else { best }).1
}

/// Moves every centroid to the mean of its rows; returns the sum of squared moves. An empty group stays where it is.
fn move_centroids(centroids: &mut Matrix, groups: &Groups) -> f64 {
    let mut shift = 0.0;
    for (group, &count) in groups.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let columns = centroids.columns();
        let sums = &groups.sums[group * columns..(group + 1) * columns];
        for (centre, sum) in centroids.row_mut(group).iter_mut().zip(sums) {
            let mean = (sum / count as f64) as f32;
            shift += f64::from(mean - *centre).powi(2);
            *centre = mean;
        }
    }
    shift
}

fn inertia(data: &Matrix, centroids: &Matrix, labels: &[u32]) -> f64 {
    parallel::sum(data.rows(), |row| squared_distance(data.row(row), centroids.row(labels[row] as usize)))
}

/// In `f64`: the difference of two `f32` and its square lose nothing.
fn squared_distance(left: &[f32], right: &[f32]) -> f64 {
    left.iter().zip(right).map(|(&left, &right)| (f64::from(left) - f64::from(right)).powi(2)).sum()
}

/// Mean over the columns of their variance, the unit of the tolerance.
fn mean_variance(data: &Matrix) -> f64 {
    let (rows, columns) = (data.rows() as f64, data.columns());
    let total = |term: &(dyn Fn(usize, f64) -> f64 + Sync)| -> Vec<f64> {
        let parts = parallel::map_ranges(data.rows(), CHUNK_ROWS, |range| {
            let mut sums = vec![0.0; columns];
            for row in range {
                sums.iter_mut().zip(data.row(row)).enumerate().for_each(|(column, (sum, &value))| {
                    *sum += term(column, f64::from(value));
                });
            }
            sums
        });
        (0..columns).map(|column| parts.iter().map(|part| part[column]).sum()).collect()
    };
    let means: Vec<f64> = total(&|_, value| value).into_iter().map(|sum| sum / rows).collect();
    total(&|column, value| (value - means[column]).powi(2)).iter().map(|sum| sum / rows).sum::<f64>() / columns as f64
}
