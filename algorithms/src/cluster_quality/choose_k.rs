//! How many groups: apart from each other, and found again in a resample.

use super::{Silhouette, SilhouetteRows, adjusted_rand_index, calinski_harabasz, davies_bouldin, silhouette};
use crate::error::{Error, Result, require, require_data};
use crate::kmeans::{KMeans, KMeansModel};
use crate::matrix::Matrix;
use crate::random::fork;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// What is wished; [`ChooseK::check`] makes it valid.
#[derive(Debug, Clone, PartialEq)]
pub struct ChooseK {
    clusters: RangeInclusive<usize>,
    restarts: usize,
    resamples: usize,
    resample_rows: usize,
    minimum_share: f64,
    stability_floor: f64,
    silhouette_rows: SilhouetteRows,
}

/// Valid parameters; the only type that chooses.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckedChooseK(ChooseK);

/// One number of groups and how it did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Number of groups.
    pub clusters: usize,
    /// Sum of squared distances to the centroids.
    pub inertia: f64,
    /// Mean silhouette.
    pub silhouette: Silhouette,
    /// Davies–Bouldin index, low is good.
    pub davies_bouldin: f64,
    /// Caliński–Harabasz index, high is good.
    pub calinski_harabasz: f64,
    /// Mean adjusted Rand index between this division and those fitted on resamples.
    pub stability: f64,
    /// Rows of the smallest group over all rows.
    pub smallest_share: f64,
    /// Whether no group is smaller than wanted.
    pub large_enough: bool,
    /// Whether it was stable enough to be compared by silhouette.
    pub stable_enough: bool,
}

/// The chosen number of groups, its division, and what else was tried.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChosenK {
    /// Number of groups.
    pub clusters: usize,
    /// The division.
    pub model: KMeansModel,
    /// Everything that was tried, by number of groups.
    pub candidates: Vec<Candidate>,
}

impl ChooseK {
    /// Tries every number of groups in a range; 10 restarts, 10 resamples of at most 20,000 rows, no group under 1 % of the
    /// rows, stability of at least 0.8 (or within 0.05 of the best, where none has that), silhouettes on at most 10,000 rows.
    pub fn new(clusters: RangeInclusive<usize>) -> Self {
        ChooseK {
            clusters,
            restarts: 10,
            resamples: 10,
            resample_rows: 20_000,
            minimum_share: 0.01,
            stability_floor: 0.8,
            silhouette_rows: SilhouetteRows::AtMost(10_000),
        }
    }

    /// Restarts of k-means for each number of groups.
    pub fn restarts(self, restarts: usize) -> Self {
        ChooseK { restarts, ..self }
    }

    /// Resamples for the stability.
    pub fn resamples(self, resamples: usize) -> Self {
        ChooseK { resamples, ..self }
    }

    /// The most rows of a resample.
    pub fn resample_rows(self, resample_rows: usize) -> Self {
        ChooseK { resample_rows, ..self }
    }

    /// The least share of rows that a group may have.
    pub fn minimum_share(self, minimum_share: f64) -> Self {
        ChooseK { minimum_share, ..self }
    }

    /// The stability from which the silhouette decides.
    pub fn stability_floor(self, stability_floor: f64) -> Self {
        ChooseK { stability_floor, ..self }
    }

    /// How many rows the silhouettes compare.
    pub fn silhouette_rows(self, silhouette_rows: SilhouetteRows) -> Self {
        ChooseK { silhouette_rows, ..self }
    }

    /// Makes the parameters valid.
    ///
    /// # Errors
    /// [`Error::Parameter`] naming the parameter.
    pub fn check(self) -> Result<CheckedChooseK> {
        let (first, last) = (*self.clusters.start(), *self.clusters.end());
        require(
            2 <= first && first <= last,
            "clusters",
            format!("{first}..={last}"),
            "a range that starts at 2 or later",
        )?;
        require(self.restarts >= 1, "restarts", self.restarts, "at least 1")?;
        require(self.resamples >= 1, "resamples", self.resamples, "at least 1")?;
        require(self.resample_rows >= last, "resample_rows", self.resample_rows, "at least the number of clusters")?;
        for (name, share) in [("minimum_share", self.minimum_share), ("stability_floor", self.stability_floor)] {
            require((0.0..=1.0).contains(&share), name, share, "between 0 and 1")?;
        }
        Ok(CheckedChooseK(self))
    }

    /// [`ChooseK::check`], then [`CheckedChooseK::fit`].
    ///
    /// # Errors
    /// Those of both.
    pub fn fit<R: Rng + ?Sized>(self, data: &Matrix, rng: &mut R) -> Result<ChosenK> {
        self.check()?.fit(data, rng)
    }
}

impl CheckedChooseK {
    /// Divides the rows into each number of groups and chooses one.
    ///
    /// # Errors
    /// [`Error::TooLittleData`] unless there are more rows than groups, or when every number has a group that is too small;
    /// [`Error::NotFinite`].
    pub fn fit<R: Rng + ?Sized>(&self, data: &Matrix, rng: &mut R) -> Result<ChosenK> {
        require_data("choosing a number of clusters (rows)", self.0.clusters.end() + 1, data.rows())?;
        let mut models = Vec::new();
        let mut candidates = Vec::new();
        for clusters in self.0.clusters.clone() {
            let model = KMeans::new(clusters).restarts(self.0.restarts).fit(data, rng)?;
            candidates.push(self.judge(data, &model, rng)?);
            models.push(model);
        }
        let best = self.choose(&mut candidates).ok_or(Error::TooLittleData {
            what: "every number of clusters has one under the minimum share; allow fewer clusters or smaller ones: rows",
            need: (1.0 / self.0.minimum_share.max(f64::MIN_POSITIVE)).ceil() as usize,
            have: data.rows(),
        })?;
        let model = models.swap_remove(best);
        Ok(ChosenK { clusters: model.clusters(), model, candidates })
    }

