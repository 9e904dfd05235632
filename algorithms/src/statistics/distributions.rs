//! The distributions that the tests refer to.

use super::special::{beta_kernel, erfc, incomplete_beta, incomplete_gamma};
use crate::error::{Result, require};
use std::f64::consts::{PI, SQRT_2};

/// A distribution on the real line.
pub trait Distribution {
    /// P(X ≤ x).
    fn cdf(&self, x: f64) -> f64;

    /// P(X > x), with full relative accuracy where it is small.
    fn survival(&self, x: f64) -> f64;

    /// The least `x` with `cdf(x) ≥ probability`; NaN outside [0, 1].
    fn quantile(&self, probability: f64) -> f64;
}

/// The normal distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Normal {
    mean: f64,
    sd: f64,
}

/// Student's t distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StudentT {
    degrees: f64,
}

/// The χ² distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ChiSquared {
    degrees: f64,
}

/// The beta distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beta {
    a: f64,
    b: f64,
}

/// The binomial distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Binomial {
    n: u64,
    p: f64,
}

impl Normal {
    /// Mean 0 and standard deviation 1.
    pub const STANDARD: Normal = Normal { mean: 0.0, sd: 1.0 };

    /// With this mean and standard deviation.
    ///
    /// # Errors
    /// [`crate::Error::Parameter`] unless the mean is finite and the deviation is above 0.
    pub fn new(mean: f64, sd: f64) -> Result<Self> {
        require(mean.is_finite(), "mean", mean, "finite")?;
        require(sd > 0.0 && sd.is_finite(), "sd", sd, "above 0")?;
        Ok(Normal { mean, sd })
    }

    /// Its mean.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Its standard deviation.
    pub fn sd(&self) -> f64 {
        self.sd
    }

    /// Its density.
    pub fn density(&self, x: f64) -> f64 {
        let z = (x - self.mean) / self.sd;
        (-0.5 * z * z).exp() / (self.sd * (2.0 * PI).sqrt())
    }
}

impl Distribution for Normal {
    fn cdf(&self, x: f64) -> f64 {
        0.5 * erfc(-(x - self.mean) / (self.sd * SQRT_2))
    }

    fn survival(&self, x: f64) -> f64 {
        0.5 * erfc((x - self.mean) / (self.sd * SQRT_2))
    }

    fn quantile(&self, probability: f64) -> f64 {
        self.mean + self.sd * standard_normal_quantile(probability)
    }
}

