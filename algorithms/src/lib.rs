//! Pure maths: matrices and a seeded generator in, values out. No clock, no file, no runtime.
//!
//! What every module promises:
//! - **Same answer on any number of threads.** Work is cut into chunks of a fixed size and the parts are put together
//!   in their order, so the thread pool changes the time and nothing else.
//! - **Chance is an argument.** Whatever draws takes a generator; [`random::seeded`] makes one from a number.
//! - **Parameters become valid once.** A builder collects wishes, `check` turns it into a type that can only hold
//!   sensible ones, and only that type computes. `fit` on the builder does both.
//! - **Shapes are checked at the door**, and errors name the place; after that nothing fails.
//!
//! | module | answers |
//! | --- | --- |
//! | [`matrix`] | dense row-major and compressed sparse row matrices |
//! | [`scale`] | scaling, quantiles, quantile bins |
//! | [`kmeans`], [`cluster_quality`] | groups of similar rows, how good they are, and how many |
//! | [`rfm`] | recency, frequency and monetary scores and the eleven named segments |
//! | [`recommend`], [`ranking`] | what to offer whom, why, and how good the lists are |
//! | [`statistics`] | distributions, comparisons, power, sequential and Bayesian answers |
//! | [`lift_curve`] | how much better a score chooses than chance |

mod error;
mod parallel;
mod simd;
mod tiles;

pub mod cluster_quality;
pub mod kmeans;
pub mod lift_curve;
pub mod matrix;
pub mod random;
pub mod ranking;
pub mod recommend;
pub mod rfm;
pub mod scale;
pub mod statistics;

pub use error::{Error, Result};
