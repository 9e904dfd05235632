//! Statistics on summaries: what was measured, how sure it is, and how much more it takes to be sure.
//!
//! # Idea
//! An experiment of a hundred million people is three numbers per arm: how many (`n`), the sum, the sum of squares. All
//! answers here come from these, so they can be computed where the data lies and added up.
//!
//! | question | answer |
//! | --- | --- |
//! | What is the mean, and between what bounds? | [`Summary::interval`], [`Rate::wilson`] |
//! | Does the treatment differ from the control? | [`compare_means`] (Welch), [`compare_rates`] (z): difference, relative lift, p-value |
//! | Were people divided as planned? | [`sample_ratio_check`] |
//! | I want to look every day. | [`always_valid`]: intervals that hold at all times at once |
//! | Which arm is best, and what do I risk? | [`best_rate`], [`best_mean`]: probability and expected loss |
//! | Can earlier behaviour make it sharper? | [`cuped()`] |
//! | How many people does it take? | [`sample_size_per_arm`], [`power`], [`detectable_difference`] |
//! | Anything else? | [`bootstrap()`] |
//!
//! # Units
//! Means and differences have the unit of the outcome; lift is relative (0.1 is +10 %); probabilities and `alpha` are
//! fractions. An interval at `alpha` 0.05 covers the truth in 95 of 100 experiments.
//!
//! # Errors, and calm at the edges
//! Impossible sums and parameters outside their range are refused. What is not defined (lift over a control of zero, a p-value
//! without variance) is `None`, never NaN.
//!
//! # When not to use it
//! Outcomes with a few enormous values (wholesale orders): a mean needs many people before Welch's interval is honest; cap the
//! outcome or bootstrap. People who influence each other are not independent. Looking early at a fixed-size
//! p-value finds effects that are not there: use [`always_valid`].
//!
//! # Sources
//! Named at each function. Distribution functions are held against SciPy 1.17.1 to 1e-10.

mod bayes;
mod bootstrap;
mod compare;
mod cuped;
mod distributions;
mod fisher;
mod multiple;
mod power;
mod sequential;
mod special;
mod summary;

pub use bayes::{ArmChance, best_mean, best_rate};
pub use bootstrap::{Bootstrap, bootstrap};
pub use compare::{
    Comparison, Estimate, SampleRatio, compare_means, compare_rates, newcombe_interval, sample_ratio_check,
};
pub use cuped::{Covaried, Cuped, cuped};
pub use distributions::{Beta, Binomial, ChiSquared, Distribution, Normal, StudentT};
pub use fisher::fisher_exact;
pub use multiple::benjamini_hochberg;
pub use power::{Baseline, detectable_difference, power, sample_size_per_arm};
pub use sequential::{AlwaysValid, always_valid};
pub use special::{erfc, incomplete_beta, incomplete_gamma, ln_beta, ln_gamma};
pub use summary::{Interval, Rate, Summary};

use crate::error::{Result, require};

/// Refuses a probability of error that is none.
fn check_alpha(alpha: f64) -> Result<()> {
    require(alpha > 0.0 && alpha < 1.0, "alpha", alpha, "between 0 and 1, both excluded")
}
