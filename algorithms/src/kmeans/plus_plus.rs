//! Greedy k-means++: spread the first centroids over the data.

use crate::matrix::Matrix;
use crate::parallel::{CHUNK_ROWS, map_ranges};
use rand::Rng;
use rayon::prelude::*;

/// Chooses `clusters` rows: the first anywhere, each next one with probability proportional to its squared distance from
/// those chosen, and of several such candidates the one that leaves the smallest sum of distances.
pub(super) fn choose<R: Rng + ?Sized>(data: &Matrix, clusters: usize, rng: &mut R) -> Matrix {
    let trials = 2 + (clusters as f64).ln() as usize;
    let mut chosen = vec![rng.random_range(0..data.rows())];
    let mut distances = distances_to(data, chosen[0]);
    for _ in 1..clusters {
        let mut best: Option<(f64, usize, Vec<f32>)> = None;
        for row in draw(&distances, trials, rng) {
            let left = nearer_of(&distances, distances_to(data, row));
            let sum = total(&left);
            if best.as_ref().is_none_or(|(least, ..)| sum < *least) {
                best = Some((sum, row, left));
            }
        }
        if let Some((_, row, left)) = best {
            chosen.push(row);
            distances = left;
        }
    }
    data.select_rows(&chosen)
}

/// Rows drawn with probability proportional to their distance; uniformly where all distances are zero.
fn draw<R: Rng + ?Sized>(distances: &[f32], count: usize, rng: &mut R) -> Vec<usize> {
    let parts = partial_sums(distances);
    let sum: f64 = parts.iter().sum();
    (0..count)
        .map(|_| {
            let point = rng.random::<f64>() * sum;
            if sum > 0.0 { locate(distances, &parts, point) } else { rng.random_range(0..distances.len()) }
        })
        .collect()
}

/// The row at which the running sum passes a point.
fn locate(distances: &[f32], parts: &[f64], mut point: f64) -> usize {
    let mut chunk = 0;
    while chunk + 1 < parts.len() && point >= parts[chunk] {
        point -= parts[chunk];
        chunk += 1;
    }
    let first = chunk * CHUNK_ROWS;
    let rows = &distances[first..distances.len().min(first + CHUNK_ROWS)];
    let mut last_possible = 0;
    for (at, &distance) in rows.iter().enumerate().filter(|(_, distance)| **distance > 0.0) {
        last_possible = at;
        point -= f64::from(distance);
        if point < 0.0 {
            break;
        }
    }
    first + last_possible
}

fn distances_to(data: &Matrix, row: usize) -> Vec<f32> {
    let centre = data.row(row);
    let columns = data.columns();
    data.values()
        .par_chunks(columns)
        .with_min_len(CHUNK_ROWS)
        .map(|row| row.iter().zip(centre).map(|(left, right)| (left - right) * (left - right)).sum())
        .collect()
}

fn nearer_of(left: &[f32], mut right: Vec<f32>) -> Vec<f32> {
    right.iter_mut().zip(left).for_each(|(right, &left)| *right = right.min(left));
    right
}

fn partial_sums(distances: &[f32]) -> Vec<f64> {
    map_ranges(distances.len(), CHUNK_ROWS, |range| distances[range].iter().map(|&distance| f64::from(distance)).sum())
}

fn total(distances: &[f32]) -> f64 {
    partial_sums(distances).iter().sum()
}
