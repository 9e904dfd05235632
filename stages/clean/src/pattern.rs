//! Patterns with `*` for any text, without regard to letter case.

/// A list of patterns; a text fits when one of them does.
#[derive(Debug, Clone, Default)]
pub(crate) struct Patterns(Vec<Vec<String>>);

impl Patterns {
    pub fn new(patterns: &[String]) -> Self {
        Self(patterns.iter().map(|pattern| pattern.to_lowercase().split('*').map(str::to_owned).collect()).collect())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `text` must be in small letters.
    pub fn fit(&self, text: &str) -> bool {
        self.0.iter().any(|parts| fits(parts, text))
    }
}

/// The first part must begin the text, the last one end it, the others lie in between in order.
fn fits(parts: &[String], text: &str) -> bool {
    let Some((last, before)) = parts.split_last() else { return false };
    let Some((first, middle)) = before.split_first() else { return last == text };
    let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
    for part in middle {
        match rest.find(part.as_str()) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, text: &str, expected: bool) {
        assert_eq!(Patterns::new(&[pattern.to_owned()]).fit(&text.to_lowercase()), expected, "{pattern} {text}");
    }

    #[test]
    fn stars_stand_for_any_text() {
        check("POST", "post", true);
        check("POST", "postage", false);
        check("gift_*", "gift_0001_20", true);
        check("*damage*", "wet damaged", true);
        check("*damage*", "dagamed", false);
        check("a*b*c", "a-b-b-c", true);
        check("a*b*c", "acb", false);
        check("ab*ba", "aba", false);
        check("*", "", true);
        check("", "x", false);
    }
}
