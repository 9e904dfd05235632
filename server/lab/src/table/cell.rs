//! One cell: is it missing, and what does it look like?

use super::{dates, numbers};

/// What a cell looks like on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum CellKind {
    /// Whole number, also written `3.0`.
    Integer,
    /// Any other number.
    Number,
    /// `true` or `false`, in any case.
    Boolean,
    /// A calendar date.
    Date,
    /// A date with a time of day.
    DateTime,
    /// A number with currency sign, thousands separators or decimal comma.
    FormattedNumber,
    /// Anything else.
    Text,
}

/// The words that statistics packages write for a missing value (the set that pandas reads as missing).
const MISSING_WORDS: [&str; 18] = [
    "NA", "N/A", "NaN", "nan", "NULL", "null", "None", "n/a", "<NA>", "#N/A", "#NA", "#N/A N/A", "-NaN", "-nan",
    "1.#IND", "-1.#IND", "1.#QNAN", "-1.#QNAN",
];

/// A word that stands for a missing value.
pub(crate) fn is_missing_word(cell: &str) -> bool {
    // Nearly all cells end here: the words are short and start with few letters.
    matches!(cell.len(), 2..=8)
        && matches!(cell.as_bytes()[0], b'N' | b'n' | b'<' | b'#' | b'-' | b'1')
        && MISSING_WORDS.contains(&cell)
}

/// What a non-missing cell looks like.
pub(crate) fn classify(cell: &str) -> CellKind {
    if let Some(number) = numbers::parse_plain(cell) {
        return if number.fract() == 0.0 { CellKind::Integer } else { CellKind::Number };
    }
    if is_boolean(cell) {
        return CellKind::Boolean;
    }
    if let Some(has_time) = dates::looks_like_date(cell) {
        return if has_time { CellKind::DateTime } else { CellKind::Date };
    }
    if numbers::parse_formatted(cell, numbers::DecimalMark::Point).is_some()
        || numbers::parse_formatted(cell, numbers::DecimalMark::Comma).is_some()
    {
        return CellKind::FormattedNumber;
    }
    CellKind::Text
}

/// `true` or `false` in any case.
pub(crate) fn is_boolean(cell: &str) -> bool {
    cell.eq_ignore_ascii_case("true") || cell.eq_ignore_ascii_case("false")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cell: &str, expected: CellKind) {
        assert_eq!(classify(cell), expected, "{cell}");
    }

    #[test]
    fn cells_are_recognised() {
        check("17", CellKind::Integer);
        check("17850.0", CellKind::Integer);
        check("-1.5e3", CellKind::Integer);
        check("3.25", CellKind::Number);
        check("TRUE", CellKind::Boolean);
        check("2011-12-09", CellKind::Date);
        check("12/1/2010 8:26", CellKind::DateTime);
        check("01-Jan-1995", CellKind::Date);
        check("2010年12月1日", CellKind::Date);
        check("$1,234.50", CellKind::FormattedNumber);
        check("12,50", CellKind::FormattedNumber);
        check("85123A", CellKind::Text);
        check("infinity", CellKind::Text);
        check("1) $0 - $100", CellKind::Text);
        check("212-677-0606", CellKind::Text);
        check("", CellKind::Text);
    }

    #[test]
    fn missing_words_are_those_of_pandas() {
        for word in MISSING_WORDS {
            assert!(is_missing_word(word), "{word}");
        }
        for word in ["na", "none", "-", "?", "1", "NAN", "Nothing", ""] {
            assert!(!is_missing_word(word), "{word}");
        }
    }
}
