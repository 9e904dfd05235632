//! Why an item has its score: the person's vector is linear in what the person took.
//!
//! With `W = YᵀC_uY + λI` the score is `y_i · W⁻¹ Σ_j c_uj y_j`, so own item `j` adds `c_uj · y_i W⁻¹ y_j` (Hu, Koren & Volinsky,
//! section 5). `YᵀY` is computed once for everybody, then one Cholesky factorisation per person, one solution per explained
//! item.

use super::{AlsModel, Contribution, check_item, solve};
use crate::error::Result;
use crate::matrix::CsrMatrix;
use crate::recommend::Request;
use std::iter::Sum;
use std::ops::{AddAssign, Mul};

/// Explains scores of one model, person after person.
#[derive(Debug, Clone)]
pub struct AlsExplainer<'m> {
    model: &'m AlsModel,
    /// `YᵀY + λI`, row-major.
    gram: Vec<f64>,
}

/// A person's own items, and the factorised system that they make.
struct Person {
    own: Vec<(u32, f64)>,
    factor: Vec<f64>,
}

impl<'m> AlsExplainer<'m> {
    pub(super) fn new(model: &'m AlsModel) -> Self {
        let (size, width) = (model.factors, model.items.columns());
        let gram = solve::gram(&model.items, model.regularization);
        let row = |row: usize| gram[row * width..row * width + size].iter().map(|&value| f64::from(value));
        Self { model, gram: (0..size).flat_map(row).collect() }
    }

    /// As [`AlsModel::explain`].
    ///
    /// # Errors
    /// As [`AlsModel::explain`].
    pub fn explain(&self, history: &CsrMatrix, person: u32, items: &[u32]) -> Result<Vec<Vec<Contribution>>> {
        let person = self.person(history, person, items)?;
        let all = |&item: &u32| {
            let mut contributions: Vec<_> = self.contributions(&person, item).collect();
            contributions.sort_by(|left, right| right.score.total_cmp(&left.score).then(left.item.cmp(&right.item)));
            contributions
        };
        Ok(items.iter().map(all).collect())
    }

    /// For each item the own item that spoke most for it; `None` for somebody who took nothing. The same as the first of
    /// [`AlsModel::explain`], without the others.
    ///
    /// # Errors
    /// As [`AlsModel::explain`].
    pub fn strongest(&self, history: &CsrMatrix, person: u32, items: &[u32]) -> Result<Vec<Option<Contribution>>> {
        let person = self.person(history, person, items)?;
        let before = |left: &Contribution, right: &Contribution| {
            left.score.total_cmp(&right.score).then(right.item.cmp(&left.item))
        };
        Ok(items.iter().map(|&item| self.contributions(&person, item).max_by(before)).collect())
    }

    fn person(&self, history: &CsrMatrix, person: u32, items: &[u32]) -> Result<Person> {
        let known = self.model.items.rows();
        Request::new(&[person], history, 1).check(known)?;
        items.iter().try_for_each(|&item| check_item(item, known))?;
        let confidence = self.model.confidence;
        let own: Vec<_> =
            history.row(person as usize).map(|(item, value)| (item, f64::from(confidence.of(value)))).collect();
        let factor = cholesky(self.system(&own), self.model.factors);
        Ok(Person { own, factor })
    }

    /// `YᵀY + λI + Σ (c − 1) y yᵀ`, of which only the lower half is needed.
    fn system(&self, own: &[(u32, f64)]) -> Vec<f64> {
        let size = self.model.factors;
        let mut system = self.gram.clone();
        for &(item, confidence) in own {
            let y = self.vector(item);
            for (row, &left) in y.iter().enumerate() {
                let scaled = (confidence - 1.0) * left;
                system[row * size..][..=row].iter_mut().zip(&y).for_each(|(sum, &right)| *sum += scaled * right);
            }
        }
        system
    }

    fn contributions<'p>(&'p self, person: &'p Person, item: u32) -> impl Iterator<Item = Contribution> + 'p {
        let weights = solve_cholesky(&person.factor, self.vector(item));
        let weights: Vec<f32> = weights.into_iter().map(|weight| weight as f32).collect();
        person.own.iter().map(move |&(item, confidence)| {
            let product = dot(self.model.item(item as usize), &weights);
            Contribution { item, score: confidence as f32 * product }
        })
    }

    fn vector(&self, item: u32) -> Vec<f64> {
        self.model.item(item as usize).iter().map(|&value| f64::from(value)).collect()
    }
}

/// The lower factor `L` of `A = L Lᵀ`, in place of the lower half of `A`. `A` is positive definite, since `λ > 0`.
fn cholesky(mut a: Vec<f64>, size: usize) -> Vec<f64> {
    for row in 0..size {
        let (above, here) = a.split_at_mut(row * size);
        for column in 0..row {
            let other = &above[column * size..][..=column];
            here[column] = (here[column] - dot(&here[..column], &other[..column])) / other[column];
        }
        let left = here[row] - dot(&here[..row], &here[..row]);
        here[row] = left.max(f64::MIN_POSITIVE).sqrt();
    }
    a
}

/// Solves `L Lᵀ x = b`.
fn solve_cholesky(factor: &[f64], mut b: Vec<f64>) -> Vec<f64> {
    let size = b.len();
    for row in 0..size {
        let known = dot(&factor[row * size..][..row], &b[..row]);
        b[row] = (b[row] - known) / factor[row * size + row];
    }
    for row in (0..size).rev() {
        let found = b[row] / factor[row * size + row];
        b[row] = found;
        b[..row].iter_mut().zip(&factor[row * size..]).for_each(|(rest, &left)| *rest -= left * found);
    }
    b
}

/// Several sums side by side, which the compiler turns into vector instructions; one sum would have to keep its order.
fn dot<T: Copy + Default + Mul<Output = T> + AddAssign + Sum>(left: &[T], right: &[T]) -> T {
    const TOGETHER: usize = 16;
    let (left, left_rest) = left.as_chunks::<TOGETHER>();
    let (right, right_rest) = right.as_chunks::<TOGETHER>();
    let mut sums = [T::default(); TOGETHER];
    for (left, right) in left.iter().zip(right) {
        (0..TOGETHER).for_each(|at| sums[at] += left[at] * right[at]);
    }
    let rest = left_rest.iter().zip(right_rest).map(|(&left, &right)| left * right);
    sums.into_iter().chain(rest).sum()
}
