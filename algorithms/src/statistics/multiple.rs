//! Many questions to the same data: of twenty comparisons in which nothing differs, one looks clear by chance.

/// Which of several p-values are clear when the share of false ones among them is to stay at `alpha` or less (Benjamini &
/// Hochberg 1995). What has no p-value is not clear, and is not counted.
pub fn benjamini_hochberg(p_values: &[Option<f64>], alpha: f64) -> Vec<bool> {
    let mut known: Vec<f64> = p_values.iter().copied().flatten().collect();
    known.sort_by(f64::total_cmp);
    let tests = known.len() as f64;
    let passes = |(place, p): &(usize, &f64)| **p <= alpha * (*place + 1) as f64 / tests;
    let limit = known.iter().enumerate().rfind(passes).map(|(_, p)| *p);
    p_values.iter().map(|p| p.zip(limit).is_some_and(|(p, limit)| p <= limit)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the paper, section 3.2: of 15 p-values the first four are clear, where Bonferroni has three.
    #[test]
    fn the_published_example() {
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
            0.7590, 1.0,
        ];
        let clear = benjamini_hochberg(&p.map(Some), 0.05);
        assert_eq!(clear.iter().filter(|clear| **clear).count(), 4);
        assert!(clear[..4].iter().all(|clear| *clear));
    }

    #[test]
    fn one_alone_is_as_it_is_and_none_is_never_clear() {
        assert_eq!(benjamini_hochberg(&[Some(0.049), None], 0.05), [true, false]);
        assert_eq!(benjamini_hochberg(&[Some(0.049), Some(0.9)], 0.05), [false, false]);
        assert_eq!(benjamini_hochberg(&[None], 0.05), [false]);
        assert!(benjamini_hochberg(&[], 0.05).is_empty());
    }
}
