//! k-means: divide rows into `k` groups so that each row is close to the mean of its group.
//!
//! # Idea
//! Lloyd's method: give every row to its nearest centroid, move every centroid to the mean of its rows, repeat until
//! nothing changes. Each step lowers the *inertia* (the sum of squared Euclidean distances of rows to their centroids), so
//! it ends, in a local optimum that depends on the start. Hence k-means++ (Arthur & Vassilvitskii 2007; the greedy
//! variant: of `2 + ln k` candidates the one that lowers the inertia most) and several restarts, of which the best counts.
//!
//! # Shapes and units
//! In: a matrix of `n` rows and `d` columns of `f32`, all finite. Distances add up the columns' units, so scale them first
//! ([`crate::scale`]). Out: `k` centroids of `d` columns, a label below `k` per row, the inertia as `f64`.
//! Distances are taken as differences (not by expanding the square, which loses digits far from the origin), in `f32`;
//! centroids are accumulated in `f64`, and the final inertia is accumulated in `f64`.
//!
//! # Guarantees
//! Exact: no row is skipped or sampled. Ties go to the lower label. A group that loses all its rows gets the row that is
//! farthest from its own centroid. Same rows, parameters and generator give the same bits on any number of threads.
//!
//! # Errors
//! `k = 0`, no restart, a negative tolerance, fewer rows than `k`, values that are not finite, starting centroids
//! of another shape.
//!
//! # Cost
//! `n · k · d` multiplications per iteration; a copy of the rows, `4 n d` bytes, arranged for vector instructions.
//!
//! # When not to use it
//! Groups that are not round, of very different density or size, categories, or many outliers: each pulls centroids away.
//! `k` must be known: [`crate::cluster_quality::ChooseK`] helps to choose it.
//!
//! # Sources
//! Lloyd (1982), *Least squares quantization in PCM*; Arthur & Vassilvitskii (2007), *k-means++: the advantages of careful
//! seeding*. Held against scikit-learn's `KMeans` (same start, same iterations, same inertia).
//!
//! ```
//! use bellwether_algorithms::{kmeans::KMeans, matrix::Matrix, random::seeded};
//! # fn main() -> bellwether_algorithms::Result<()> {
//! let customers = Matrix::from_rows(&[[1.0, 5.0, 3.0], [5.0, 2.0, 4.0], [3.0, 4.0, 2.0]])?;
//! let model = KMeans::new(2).fit(&customers, &mut seeded(1))?;
//! assert_eq!(model.inertia, 3.0);
//! assert_eq!(model.labels[0], model.labels[2]);
//! # Ok(())
//! # }
//! ```

mod assign;
mod lloyd;
mod plus_plus;

use crate::error::{Error, Result, require, require_data, require_equal};
use crate::matrix::Matrix;
use crate::random::fork;
use crate::tiles::Tiles;
use rand::Rng;
use serde::{Deserialize, Serialize};

/// Where the first centroids come from.
#[derive(Debug, Clone, PartialEq)]
enum Start {
    PlusPlus,
    Given(Matrix),
}

/// What is wished; [`KMeans::check`] makes it valid.
#[derive(Debug, Clone, PartialEq)]
pub struct KMeans {
    clusters: usize,
    restarts: usize,
    max_iterations: usize,
    tolerance: f64,
    start: Start,
}

/// Valid parameters; the only type that fits.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedKMeans(KMeans);

/// A division of rows into groups.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KMeansModel {
    /// The mean of each group, one row per group.
    pub centroids: Matrix,
    /// The group of each row that the model was fitted on.
    pub labels: Vec<u32>,
    /// Sum of squared distances of rows to the centroid of their group.
    pub inertia: f64,
    /// Iterations of the restart that won.
    pub iterations: usize,
    /// Whether it ended before the iterations ran out.
    pub converged: bool,
}

impl KMeans {
    /// `clusters` groups; greedy k-means++, 10 restarts, at most 300 iterations, tolerance 1e-4.
    pub fn new(clusters: usize) -> Self {
        KMeans { clusters, restarts: 10, max_iterations: 300, tolerance: 1e-4, start: Start::PlusPlus }
    }

    /// How often to start anew; the lowest inertia wins.
    pub fn restarts(self, restarts: usize) -> Self {
        KMeans { restarts, ..self }
    }

