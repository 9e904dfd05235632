//! ALS for implicit feedback: a few dozen hidden tastes per person and item.
//!
//! # Idea
//! Every person `u` gets a vector `x_u` and every item `i` a vector `y_i` of `factors` numbers, so that `x_u · y_i` is near
//! 1 where `u` took `i` and near 0 elsewhere. Each cell has a *confidence* `c`: 1 where nothing is known, more where
//! somebody took something. Minimised is `Σ c_ui (p_ui − x_u · y_i)² + λ (Σ |x_u|² + Σ |y_i|²)` over all cells, also the empty
//! ones. With the items fixed, each person's vector solves a small linear system, `(YᵀC_uY + λI) x_u = YᵀC_u p_u`, and the other
//! way round; so one alternates. Since `YᵀC_uY = YᵀY + Σ_{taken} (c − 1) y yᵀ`, an iteration costs only what was taken.
//! Three conjugate-gradient steps from the last iteration's vector solve the system well enough (Takács et al. 2011).
//!
//! # Shapes and units
//! In: people × items, values above 0. [`Confidence::Linear`] makes `1 + alpha · value`; [`Confidence::Given`] takes values as
//! they are (`implicit` multiplies by its `alpha` and adds nothing: the same as giving `alpha · value`). Out: `f32` vectors.
//! Start: uniform in [0, 0.01), regularisation `λ` the same for everybody, as `implicit` does, so that settings carry over.
//!
//! # Guarantees
//! Each vector is solved on its own, so the model is the same on any number of threads.
//!
//! # Cost
//! Per iteration about `8 · factors` multiplications for each stored value, twice, and `2 · factors²` per person and item.
//!
//! # When not to use it
//! With explicit ratings (low ones mean dislike). With few interactions per person, item-to-item is usually better.
//!
//! # Sources
//! Hu, Koren & Volinsky (2008), *Collaborative filtering for implicit feedback datasets*; Takács, Pilászy & Tikk (2011),
//! *Applications of the conjugate gradient method for implicit feedback collaborative filtering*.

mod explain;
mod solve;

pub use explain::AlsExplainer;

use super::{Contribution, Recommender, Request, ScoredItem, check_interactions, top_n};
use crate::error::{Error, Result, require, require_equal};
use crate::matrix::{CsrMatrix, Matrix};
use crate::simd::LANES;
use crate::tiles::Tiles;
use rand::Rng;
use serde::{Deserialize, Serialize};

/// How sure a value makes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// `1 + alpha · value`.
    Linear {
        /// Above 0; 40 in the original paper, less for values that are already large.
        alpha: f32,
    },
    /// The value is the confidence.
    Given,
}

impl Confidence {
    fn of(self, value: f32) -> f32 {
        match self {
            Confidence::Linear { alpha } => 1.0 + alpha * value,
            Confidence::Given => value,
        }
    }
}

/// What is wished; [`Als::check`] makes it valid.
#[derive(Debug, Clone, PartialEq)]
pub struct Als {
    factors: usize,
    regularization: f32,
    confidence: Confidence,
    iterations: usize,
    steps: usize,
    start: Option<(Matrix, Matrix)>,
}

/// Valid parameters; the only type that fits.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedAls(Als);

/// Vectors of people and items.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct AlsModel {
    factors: usize,
    regularization: f32,
    confidence: Confidence,
    /// Columns are filled up with zeros to a multiple of the lane width, which changes no product.
    people: Matrix,
    items: Matrix,
}

/// What a stored model claims to be, before its shape was checked.
#[derive(Deserialize)]
struct Stored {
    factors: usize,
    regularization: f32,
    confidence: Confidence,
    people: Matrix,
    items: Matrix,
}

impl TryFrom<Stored> for AlsModel {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self> {
        let Stored { factors, regularization, confidence, people, items } = stored;
        Als::new(factors).regularization(regularization).confidence(confidence).check()?;
        for (what, vectors) in [("width of a stored model's people", &people), ("width of its items", &items)] {
            require_equal(what, factors.next_multiple_of(LANES), vectors.columns())?;
            vectors.require_finite("stored vectors")?;
        }
        Ok(AlsModel { factors, regularization, confidence, people, items })
    }
}

