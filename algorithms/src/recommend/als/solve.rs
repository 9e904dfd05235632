//! One half of an iteration: every row's vector, with the other side fixed.
//!
//! Nearly all time goes into two operations per stored value and step: the product of the direction with a vector `y` of the
//! other side, and adding a multiple of `y`. Four `y` are taken at a time, so that the direction is read and the sum is written
//! once for four of them. After the last step nobody needs the residual, so that step's product with the system is only a
//! number (`dᵀAd`) and adding is left out.

use crate::matrix::{CsrMatrix, Matrix};
use crate::parallel::map_ranges;
use crate::simd::{LANES, Lanes, multiversion, prefetch};
use rayon::prelude::*;

/// Rows in one piece of work.
const CHUNK: usize = 64;
/// Vectors of the other side that are taken at a time.
const TOGETHER: usize = 4;
/// Groups of vectors that are asked for ahead of their use: they lie all over a table that is larger than the caches.
const AHEAD: usize = 3;
/// Squared length of a residual that counts as none.
const SOLVED: f32 = 1e-20;

/// Sixteen numbers of a vector.
type Block = [f32; LANES];

/// Solves `(YᵀCY + λI) x = YᵀCp` for every row of `confidences` by a few conjugate-gradient steps from the present `x`.
pub(super) fn all_rows(confidences: &CsrMatrix, fixed: &Matrix, vectors: &mut Matrix, lambda: f32, steps: usize) {
    let width = fixed.columns();
    let gram = gram(fixed, lambda);
    let system = Fixed { gram: gram.as_chunks().0, vectors: fixed.values().as_chunks().0, blocks: width / LANES };
    vectors.values_mut().par_chunks_mut(width * CHUNK).enumerate().for_each(|(chunk, vectors)| {
        let mut work = Work::new(system.blocks);
        for (at, vector) in vectors.chunks_exact_mut(width).enumerate() {
            let row = chunk * CHUNK + at;
            if confidences.row_len(row) == 0 {
                vector.fill(0.0);
            } else {
                let known = Known { indices: confidences.row_indices(row), confidences: confidences.row_values(row) };
                conjugate_gradient(&system, &known, vector.as_chunks_mut().0, steps, &mut work);
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
    for rows in rows.chunks(TOGETHER * width) {
        if rows.len() == TOGETHER * width {
            let y: [&[Block]; TOGETHER] = std::array::from_fn(|at| rows[at * width..(at + 1) * width].as_chunks().0);
            for (column, sums) in sums.chunks_exact_mut(width).enumerate() {
                let factors = std::array::from_fn(|at| rows[at * width + column]);
                add_scaled::<FUSED, TOGETHER>(&y, &factors, sums.as_chunks_mut().0);
            }
        } else {
            for row in rows.chunks_exact(width) {
                for (&value, sums) in row.iter().zip(sums.chunks_exact_mut(width)) {
                    add_scaled::<FUSED, 1>(&[row.as_chunks().0], &[value], sums.as_chunks_mut().0);
                }
            }
        }
    }
}

/// The side that stays as it is.
struct Fixed<'a> {
    /// `YᵀY + λI`, row after row.
    gram: &'a [Block],
    /// All vectors, one after the other.
    vectors: &'a [Block],
    /// Blocks of one vector.
    blocks: usize,
}

impl<'a> Fixed<'a> {
    #[inline(always)]
    fn vector(&self, index: u32) -> &'a [Block] {
        &self.vectors[index as usize * self.blocks..][..self.blocks]
    }
}

/// What one row took, and how sure that makes.
struct Known<'a> {
    indices: &'a [u32],
    confidences: &'a [f32],
}

/// Vectors that a solution needs on the way.
struct Work {
    residual: Vec<Block>,
    direction: Vec<Block>,
    product: Vec<Block>,
}

impl Work {
    fn new(blocks: usize) -> Self {
        let zeros = || vec![[0.0; LANES]; blocks];
        Work { residual: zeros(), direction: zeros(), product: zeros() }
    }
}

multiversion! {
    fn conjugate_gradient(fixed: &Fixed<'_>, known: &Known<'_>, x: &mut [Block], steps: usize, work: &mut Work) = conjugate_gradient_body
}

#[inline(always)]
fn conjugate_gradient_body<const FUSED: bool>(
    fixed: &Fixed<'_>,
    known: &Known<'_>,
    x: &mut [Block],
    steps: usize,
    work: &mut Work,
) {
    let Work { residual, direction, product } = work;
    // The residual b − A x, with its sign turned while it is added up: A x − b.
    prefetch_first(fixed, known);
    multiply::<FUSED>(fixed.gram, x, residual);
    add_known::<FUSED>(fixed, known, x, residual, |confidence, dot| (confidence - 1.0) * dot - confidence);
    residual.iter_mut().flatten().for_each(|value| *value = -*value);
    direction.copy_from_slice(residual);
    let mut square = dot::<FUSED>(residual, residual);
    for step in 1..=steps {
        if square < SOLVED {
            return;
        }
        multiply::<FUSED>(fixed.gram, direction, product);
        if step == steps {
            let curvature = dot::<FUSED>(direction, product) + known_curvature::<FUSED>(fixed, known, direction);
            add_scaled::<FUSED, 1>(&[direction], &[square / curvature], x);
            return;
        }
        add_known::<FUSED>(fixed, known, direction, product, |confidence, dot| (confidence - 1.0) * dot);
        let length = square / dot::<FUSED>(direction, product);
        add_scaled::<FUSED, 1>(&[direction], &[length], x);
        add_scaled::<FUSED, 1>(&[product], &[-length], residual);
        let before = square;
        square = dot::<FUSED>(residual, residual);
        turn(direction, residual, square / before);
    }
}

/// `direction = residual + part · direction`.
#[inline(always)]
fn turn(direction: &mut [Block], residual: &[Block], part: f32) {
    for (direction, residual) in direction.iter_mut().zip(residual) {
        for (direction, residual) in direction.iter_mut().zip(residual) {
            *direction = residual + part * *direction;
        }
    }
}

/// Adds `factor(confidence, y · vector) · y` for everything that is known.
#[inline(always)]
fn add_known<const FUSED: bool>(
    fixed: &Fixed<'_>,
    known: &Known<'_>,
    vector: &[Block],
    sums: &mut [Block],
    factor: impl Fn(f32, f32) -> f32,
) {
    let (indices, last_indices) = known.indices.as_chunks::<TOGETHER>();
    let (confidences, last_confidences) = known.confidences.as_chunks::<TOGETHER>();
    for (at, (indices, confidences)) in indices.iter().zip(confidences).enumerate() {
        prefetch_ahead(fixed, known, (at + AHEAD) * TOGETHER);
        let y = indices.map(|index| fixed.vector(index));
        let dots = dots::<FUSED, TOGETHER>(&y, vector);
        let factors = std::array::from_fn(|at| factor(confidences[at], dots[at]));
        add_scaled::<FUSED, TOGETHER>(&y, &factors, sums);
    }
    for (&index, &confidence) in last_indices.iter().zip(last_confidences) {
        let y = [fixed.vector(index)];
        let [dot] = dots::<FUSED, 1>(&y, vector);
        add_scaled::<FUSED, 1>(&y, &[factor(confidence, dot)], sums);
    }
}

/// The sum of `(confidence − 1) (y · vector)²` for everything that is known.
#[inline(always)]
fn known_curvature<const FUSED: bool>(fixed: &Fixed<'_>, known: &Known<'_>, vector: &[Block]) -> f32 {
    let (indices, last_indices) = known.indices.as_chunks::<TOGETHER>();
    let (confidences, last_confidences) = known.confidences.as_chunks::<TOGETHER>();
    let mut sum = 0.0;
    for (at, (indices, confidences)) in indices.iter().zip(confidences).enumerate() {
        prefetch_ahead(fixed, known, (at + AHEAD) * TOGETHER);
        let dots = dots::<FUSED, TOGETHER>(&indices.map(|index| fixed.vector(index)), vector);
        for (dot, confidence) in dots.iter().zip(confidences) {
            sum += (confidence - 1.0) * dot * dot;
        }
    }
    for (&index, &confidence) in last_indices.iter().zip(last_confidences) {
        let [dot] = dots::<FUSED, 1>(&[fixed.vector(index)], vector);
        sum += (confidence - 1.0) * dot * dot;
    }
    sum
}

/// Asks for the vectors that come first, while the product with the Gram matrix is computed.
#[inline(always)]
fn prefetch_first(fixed: &Fixed<'_>, known: &Known<'_>) {
    for group in 0..AHEAD {
        prefetch_ahead(fixed, known, group * TOGETHER);
    }
}

/// Asks for the vectors of a group that comes later.
#[inline(always)]
fn prefetch_ahead(fixed: &Fixed<'_>, known: &Known<'_>, from: usize) {
    for &index in known.indices.iter().skip(from).take(TOGETHER) {
        prefetch(fixed.vector(index));
    }
}

/// `product = matrix · vector` for a symmetric matrix. Four sums side by side, since one would wait for itself.
#[inline(always)]
fn multiply<const FUSED: bool>(matrix: &[Block], vector: &[Block], product: &mut [Block]) {
    let blocks = vector.len();
    for (block, product) in product.iter_mut().enumerate() {
        let mut sums = [Lanes::splat(0.0); TOGETHER];
        for (factors, rows) in vector.as_flattened().as_chunks().0.iter().zip(matrix.chunks_exact(TOGETHER * blocks)) {
            let factors: &[f32; TOGETHER] = factors;
            for at in 0..TOGETHER {
                sums[at] = Lanes(rows[at * blocks + block]).times_plus::<FUSED>(Lanes::splat(factors[at]), sums[at]);
            }
        }
        *product = ((sums[0] + sums[1]) + (sums[2] + sums[3])).0;
    }
}

/// `sums += Σ factor · y` over a few vectors.
#[inline(always)]
fn add_scaled<const FUSED: bool, const N: usize>(y: &[&[Block]; N], factors: &[f32; N], sums: &mut [Block]) {
    let y = y.map(|y| &y[..sums.len()]);
    for (block, sums) in sums.iter_mut().enumerate() {
        let mut sum = Lanes(*sums);
        for at in 0..N {
            sum = Lanes(y[at][block]).times_plus::<FUSED>(Lanes::splat(factors[at]), sum);
        }
        *sums = sum.0;
    }
}

/// The products of a few vectors with one.
#[inline(always)]
fn dots<const FUSED: bool, const N: usize>(y: &[&[Block]; N], vector: &[Block]) -> [f32; N] {
    let y = y.map(|y| &y[..vector.len()]);
    let mut sums = [Lanes::splat(0.0); N];
    for (block, values) in vector.iter().enumerate() {
        for at in 0..N {
            sums[at] = Lanes(y[at][block]).times_plus::<FUSED>(Lanes(*values), sums[at]);
        }
    }
    sums.map(Lanes::sum)
}

#[inline(always)]
fn dot<const FUSED: bool>(left: &[Block], right: &[Block]) -> f32 {
    dots::<FUSED, 1>(&[left], right)[0]
}