    fn judge<R: Rng + ?Sized>(&self, data: &Matrix, model: &KMeansModel, rng: &mut R) -> Result<Candidate> {
        let smallest = model.sizes().into_iter().min().unwrap_or(0);
        let smallest_share = smallest as f64 / data.rows() as f64;
        Ok(Candidate {
            clusters: model.clusters(),
            inertia: model.inertia,
            silhouette: silhouette(data, &model.labels, self.0.silhouette_rows, rng)?,
            davies_bouldin: davies_bouldin(data, &model.labels)?,
            calinski_harabasz: calinski_harabasz(data, &model.labels)?,
            stability: self.stability(data, model, rng)?,
            smallest_share,
            large_enough: smallest_share >= self.0.minimum_share,
            stable_enough: false,
        })
    }

    fn stability<R: Rng + ?Sized>(&self, data: &Matrix, model: &KMeansModel, rng: &mut R) -> Result<f64> {
        let agreements: Result<Vec<f64>> = fork(rng, self.0.resamples)
            .into_par_iter()
            .map(|mut generator| self.agreement(data, model, &mut generator))
            .collect();
        Ok(agreements?.iter().sum::<f64>() / self.0.resamples as f64)
    }

    /// Fits on rows drawn with replacement, labels all rows by the result, and compares.
    fn agreement(&self, data: &Matrix, model: &KMeansModel, rng: &mut ChaCha8Rng) -> Result<f64> {
        let size = data.rows().min(self.0.resample_rows);
        let rows: Vec<usize> = (0..size).map(|_| rng.random_range(0..data.rows())).collect();
        let restarts = self.0.restarts.min(3);
        let refit = KMeans::new(model.clusters()).restarts(restarts).fit(&data.select_rows(&rows), rng)?;
        adjusted_rand_index(&model.labels, &refit.predict(data)?)
    }

    /// Marks the candidates that are stable enough and gives the index of the best; of equals the fewest groups.
    fn choose(&self, candidates: &mut [Candidate]) -> Option<usize> {
        let most_stable =
            candidates.iter().filter(|candidate| candidate.large_enough).map(|candidate| candidate.stability);
        let most_stable = most_stable.fold(f64::NEG_INFINITY, f64::max);
        let wanted = self.0.stability_floor;
        let floor = if most_stable >= wanted { wanted } else { most_stable - 0.05 };
        candidates.iter_mut().for_each(|candidate| candidate.stable_enough = candidate.stability >= floor);
        let mut best: Option<usize> = None;
        for (index, candidate) in candidates.iter().enumerate().filter(|(_, one)| one.large_enough && one.stable_enough)
        {
            if best.is_none_or(|best| candidate.silhouette.mean > candidates[best].silhouette.mean) {
                best = Some(index);
            }
        }
        best
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::seeded;

    /// Clouds of 60 points around each centre, and as many rows as asked of one far away.
    fn clouds(centres: &[[f32; 2]], outliers: usize) -> Matrix {
        let mut rng = seeded(4);
        let mut rows: Vec<[f32; 2]> = Vec::new();
        for &centre in centres {
            rows.extend((0..60).map(|_| centre.map(|centre| centre + rng.random_range(-1.0..1.0))));
        }
        rows.extend((0..outliers).map(|_| [500.0, 500.0]));
        Matrix::from_rows(&rows).unwrap()
    }

    const FOUR: [[f32; 2]; 4] = [[0.0, 0.0], [9.0, 0.0], [0.0, 9.0], [9.0, 9.0]];

    #[test]
    fn four_clouds_are_found_to_be_four() {
        let chosen = ChooseK::new(2..=6).fit(&clouds(&FOUR, 0), &mut seeded(1)).unwrap();
        assert_eq!(chosen.clusters, 4);
        assert_eq!(chosen.candidates.len(), 5);
        let four = &chosen.candidates[2];
        assert!(four.stability > 0.999 && four.silhouette.mean > 0.7, "{four:?}");
        assert!(chosen.candidates[4].stability < four.stability);
    }

    #[test]
    fn a_group_of_one_is_too_small() {
        let data = clouds(&FOUR, 1);
        let chosen = |share| ChooseK::new(2..=5).minimum_share(share).fit(&data, &mut seeded(1));
        let free = chosen(0.0).unwrap();
        assert!(free.model.sizes().contains(&1), "the outlier is alone: {:?}", free.model.sizes());
        assert!(matches!(chosen(0.02), Err(Error::TooLittleData { .. })), "it is alone in every division");
    }

    #[test]
    fn the_choice_is_the_same_on_one_thread_and_on_many() {
        let data = clouds(&FOUR, 0);
        let on = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| ChooseK::new(3..=5).resamples(4).fit(&data, &mut seeded(5)).unwrap())
        };
        assert_eq!(on(1), on(3));
    }

    #[test]
    fn senseless_wishes_are_refused() {
        assert!(ChooseK::new(1..=3).check().is_err());
        assert!(ChooseK::new(std::ops::RangeInclusive::new(5, 3)).check().is_err());
        assert!(ChooseK::new(2..=3).minimum_share(1.5).check().is_err());
        assert!(ChooseK::new(2..=3).resamples(0).check().is_err());
        assert!(ChooseK::new(2..=9).fit(&Matrix::filled(9, 1, 0.0), &mut seeded(0)).is_err());
    }
}