impl Als {
    /// This many factors; regularisation 0.01, confidence `1 + value`, 15 iterations of 3 conjugate-gradient steps.
    pub fn new(factors: usize) -> Self {
        let confidence = Confidence::Linear { alpha: 1.0 };
        Als { factors, regularization: 0.01, confidence, iterations: 15, steps: 3, start: None }
    }

    /// The price of long vectors, `λ`.
    pub fn regularization(self, regularization: f32) -> Self {
        Als { regularization, ..self }
    }

    /// How sure a value makes.
    pub fn confidence(self, confidence: Confidence) -> Self {
        Als { confidence, ..self }
    }

    /// How often people and items are solved.
    pub fn iterations(self, iterations: usize) -> Self {
        Als { iterations, ..self }
    }

    /// Conjugate-gradient steps per vector.
    pub fn steps(self, steps: usize) -> Self {
        Als { steps, ..self }
    }

    /// Starts from these vectors (people × factors, items × factors), for example those of yesterday's model, instead of
    /// drawing some.
    pub fn initial_vectors(self, people: Matrix, items: Matrix) -> Self {
        Als { start: Some((people, items)), ..self }
    }

    /// Makes the parameters valid.
    ///
    /// # Errors
    /// [`Error::Parameter`] or [`Error::Shape`] naming the parameter.
    pub fn check(self) -> Result<CheckedAls> {
        require((1..=1024).contains(&self.factors), "factors", self.factors, "1 to 1,024")?;
        let regularization = self.regularization;
        require(regularization > 0.0 && regularization.is_finite(), "regularization", regularization, "above 0")?;
        require(self.iterations >= 1, "iterations", self.iterations, "at least 1")?;
        require(self.steps >= 1, "steps", self.steps, "at least 1")?;
        if let Confidence::Linear { alpha } = self.confidence {
            require(alpha > 0.0 && alpha.is_finite(), "alpha", alpha, "above 0")?;
        }
        if let Some((people, items)) = &self.start {
            for (what, vectors) in
                [("columns of the people's initial vectors", people), ("columns of the items'", items)]
            {
                require_equal(what, self.factors, vectors.columns())?;
                vectors.require_finite("initial vectors")?;
            }
        }
        Ok(CheckedAls(self))
    }

    /// [`Als::check`], then [`CheckedAls::fit`].
    ///
    /// # Errors
    /// Those of both.
    pub fn fit<R: Rng + ?Sized>(self, interactions: &CsrMatrix, rng: &mut R) -> Result<AlsModel> {
        self.check()?.fit(interactions, rng)
    }
}

impl CheckedAls {
    /// Learns vectors from people × items.
    ///
    /// # Errors
    /// [`Error::TooLittleData`] without interactions, [`Error::Parameter`] for a value of 0 or less.
    pub fn fit<R: Rng + ?Sized>(&self, interactions: &CsrMatrix, rng: &mut R) -> Result<AlsModel> {
        self.fit_watched(interactions, rng, |_| {})
    }

    /// [`CheckedAls::fit`] that tells `watch` the number of each iteration that is done.
    ///
    /// # Errors
    /// As [`CheckedAls::fit`].
    pub fn fit_watched<R: Rng + ?Sized>(
        &self,
        interactions: &CsrMatrix,
        rng: &mut R,
        mut watch: impl FnMut(usize),
    ) -> Result<AlsModel> {
        check_interactions(interactions)?;
        let parameters = &self.0;
        let by_person = interactions.map_values(|_, _, value| parameters.confidence.of(value));
        let by_item = by_person.transpose();
        let (mut people, mut items) = self.start(by_person.rows(), by_item.rows(), rng)?;
        for iteration in 1..=parameters.iterations {
            solve::all_rows(&by_person, &items, &mut people, parameters.regularization, parameters.steps);
            solve::all_rows(&by_item, &people, &mut items, parameters.regularization, parameters.steps);
            watch(iteration);
        }
        let Als { factors, regularization, confidence, .. } = self.0.clone();
        Ok(AlsModel { factors, regularization, confidence, people, items })
    }

