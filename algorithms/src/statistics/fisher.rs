//! Fisher's exact test: two rates, without any approximation.

use super::{special::ln_gamma, summary::Rate};

/// Two-sided: the probability, given the margins, of all tables that are no more likely than the one seen (Fisher 1935).
/// Takes time in proportion to the rarer of successes and failures.
pub fn fisher_exact(control: &Rate, treatment: &Rate) -> f64 {
    let successes = control.successes() + treatment.successes();
    let people = control.n() + treatment.n();
    // Successes and failures are alike here, and the rarer ones are fewer to go through.
    let flip = successes > people - successes;
    let (drawn, seen) = if flip {
        (people - successes, treatment.n() - treatment.successes())
    } else {
        (successes, treatment.successes())
    };
    let likelihood = |k: u64| ln_choose(treatment.n(), k) + ln_choose(control.n(), drawn - k);
    // Rounding must not make the mirrored table of an even division a less likely one.
    let limit = likelihood(seen) + 1e-7;
    let (mut all, mut as_rare) = (0.0, 0.0);
    for k in drawn.saturating_sub(control.n())..=drawn.min(treatment.n()) {
        let ln = likelihood(k);
        let weight = (ln - limit).exp();
        all += weight;
        if ln <= limit {
            as_rare += weight;
        }
    }
    as_rare / all
}

fn ln_choose(n: u64, k: u64) -> f64 {
    ln_gamma(n as f64 + 1.0) - ln_gamma(k as f64 + 1.0) - ln_gamma((n - k) as f64 + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check([successes, n]: [u64; 2], [others, of]: [u64; 2], expected: f64) {
        let found = fisher_exact(&Rate::new(n, successes).unwrap(), &Rate::new(of, others).unwrap());
        assert!((found - expected).abs() < 1e-6, "{successes}/{n} and {others}/{of}: {found}, expected {expected}");
    }

    #[test]
    fn tables_that_can_be_counted_by_hand() {
        // The lady tasting tea: 3 of 4 right, p = 2 · (16 + 1) / 70; all four right, p = 2 / 70.
        check([3, 4], [1, 4], 34.0 / 70.0);
        check([4, 4], [0, 4], 2.0 / 70.0);
        check([0, 2], [2, 2], 1.0 / 3.0);
        check([2, 2], [0, 2], 1.0 / 3.0);
        check([0, 10], [0, 10], 1.0);
        check([10, 10], [10, 10], 1.0);
        // 1/10 against 0/5: every table with one success in all: 10/15 and 5/15.
        check([1, 10], [0, 5], 1.0);
    }

    #[test]
    fn successes_and_failures_are_alike() {
        check([1, 20], [7, 25], fisher_exact(&Rate::new(20, 19).unwrap(), &Rate::new(25, 18).unwrap()));
    }
}
