//! How good a division into groups is, and how many groups there should be.
//!
//! # Idea
//! | measure | asks | range | better |
//! | --- | --- | --- | --- |
//! | [`silhouette`] | is a row nearer to its own group than to the next one? | −1 … 1 | high |
//! | [`davies_bouldin`] | how wide are groups, compared with the distance between them? | 0 … | low |
//! | [`calinski_harabasz`] | how much of the variance lies between groups? | 0 … | high |
//! | [`adjusted_rand_index`] | do two divisions agree, beyond chance? | −0.5 … 1 | high |
//!
//! No measure knows what a marketer needs. [`ChooseK`] therefore asks two things of each number of groups: are the groups
//! apart (silhouette), and would we find them again in other customers of the same kind (bootstrap stability: the mean
//! adjusted Rand index between the division and those fitted on resamples)? Numbers with a group smaller than wanted are
//! out; of those that are stable enough, the one with the best silhouette is taken.
//!
//! # Shapes and units
//! Rows of `f32` in comparable units (scaled first) and one label per row; distances are Euclidean. Labels may be any
//! numbers. Results are `f64` without unit.
//!
//! # Errors
//! Lists of different length; fewer than two groups, or as many as rows (no measure is defined then).
//!
//! # Cost
//! Silhouette: O(n² d) in parallel, about a second for 30,000 rows of 8 columns on two cores; above
//! [`SilhouetteRows`] it is computed on a sample and says so. The others: O(n d).
//!
//! # When not to use it
//! All three internal measures favour round groups. A high silhouette for k = 2 often says only that there are outliers.
//!
//! # Sources
//! Rousseeuw (1987), *Silhouettes*; Davies & Bouldin (1979), *A cluster separation measure*; Caliński & Harabasz (1974),
//! *A dendrite method for cluster analysis*; Hubert & Arabie (1985), *Comparing partitions*; Hennig (2007), *Cluster-wise
//! assessment of cluster stability*. Held against scikit-learn 1.9.1.

mod agreement;
mod choose_k;
mod groups;
mod indices;
mod silhouette;

pub use agreement::adjusted_rand_index;
pub use choose_k::{Candidate, CheckedChooseK, ChooseK, ChosenK};
pub use indices::{calinski_harabasz, davies_bouldin};
pub use silhouette::{Silhouette, SilhouetteRows, silhouette, silhouette_of_rows};