    /// The most iterations of one restart.
    pub fn max_iterations(self, max_iterations: usize) -> Self {
        KMeans { max_iterations, ..self }
    }

    /// Ends when the centroids' squared moves add up to less than this part of the mean variance of the columns. 0 goes on
    /// until no row changes its group.
    pub fn tolerance(self, tolerance: f64) -> Self {
        KMeans { tolerance, ..self }
    }

    /// Starts from these centroids instead of drawing some; there is then one restart, and chance has no part.
    pub fn initial_centroids(self, centroids: Matrix) -> Self {
        KMeans { start: Start::Given(centroids), restarts: 1, ..self }
    }

    /// Makes the parameters valid.
    ///
    /// # Errors
    /// [`Error::Parameter`] or [`Error::Shape`] naming the parameter.
    pub fn check(self) -> Result<CheckedKMeans> {
        require(self.clusters >= 1 && self.clusters <= 1 << 24, "clusters", self.clusters, "1 to 16,777,216")?;
        require(self.restarts >= 1, "restarts", self.restarts, "at least 1")?;
        require(self.max_iterations >= 1, "max_iterations", self.max_iterations, "at least 1")?;
        require(self.tolerance >= 0.0 && self.tolerance.is_finite(), "tolerance", self.tolerance, "0 or more")?;
        if let Start::Given(centroids) = &self.start {
            require_equal("rows of the initial centroids (one per cluster)", self.clusters, centroids.rows())?;
            centroids.require_finite("initial centroids")?;
        }
        Ok(CheckedKMeans(self))
    }

    /// [`KMeans::check`], then [`CheckedKMeans::fit`].
    ///
    /// # Errors
    /// Those of both.
    pub fn fit<R: Rng + ?Sized>(self, data: &Matrix, rng: &mut R) -> Result<KMeansModel> {
        self.check()?.fit(data, rng)
    }
}

impl CheckedKMeans {
    /// Number of groups.
    pub fn clusters(&self) -> usize {
        self.0.clusters
    }

    /// Divides the rows.
    ///
    /// # Errors
    /// [`Error::TooLittleData`] with fewer rows than groups, [`Error::NotFinite`] for a value that is no number,
    /// [`Error::Shape`] if there are no columns or the starting centroids have others.
    pub fn fit<R: Rng + ?Sized>(&self, data: &Matrix, rng: &mut R) -> Result<KMeansModel> {
        require_data("k-means (one row per cluster)", self.0.clusters, data.rows())?;
        require_data("k-means (columns)", 1, data.columns())?;
        data.require_finite("k-means data")?;
        let tiles = Tiles::pack(data);
        let mut best: Option<KMeansModel> = None;
        for mut generator in fork(rng, self.0.restarts) {
            let start = self.start(data, &mut generator)?;
            let model = lloyd::run(&self.0, data, &tiles, start);
            if best.as_ref().is_none_or(|so_far| model.inertia < so_far.inertia) {
                best = Some(model);
            }
        }
        best.ok_or(Error::Parameter { name: "restarts", value: "0".into(), must: "at least 1" })
    }

    fn start<R: Rng + ?Sized>(&self, data: &Matrix, rng: &mut R) -> Result<Matrix> {
        match &self.0.start {
            Start::PlusPlus => Ok(plus_plus::choose(data, self.0.clusters, rng)),
            Start::Given(centroids) => {
                require_equal("columns of the initial centroids", data.columns(), centroids.columns())?;
                Ok(centroids.clone())
            }
        }
    }
}

impl KMeansModel {
    /// The nearest centroid of each row.
    ///
    /// # Errors
    /// [`Error::Shape`] for other columns than the model's, [`Error::NotFinite`] for a value that is no number.
    pub fn predict(&self, data: &Matrix) -> Result<Vec<u32>> {
        require_equal("columns of the data (as fitted)", self.centroids.columns(), data.columns())?;
        data.require_finite("k-means data")?;
        Ok(assign::labels(&Tiles::pack(data), &self.centroids))
    }

    /// Number of groups.
    pub fn clusters(&self) -> usize {
        self.centroids.rows()
    }

    /// Rows in each group.
    pub fn sizes(&self) -> Vec<usize> {
        let mut sizes = vec![0; self.clusters()];
        self.labels.iter().for_each(|&label| sizes[label as usize] += 1);
        sizes
    }
}

#[cfg(test)]
mod tests;
