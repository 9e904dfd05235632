//! Why an item has its score: the person's vector is linear in what the person took.
//!
//! With `W = YᵀC_uY + λI` the score is `y_i · W⁻¹ Σ_j c_uj y_j`, so own item `j` adds `c_uj · y_i W⁻¹ y_j` (Hu, Koren & Volinsky,
//! section 5). One Cholesky factorisation per person, one solution per explained item.

use super::{AlsModel, Contribution, solve};
use crate::matrix::CsrMatrix;

/// For each item the contributions of the person's own items, the largest first.
pub(super) fn contributions(
    model: &AlsModel,
    history: &CsrMatrix,
    person: usize,
    items: &[u32],
) -> Vec<Vec<Contribution>> {
    let own: Vec<(u32, f64)> =
        history.row(person).map(|(item, value)| (item, f64::from(model.confidence.of(value)))).collect();
    let factor = cholesky(system(model, &own), model.factors);
    items.iter().map(|&item| of_item(model, &own, &factor, item)).collect()
}

fn of_item(model: &AlsModel, own: &[(u32, f64)], factor: &[f64], item: u32) -> Vec<Contribution> {
    let wanted: Vec<f64> = model.item(item as usize).iter().map(|&value| f64::from(value)).collect();
    let weights = solve_cholesky(factor, wanted);
    let mut contributions: Vec<Contribution> = own
        .iter()
        .map(|&(item, confidence)| {
            let product: f64 =
                model.item(item as usize).iter().zip(&weights).map(|(&value, weight)| f64::from(value) * weight).sum();
            Contribution { item, score: (confidence * product) as f32 }
        })
        .collect();
    contributions.sort_by(|left, right| right.score.total_cmp(&left.score).then(left.item.cmp(&right.item)));
    contributions
}

/// `YᵀY + λI + Σ (c − 1) y yᵀ`, row-major.
fn system(model: &AlsModel, own: &[(u32, f64)]) -> Vec<f64> {
    let (size, width) = (model.factors, model.items.columns());
    let gram = solve::gram(&model.items, model.regularization);
    let mut system: Vec<f64> =
        (0..size).flat_map(|row| gram[row * width..row * width + size].iter().map(|&value| f64::from(value))).collect();
    for &(item, confidence) in own {
        let y = model.item(item as usize);
        for (row, &left) in y.iter().enumerate() {
            let scaled = (confidence - 1.0) * f64::from(left);
            system[row * size..][..size].iter_mut().zip(y).for_each(|(sum, &right)| *sum += scaled * f64::from(right));
        }
    }
    system
}

/// The lower factor `L` of `A = L Lᵀ`, in place of `A`. `A` is positive definite, since `λ > 0`.
fn cholesky(mut a: Vec<f64>, size: usize) -> Vec<f64> {
    for column in 0..size {
        for row in column..size {
            let sum: f64 = (0..column).map(|at| a[row * size + at] * a[column * size + at]).sum();
            let left = a[row * size + column] - sum;
            a[row * size + column] =
                if row == column { left.max(f64::MIN_POSITIVE).sqrt() } else { left / a[column * size + column] };
        }
    }
    a
}

/// Solves `L Lᵀ x = b`.
fn solve_cholesky(factor: &[f64], mut b: Vec<f64>) -> Vec<f64> {
    let size = b.len();
    for row in 0..size {
        let known: f64 = (0..row).map(|at| factor[row * size + at] * b[at]).sum();
        b[row] = (b[row] - known) / factor[row * size + row];
    }
    for row in (0..size).rev() {
        let known: f64 = (row + 1..size).map(|at| factor[at * size + row] * b[at]).sum();
        b[row] = (b[row] - known) / factor[row * size + row];
    }
    b
}
