//! Texts with `*` for anything.

use compact_str::CompactString;

/// A text in which `*` stands for anything, also for nothing; compared without regard to case. `*` alone stands for any text
/// that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    /// What is between the stars, in lower case.
    parts: Vec<CompactString>,
}

impl Pattern {
    pub fn new(text: &str) -> Self {
        Self { parts: text.to_lowercase().split('*').map(CompactString::from).collect() }
    }

    /// Whether a text in lower case fits.
    pub fn fits(&self, text: &str) -> bool {
        let [first, between @ .., last] = self.parts.as_slice() else {
            return self.parts.first().is_some_and(|whole| whole == text);
        };
        let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
        // The earliest place for each leaves the most room for the others.
        for part in between {
            let Some(at) = rest.find(part.as_str()) else { return false };
            rest = &rest[at + part.len()..];
        }
        rest.ends_with(last.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn stars_stand_for_anything() {
        let check = |pattern: &str, text: &str, expected: bool| {
            assert_eq!(Pattern::new(pattern).fits(text), expected, "{pattern} {text}");
        };
        check("cpc", "cpc", true);
        check("CPC", "cpc", true);
        check("cpc", "cpc2", false);
        check("paid*", "paid", true);
        check("paid*", "paid_social", true);
        check("paid*", "unpaid", false);
        check("*social*", "my_social_ads", true);
        check("*", "x", true);
        check("a*b*c", "a-b-c", true);
        check("a*b*c", "acb", false);
        check("ab*ba", "aba", false);
        check("*短信", "春季短信", true);
    }

    proptest! {
        #[test]
        fn a_pattern_fits_what_it_was_made_of(parts in prop::collection::vec("[ab短]{0,3}", 1..4), filling in "[ab短]{0,3}") {
            prop_assert!(Pattern::new(&parts.join("*")).fits(&parts.join(&filling)));
        }
    }
}
