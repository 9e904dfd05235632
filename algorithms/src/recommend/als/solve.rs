//! One half of an iteration: every row's vector, with the other side fixed.

use crate::matrix::{CsrMatrix, Matrix};
use crate::parallel::map_ranges;
use crate::simd::{LANES, Lanes, multiversion};
use rayon::prelude::*;

/// Rows in one piece of work.
const CHUNK: usize = 64;
/// Squared length of a residual that counts as none.
const SOLVED: f32 = 1e-20;

/// Solves `(YᵀCY + λI) x = YᵀCp` for every row of `confidences` by a few conjugate-gradient steps from the present `x`.
pub(super) fn all_rows(confidences: &CsrMatrix, fixed: &Matrix, vectors: &mut Matrix, lambda: f32, steps: usize) {
    let width = fixed.columns();
    let gram = gram(fixed, lambda);
    vectors.values_mut().par_chunks_mut(width * CHUNK).enumerate().for_each(|(chunk, vectors)| {
        let mut work = Work::new(width);
        for (at, vector) in vectors.chunks_exact_mut(width).enumerate() {
            let row = chunk * CHUNK + at;
            if confidences.row_len(row) == 0 {
                vector.fill(0.0);
            } else {
                let (indices, values) = (confidences.row_indices(row), confidences.row_values(row));
                conjugate_gradient(&gram, fixed.values(), indices, values, vector, steps, &mut work);
            }
        }
    });
}

/// `YᵀY + λI`, accumulated in a fixed order.
pub(super) fn gram(fixed: &Matrix, lambda: f32) -> Vec<f32> {
    let width = fixed.columns();
    let parts = map_ranges(fixed.rows(), 1024, |range| {
        let mut part = vec![0.0; width * width];
        add_products(&fixed.values()[range.start * width..range.end * width], width, &mut part);
        part
    });
    let mut sum = vec![0.0_f64; width * width];
    for part in &parts {
        sum.iter_mut().zip(part).for_each(|(sum, &value)| *sum += f64::from(value));
    }
    (0..width).for_each(|at| sum[at * width + at] += f64::from(lambda));
    sum.into_iter().map(|value| value as f32).collect()
}

multiversion! {
    fn add_products(rows: &[f32], width: usize, sums: &mut [f32]) = add_products_body
}

#[inline(always)]
fn add_products_body<const FUSED: bool>(rows: &[f32], width: usize, sums: &mut [f32]) {
    for row in rows.chunks_exact(width) {
        for (&value, sums) in row.iter().zip(sums.chunks_exact_mut(width)) {
            add_scaled::<FUSED>(row, value, sums);
        }
    }
}

/// Vectors that a solution needs on the way.
struct Work {
    residual: Vec<f32>,
    direction: Vec<f32>,
    product: Vec<f32>,
}

impl Work {
    fn new(width: usize) -> Self {
        Work { residual: vec![0.0; width], direction: vec![0.0; width], product: vec![0.0; width] }
    }
}

multiversion! {
    fn conjugate_gradient(
        gram: &[f32],
        fixed: &[f32],
        indices: &[u32],
        confidences: &[f32],
        x: &mut [f32],
        steps: usize,
        work: &mut Work,
    ) = conjugate_gradient_body
}

#[inline(always)]
fn conjugate_gradient_body<const FUSED: bool>(
    gram: &[f32],
    fixed: &[f32],
    indices: &[u32],
    confidences: &[f32],
    x: &mut [f32],
    steps: usize,
    work: &mut Work,
) {
    let width = x.len();
    let Work { residual, direction, product } = work;
    let row = |index: u32| &fixed[index as usize * width..(index as usize + 1) * width];
    multiply::<FUSED>(gram, x, residual);
    residual.iter_mut().for_each(|value| *value = -*value);
    for (&index, &confidence) in indices.iter().zip(confidences) {
        let y = row(index);
        let factor = confidence - (confidence - 1.0) * dot::<FUSED>(y, x);
        add_scaled::<FUSED>(y, factor, residual);
    }
    direction.copy_from_slice(residual);
    let mut square = dot::<FUSED>(residual, residual);
    for _ in 0..steps {
        if square < SOLVED {
            break;
        }
        multiply::<FUSED>(gram, direction, product);
        for (&index, &confidence) in indices.iter().zip(confidences) {
            let y = row(index);
            let factor = (confidence - 1.0) * dot::<FUSED>(y, direction);
            add_scaled::<FUSED>(y, factor, product);
        }
        let step = square / dot::<FUSED>(direction, product);
        add_scaled::<FUSED>(direction, step, x);
        add_scaled::<FUSED>(product, -step, residual);
        let before = square;
        square = dot::<FUSED>(residual, residual);
        let turn = square / before;
        for (direction, &residual) in direction.iter_mut().zip(residual.iter()) {
            *direction = residual + turn * *direction;
        }
    }
}

/// `product = matrix · vector` for a symmetric matrix.
#[inline(always)]
fn multiply<const FUSED: bool>(matrix: &[f32], vector: &[f32], product: &mut [f32]) {
    product.fill(0.0);
    for (row, &value) in matrix.chunks_exact(vector.len()).zip(vector) {
        add_scaled::<FUSED>(row, value, product);
    }
}

#[inline(always)]
fn add_scaled<const FUSED: bool>(values: &[f32], factor: f32, sums: &mut [f32]) {
    let (values, _) = values.as_chunks::<LANES>();
    let (sums, _) = sums.as_chunks_mut::<LANES>();
    for (sums, values) in sums.iter_mut().zip(values) {
        *sums = Lanes(*values).times_plus::<FUSED>(Lanes::splat(factor), Lanes(*sums)).0;
    }
}

#[inline(always)]
fn dot<const FUSED: bool>(left: &[f32], right: &[f32]) -> f32 {
    let mut sum = Lanes::splat(0.0);
    for (left, right) in left.as_chunks::<LANES>().0.iter().zip(right.as_chunks::<LANES>().0) {
        sum = Lanes(*left).times_plus::<FUSED>(Lanes(*right), sum);
    }
    sum.sum()
}
