//! Special functions behind the distributions.
//!
//! Powers and gammas of large numbers nearly cancel (`x^a (1−x)^b / B(a, b)` with `a = 10⁶` is a difference of numbers around
//! 10⁷ in its exponent), so densities are written as a deviance from their mode plus Stirling's remainder, which loses
//! nothing (Loader 2000; Didonato & Morris 1992). The tails are continued fractions, evaluated by Lentz's method.

use std::f64::consts::PI;

/// From here on Stirling's remainder is used.
const LARGE: f64 = 10.0;
const TINY: f64 = 1e-300;

/// The logarithm of the gamma function for `x > 0`; NaN elsewhere.
pub fn ln_gamma(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return f64::NAN;
    }
    if x < LARGE {
        // Γ(x) = Γ(x + n) / (x (x + 1) … (x + n − 1)); ten factors at most, so the product neither over- nor underflows.
        let steps = (LARGE - x).ceil() as u32;
        let product: f64 = (0..steps).map(|step| x + f64::from(step)).product();
        return ln_gamma_large(x + f64::from(steps)) - product.ln();
    }
    ln_gamma_large(x)
}

fn ln_gamma_large(x: f64) -> f64 {
    (x - 0.5) * x.ln() - x + 0.5 * (2.0 * PI).ln() + stirling_remainder(x)
}

/// `ln Γ(x) − ((x − ½) ln x − x + ½ ln 2π)` for `x ≥ 10`.
fn stirling_remainder(x: f64) -> f64 {
    const TERMS: [f64; 7] =
        [1.0 / 12.0, -1.0 / 360.0, 1.0 / 1260.0, -1.0 / 1680.0, 1.0 / 1188.0, -691.0 / 360_360.0, 1.0 / 156.0];
    let square = 1.0 / (x * x);
    TERMS.iter().rev().fold(0.0, |sum, term| sum * square + term) / x
}

/// The logarithm of the beta function for `a, b > 0`.
pub fn ln_beta(a: f64, b: f64) -> f64 {
    let (small, large) = if a < b { (a, b) } else { (b, a) };
    if small >= LARGE {
        let sum = a + b;
        let remainder = stirling_remainder(a) + stirling_remainder(b) - stirling_remainder(sum);
        return 0.5 * (2.0 * PI / large).ln() + remainder + (small - 0.5) * (small / sum).ln()
            - large * (small / large).ln_1p();
    }
    if large >= LARGE {
        // ln Γ(large) − ln Γ(large + small) without the cancellation of two large numbers.
        let sum = a + b;
        let ratio = -(large - 0.5) * (small / large).ln_1p() - small * sum.ln() + small;
        return ln_gamma(small) + ratio + stirling_remainder(large) - stirling_remainder(sum);
    }
    ln_gamma(a) + ln_gamma(b) - ln_gamma(a + b)
}

/// `t − ln(1 + t)` for `t > −1`, without cancellation near 0.
fn log_deviance(t: f64) -> f64 {
    if t.abs() > 0.5 {
        return t - t.ln_1p();
    }
    let r = t / (2.0 + t);
    let square = r * r;
    // ln(1 + t) = 2 (r + r³/3 + r⁵/5 + …) and t − 2 r = r t.
    let series = (1..40).rev().fold(0.0, |sum, term| (sum + 1.0 / f64::from(2 * term + 1)) * square);
    r * t - 2.0 * r * series
}

/// `x^a e^(−x) / Γ(a)`.
fn gamma_kernel(a: f64, x: f64) -> f64 {
    if a < LARGE {
        return (a * x.ln() - x - ln_gamma(a)).exp();
    }
    (a / (2.0 * PI)).sqrt() * (-a * log_deviance((x - a) / a) - stirling_remainder(a)).exp()
}

/// `x^a y^b / B(a, b)` with `y = 1 − x`, both given, so that neither end loses digits.
pub(super) fn beta_kernel(a: f64, b: f64, x: f64, y: f64) -> f64 {
    if a < LARGE || b < LARGE {
        return (a * x.ln() + b * y.ln() - ln_beta(a, b)).exp();
    }
    let sum = a + b;
    // How far x is above its mean a / sum, times sum; from the smaller of x and y, which is the more exact one.
    let above = if x <= y { sum * x - a } else { b - sum * y };
    let deviance = a * log_deviance(above / a) + b * log_deviance(-above / b);
    let remainder = stirling_remainder(a) + stirling_remainder(b) - stirling_remainder(sum);
    (a * b / (2.0 * PI * sum)).sqrt() * (-deviance - remainder).exp()
}

