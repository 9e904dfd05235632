//! What stands between the fields, found out from the first rows.

use super::rows::{Next, Rows, Width};
use std::io::Cursor;

const CANDIDATES: [u8; 4] = [b',', b';', b'\t', b'|'];
const ROWS: usize = 100;

/// The delimiter that divides the first rows of `sample` (UTF-8) most evenly.
pub(super) fn delimiter(sample: &[u8]) -> u8 {
    let score = |delimiter: &u8| {
        let widths = widths(sample, *delimiter);
        let Some(first) = widths.first().copied().filter(|width| *width > 1) else { return (0, 0) };
        let even = widths.iter().filter(|width| **width == first).count();
        // The first row counts most: a header divides well by the right delimiter only.
        (even * 100 / widths.len(), first)
    };
    CANDIDATES.into_iter().rev().max_by_key(score).filter(|best| score(best) > (0, 0)).unwrap_or(b',')
}

fn widths(sample: &[u8], delimiter: u8) -> Vec<usize> {
    let mut rows = Rows::new(Box::new(Cursor::new(sample.to_vec())), delimiter, Width::Any);
    let mut widths = Vec::new();
    while widths.len() < ROWS {
        match rows.next() {
            Ok(Next::Row(row)) => widths.push(row.len()),
            Ok(Next::Problem(_)) => widths.push(0),
            Ok(Next::End) | Err(_) => break,
        }
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delimiters_are_found() {
        assert_eq!(delimiter(b"a,b,c\n1,2,3\n"), b',');
        assert_eq!(delimiter(b"a;b\n1,5;2,5\n1,0;2,0\n"), b';');
        assert_eq!(delimiter(b"name\tprice\n\"a,b;c\"\t2\n"), b'\t');
        assert_eq!(delimiter(b"a|b|c\nx,y|1|2\n"), b'|');
        assert_eq!(delimiter(b"a,b\n\"x;y;z\",\"p;q;r\"\n"), b',');
        assert_eq!(delimiter(b"only\n1\n2\n"), b',');
    }
}