/// A first guess (Abramowitz & Stegun 26.2.23) and Halley's method on the smaller tail, which triples the digits each time.
fn standard_normal_quantile(probability: f64) -> f64 {
    if !(0.0..=1.0).contains(&probability) {
        return f64::NAN;
    }
    let tail = probability.min(1.0 - probability);
    if tail == 0.0 {
        return if probability == 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    if tail == 0.5 {
        return 0.0;
    }
    let t = (-2.0 * tail.ln()).sqrt();
    let numerator = 2.515_517 + t * (0.802_853 + t * 0.010_328);
    let denominator = 1.0 + t * (1.432_788 + t * (0.189_269 + t * 0.001_308));
    let mut z = t - numerator / denominator;
    for _ in 0..4 {
        let density = Normal::STANDARD.density(z);
        if density == 0.0 {
            break;
        }
        let step = (Normal::STANDARD.survival(z) - tail) / density;
        z += step / (1.0 - 0.5 * z * step);
    }
    if probability < 0.5 { -z } else { z }
}

impl StudentT {
    /// With these degrees of freedom, which need not be whole.
    ///
    /// # Errors
    /// [`crate::Error::Parameter`] unless they are above 0.
    pub fn new(degrees: f64) -> Result<Self> {
        require(degrees > 0.0 && degrees.is_finite(), "degrees", degrees, "above 0")?;
        Ok(StudentT { degrees })
    }

    /// P(|X| > |t|).
    pub fn two_sided(&self, t: f64) -> f64 {
        let square = t * t;
        if square.is_infinite() {
            return 0.0;
        }
        let whole = self.degrees + square;
        incomplete_beta(self.degrees / 2.0, 0.5, self.degrees / whole, square / whole).0
    }
}

impl Distribution for StudentT {
    fn cdf(&self, x: f64) -> f64 {
        self.survival(-x)
    }

    fn survival(&self, x: f64) -> f64 {
        let both = self.two_sided(x);
        if x >= 0.0 { 0.5 * both } else { 1.0 - 0.5 * both }
    }

    fn quantile(&self, probability: f64) -> f64 {
        if !(0.0..=1.0).contains(&probability) {
            return f64::NAN;
        }
        if probability == 0.5 {
            return 0.0;
        }
        let tail = probability.min(1.0 - probability);
        let upper = if tail == 0.0 { f64::INFINITY } else { fall_to(|t| self.survival(t), tail, f64::INFINITY) };
        if probability < 0.5 { -upper } else { upper }
    }
}

impl ChiSquared {
    /// With these degrees of freedom.
    ///
    /// # Errors
    /// [`crate::Error::Parameter`] unless they are above 0.
    pub fn new(degrees: f64) -> Result<Self> {
        require(degrees > 0.0 && degrees.is_finite(), "degrees", degrees, "above 0")?;
        Ok(ChiSquared { degrees })
    }
}

impl Distribution for ChiSquared {
    fn cdf(&self, x: f64) -> f64 {
        incomplete_gamma(self.degrees / 2.0, x / 2.0).0
    }

    fn survival(&self, x: f64) -> f64 {
        incomplete_gamma(self.degrees / 2.0, x / 2.0).1
    }

    fn quantile(&self, probability: f64) -> f64 {
        positive_quantile(self, probability, f64::INFINITY)
    }
}

impl Beta {
    /// With these shapes.
    ///
    /// # Errors
    /// [`crate::Error::Parameter`] unless both are above 0.
    pub fn new(a: f64, b: f64) -> Result<Self> {
        require(a > 0.0 && a.is_finite(), "a", a, "above 0")?;
        require(b > 0.0 && b.is_finite(), "b", b, "above 0")?;
        Ok(Beta { a, b })
    }

    /// Its mean.
    pub fn mean(&self) -> f64 {
        self.a / (self.a + self.b)
    }

    /// The sum of its shapes: how many observations it stands for.
    pub fn weight(&self) -> f64 {
        self.a + self.b
    }

    /// Its density.
    pub fn density(&self, x: f64) -> f64 {
        if x <= 0.0 || x >= 1.0 { 0.0 } else { beta_kernel(self.a, self.b, x, 1.0 - x) / (x * (1.0 - x)) }
    }

    /// P(X ≤ x) with `y = 1 − x` given too.
    pub(super) fn cdf_of_parts(&self, x: f64, y: f64) -> f64 {
        incomplete_beta(self.a, self.b, x, y).0
    }

    /// `density(x) · x · (1 − x)`, finite up to both ends.
    pub(super) fn kernel(&self, x: f64, y: f64) -> f64 {
        if x <= 0.0 || y <= 0.0 { 0.0 } else { beta_kernel(self.a, self.b, x, y) }
    }
}

impl Distribution for Beta {
    fn cdf(&self, x: f64) -> f64 {
        incomplete_beta(self.a, self.b, x, 1.0 - x).0
    }

    fn survival(&self, x: f64) -> f64 {
        incomplete_beta(self.a, self.b, x, 1.0 - x).1
    }

    fn quantile(&self, probability: f64) -> f64 {
        positive_quantile(self, probability, 1.0)
    }
}

impl Binomial {
    /// `n` trials that each succeed with probability `p`.
    ///
    /// # Errors
    /// [`crate::Error::Parameter`] unless `p` lies in [0, 1].
    pub fn new(n: u64, p: f64) -> Result<Self> {
        require((0.0..=1.0).contains(&p), "p", p, "between 0 and 1")?;
        Ok(Binomial { n, p })
    }

    fn parts(&self, x: f64) -> (f64, f64) {
        let successes = x.floor();
        if successes < 0.0 {
            return (0.0, 1.0);
        }
        if successes >= self.n as f64 {
            return (1.0, 0.0);
        }
        incomplete_beta(self.n as f64 - successes, successes + 1.0, 1.0 - self.p, self.p)
    }
}

impl Distribution for Binomial {
    fn cdf(&self, x: f64) -> f64 {
        self.parts(x).0
    }

    fn survival(&self, x: f64) -> f64 {
        self.parts(x).1
    }

    fn quantile(&self, probability: f64) -> f64 {
        if !(0.0..=1.0).contains(&probability) {
            return f64::NAN;
        }
        let (mut below, mut reached) = (0, self.n);
        while below < reached {
            let middle = below + (reached - below) / 2;
            if self.cdf(middle as f64) >= probability { reached = middle } else { below = middle + 1 }
        }
        reached as f64
    }
}

/// The quantile of a distribution on [0, `end`], by bisection on the smaller tail.
fn positive_quantile(distribution: &impl Distribution, probability: f64, end: f64) -> f64 {
    if !(0.0..=1.0).contains(&probability) {
        return f64::NAN;
    }
    if probability == 0.0 {
        return 0.0;
    }
    if probability == 1.0 {
        return end;
    }
    if probability < 0.5 {
        fall_to(|x| -distribution.cdf(x), -probability, end)
    } else {
        fall_to(|x| distribution.survival(x), 1.0 - probability, end)
    }
}

/// Where a falling function on [0, `end`] reaches `target`: doubles or halves to find the magnitude, then bisects to the
/// last bit.
fn fall_to(function: impl Fn(f64) -> f64, target: f64, end: f64) -> f64 {
    let mut high = if end.is_finite() { end } else { 1.0 };
    while high < end && function(high) > target {
        high *= 2.0;
        if high.is_infinite() {
            return high;
        }
    }
    let mut low = high / 2.0;
    while low > 0.0 && function(low) <= target {
        high = low;
        low /= 2.0;
    }
    loop {
        let middle = low + (high - low) / 2.0;
        if middle <= low || middle >= high {
            return high;
        }
        if function(middle) > target { low = middle } else { high = middle }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check_law(distribution: &impl Distribution, probability: f64) {
        let x = distribution.quantile(probability);
        let back = distribution.cdf(x);
        assert!((back - probability).abs() < 1e-12, "{probability} became {back} at {x}");
        assert!((distribution.cdf(x) + distribution.survival(x) - 1.0).abs() < 1e-14);
    }

    proptest! {
        #[test]
        fn quantiles_undo_distribution_functions(probability in 1e-9f64..1.0, a in 0.3f64..500.0, b in 0.3f64..500.0) {
            check_law(&Normal::new(a, b).unwrap(), probability);
            check_law(&StudentT::new(a).unwrap(), probability);
            check_law(&ChiSquared::new(a).unwrap(), probability);
        }

        #[test]
        fn quantiles_of_beta_undo_it(probability in 1e-9f64..1.0, a in 1.0f64..500.0, b in 1.0f64..500.0) {
            check_law(&Beta::new(a, b).unwrap(), probability);
        }

        #[test]
        fn binomial_adds_up_single_probabilities(n in 1u64..12, p in 0.2f64..0.8) {
            let binomial = Binomial::new(n, p).unwrap();
            let choose = |k: u64| (0..k).map(|i| (n - i) as f64 / (i + 1) as f64).product::<f64>();
            let mut sum = 0.0;
            for k in 0..=n {
                sum += choose(k) * p.powi(k as i32) * (1.0 - p).powi((n - k) as i32);
                prop_assert!((binomial.cdf(k as f64) - sum).abs() < 1e-12);
                let quantile = binomial.quantile((sum - 1e-9).max(0.0));
                prop_assert_eq!(quantile, k as f64);
            }
        }
    }

    #[test]
    fn the_ends_are_where_they_belong() {
        assert_eq!(Normal::STANDARD.quantile(0.0), f64::NEG_INFINITY);
        assert_eq!(Normal::STANDARD.cdf(0.0), 0.5);
        assert!(Normal::STANDARD.quantile(1.5).is_nan());
        assert_eq!(StudentT::new(3.0).unwrap().quantile(0.5), 0.0);
        assert_eq!(Beta::new(2.0, 3.0).unwrap().quantile(1.0), 1.0);
        assert_eq!(ChiSquared::new(2.0).unwrap().cdf(-1.0), 0.0);
        assert!(Normal::new(0.0, 0.0).is_err() && Beta::new(0.0, 1.0).is_err() && Binomial::new(1, 1.1).is_err());
    }
}