/// The regularised incomplete gamma function: (lower, upper) part of the gamma distribution with shape `a` at `x`. Adding
/// up to 1; the smaller has full relative accuracy.
pub fn incomplete_gamma(a: f64, x: f64) -> (f64, f64) {
    if a.is_nan() || x.is_nan() || a <= 0.0 {
        return (f64::NAN, f64::NAN);
    }
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if x.is_infinite() {
        return (1.0, 0.0);
    }
    let kernel = gamma_kernel(a, x);
    if x < a + 1.0 {
        let lower = (kernel * gamma_series(a, x)).min(1.0);
        (lower, 1.0 - lower)
    } else {
        let upper = (kernel * gamma_fraction(a, x)).min(1.0);
        (1.0 - upper, upper)
    }
}

/// `Σ x^n / (a (a + 1) … (a + n))`.
fn gamma_series(a: f64, x: f64) -> f64 {
    let mut term = 1.0 / a;
    let mut sum = term;
    let mut denominator = a;
    while term > sum * 1e-17 {
        denominator += 1.0;
        term *= x / denominator;
        sum += term;
    }
    sum
}

fn gamma_fraction(a: f64, x: f64) -> f64 {
    let first = x + 1.0 - a;
    1.0 / lentz(first, |n| (-n * (n - a), x + 2.0 * n + 1.0 - a))
}

/// The continued fraction `first + p₁ / (q₁ + p₂ / (q₂ + …))` with `(pₙ, qₙ) = terms(n)`.
fn lentz(first: f64, terms: impl Fn(f64) -> (f64, f64)) -> f64 {
    let away_from_zero = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut value = away_from_zero(first);
    let (mut c, mut d) = (value, 0.0);
    let mut n = 1.0;
    // Converges in the order of the square root of the parameters; the limit only guards against NaN.
    while n < 1e7 {
        let (p, q) = terms(n);
        d = 1.0 / away_from_zero(q + p * d);
        c = away_from_zero(q + p / c);
        let change = c * d;
        value *= change;
        if (change - 1.0).abs() < 1e-16 || change.is_nan() {
            break;
        }
        n += 1.0;
    }
    value
}

/// The regularised incomplete beta function: (lower, upper) part of the beta distribution with shapes `a`, `b` at `x`, with
/// `y = 1 − x` given too. Adding up to 1; the smaller has full relative accuracy.
pub fn incomplete_beta(a: f64, b: f64, x: f64, y: f64) -> (f64, f64) {
    if [a, b, x, y].iter().any(|value| value.is_nan()) || a <= 0.0 || b <= 0.0 {
        return (f64::NAN, f64::NAN);
    }
    if x <= 0.0 {
        return (0.0, 1.0);
    }
    if y <= 0.0 {
        return (1.0, 0.0);
    }
    let kernel = beta_kernel(a, b, x, y);
    if x < (a + 1.0) / (a + b + 2.0) {
        let lower = (kernel * beta_fraction(a, b, x) / a).min(1.0);
        (lower, 1.0 - lower)
    } else {
        let upper = (kernel * beta_fraction(b, a, y) / b).min(1.0);
        (1.0 - upper, upper)
    }
}

fn beta_fraction(a: f64, b: f64, x: f64) -> f64 {
    let coefficient = |n: f64| {
        let m = (n / 2.0).floor();
        if n % 2.0 == 0.0 {
            m * (b - m) * x / ((a + n - 1.0) * (a + n))
        } else {
            -(a + m) * (a + b + m) * x / ((a + n - 1.0) * (a + n))
        }
    };
    1.0 / lentz(1.0, |n| (coefficient(n), 1.0))
}

/// The complementary error function, `1 − erf(x)`, with full relative accuracy in its tail.
pub fn erfc(x: f64) -> f64 {
    let (lower, upper) = incomplete_gamma(0.5, x * x);
    if x >= 0.0 { upper } else { 1.0 + lower }
}