    /// The given vectors, or small random ones; of people and of items.
    fn start<R: Rng + ?Sized>(&self, people: usize, items: usize, rng: &mut R) -> Result<(Matrix, Matrix)> {
        let mut random = |rows| self.padded(rows, |_, vector| vector.fill_with(|| rng.random::<f32>() * 0.01));
        let Some((of_people, of_items)) = &self.0.start else { return Ok((random(people), random(items))) };
        require_equal("rows of the people's initial vectors", people, of_people.rows())?;
        require_equal("rows of the items' initial vectors", items, of_items.rows())?;
        let copy = |from: &Matrix| self.padded(from.rows(), |row, vector| vector.copy_from_slice(from.row(row)));
        Ok((copy(of_people), copy(of_items)))
    }

    /// Vectors filled up with zeros to whole lanes; `fill` writes the factors of a row.
    fn padded(&self, rows: usize, mut fill: impl FnMut(usize, &mut [f32])) -> Matrix {
        let mut vectors = Matrix::filled(rows, self.0.factors.next_multiple_of(LANES), 0.0);
        (0..rows).for_each(|row| fill(row, &mut vectors.row_mut(row)[..self.0.factors]));
        vectors
    }
}

impl AlsModel {
    /// Number of factors.
    pub fn factors(&self) -> usize {
        self.factors
    }

    /// A person's vector.
    ///
    /// # Panics
    /// If there is no such person.
    pub fn person(&self, person: usize) -> &[f32] {
        &self.people.row(person)[..self.factors]
    }

    /// An item's vector.
    ///
    /// # Panics
    /// If there is no such item.
    pub fn item(&self, item: usize) -> &[f32] {
        &self.items.row(item)[..self.factors]
    }

    /// Which of a person's own items spoke how much for each of some items: for each, all contributions, the largest first.
    /// They add up to the score that the person's exact solution gives the item, which is near the model's, as that stops
    /// after a few steps.
    ///
    /// # Errors
    /// [`Error::Shape`] for a history with another number of items, [`Error::Index`] for an unknown person or item.
    pub fn explain(&self, history: &CsrMatrix, person: u32, items: &[u32]) -> Result<Vec<Vec<Contribution>>> {
        self.explainer().explain(history, person, items)
    }

    /// For explaining many people: what they share is computed once.
    pub fn explainer(&self) -> AlsExplainer<'_> {
        AlsExplainer::new(self)
    }

    /// Vectors for people who were not there when the model was fitted, one row per row of their history, with the items
    /// as they are. Somebody without history gets zeros.
    ///
    /// # Errors
    /// [`Error::Shape`] for a history with another number of items.
    pub fn fold_in(&self, history: &CsrMatrix) -> Result<Matrix> {
        Request::new(&[], history, 0).check(self.items())?;
        let confidences = history.map_values(|_, _, value| self.confidence.of(value));
        let mut people = Matrix::filled(history.rows(), self.items.columns(), 0.0);
        solve::all_rows(&confidences, &self.items, &mut people, self.regularization, self.factors.min(20));
        Ok(people)
    }

    /// Lists for people by vectors of [`AlsModel::fold_in`], one row per row of the request's history.
    ///
    /// # Errors
    /// [`Error::Shape`] for vectors of another width or number, and as [`Recommender::recommend`].
    pub fn recommend_folded(&self, vectors: &Matrix, request: &Request<'_>) -> Result<Vec<Vec<ScoredItem>>> {
        request.check(self.items())?;
        require_equal("folded-in vectors (one per row of the history)", request.history.rows(), vectors.rows())?;
        require_equal("width of the folded-in vectors", self.items.columns(), vectors.columns())?;
        Ok(top_n::by_product(request, &Tiles::pack(&self.items), |person| vectors.row(person as usize)))
    }
}

impl Recommender for AlsModel {
    fn items(&self) -> usize {
        self.items.rows()
    }

    fn recommend(&self, request: &Request<'_>) -> Result<Vec<Vec<ScoredItem>>> {
        self.recommend_folded(&self.people, request)
    }
}

/// Refuses an unknown item.
pub(super) fn check_item(item: u32, items: usize) -> Result<()> {
    if (item as usize) < items { Ok(()) } else { Err(Error::Index { what: "item", index: item as usize, size: items }) }
}
