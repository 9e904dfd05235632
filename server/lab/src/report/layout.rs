//! Aligned tables and bars, the pieces of a text report.

use super::width::{cut, pad_left, pad_right, width};
use std::fmt::Write;

const WIDEST_CELL: usize = 48;

/// A table of cells; columns whose cells are numbers stand at the right.
#[derive(Debug, Default)]
pub(crate) struct Grid {
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Grid {
    pub fn new(headings: &[&str]) -> Self {
        Self { headings: headings.iter().map(|h| (*h).to_owned()).collect(), rows: Vec::new() }
    }

    pub fn row(&mut self, cells: Vec<String>) {
        self.rows
            .push(cells.into_iter().map(|cell| cut(&cell.replace(['\n', '\r', '\t'], " "), WIDEST_CELL)).collect());
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The whole table, two blanks between columns.
    pub fn print(&self) -> String {
        let cell = |row: &Vec<String>, column: usize| row.get(column).cloned().unwrap_or_default();
        let mut text = String::new();
        let widths: Vec<usize> = (0..self.headings.len())
            .map(|c| self.rows.iter().map(|row| width(&cell(row, c))).max().unwrap_or(0).max(width(&self.headings[c])))
            .collect();
        let right: Vec<bool> =
            (0..self.headings.len()).map(|c| self.rows.iter().all(|row| is_number(&cell(row, c)))).collect();
        for row in std::iter::once(&self.headings).chain(&self.rows) {
            let line: Vec<String> = (0..self.headings.len())
                .map(
                    |c| if right[c] { pad_left(&cell(row, c), widths[c]) } else { pad_right(&cell(row, c), widths[c]) },
                )
                .collect();
            let _ = writeln!(text, "  {}", line.join("  ").trim_end());
        }
        text
    }
}

fn is_number(cell: &str) -> bool {
    let number = |b: u8| b.is_ascii_digit() || matches!(b, b'.' | b',' | b'-' | b'+' | b'%' | b'e');
    cell.is_empty() || cell == "–" || (cell.bytes().all(number) && cell.bytes().any(|b| b.is_ascii_digit()))
}

/// A bar of eighths, `share` of `length` places.
pub(crate) fn bar(share: f64, length: usize) -> String {
    const EIGHTHS: [char; 8] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];
    let share = if share.is_finite() { share.clamp(0.0, 1.0) } else { 0.0 };
    let eighths = (share * length as f64 * 8.0).round() as usize;
    let mut text = "█".repeat(eighths / 8);
    if !eighths.is_multiple_of(8) {
        text.push(EIGHTHS[eighths % 8]);
    }
    text
}

/// `1234567` as `1,234,567`.
pub(crate) fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A number with about five significant digits; `–` for none.
pub(crate) fn number(value: Option<f64>) -> String {
    let Some(value) = value.filter(|v| v.is_finite()) else { return "–".to_owned() };
    let magnitude = value.abs();
    if value.fract() == 0.0 && magnitude < 1e6 {
        return format!("{value:.0}");
    }
    match magnitude {
        _ if magnitude >= 1e12 || (magnitude < 1e-4 && magnitude > 0.0) => format!("{value:.3e}"),
        _ if magnitude >= 1e4 => format!("{}{}", if value < 0.0 { "-" } else { "" }, count(magnitude.round() as u64)),
        _ if magnitude >= 100.0 => trim_zeros(format!("{value:.2}")),
        _ if magnitude >= 1.0 => trim_zeros(format!("{value:.3}")),
        _ => trim_zeros(format!("{value:.4}")),
    }
}

fn trim_zeros(text: String) -> String {
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A fraction as per cent with its sign where it is a change.
pub(crate) fn percent(share: Option<f64>) -> String {
    // Adding 0 turns the negative zero of an empty sum into a plain one.
    share.filter(|s| s.is_finite()).map_or("–".to_owned(), |s| format!("{:.2}%", s * 100.0 + 0.0))
}

/// A relative change, always with its sign.
pub(crate) fn change(share: Option<f64>) -> String {
    share.filter(|s| s.is_finite()).map_or("–".to_owned(), |s| format!("{:+.2}%", s * 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        let cases = [
            (0.0, "0"),
            (3.0, "3"),
            (1234567.0, "1,234,567"),
            (0.12345, "0.1235"),
            (-12.5, "-12.5"),
            (1e-9, "1.000e-9"),
            (123.456, "123.46"),
        ];
        for (value, text) in cases {
            assert_eq!(number(Some(value)), text);
        }
        assert_eq!(number(None), "–");
        assert_eq!(percent(Some(0.1828)), "18.28%");
        assert_eq!(change(Some(0.7)), "+70.00%");
    }

    #[test]
    fn tables_are_aligned() {
        let mut grid = Grid::new(&["segment", "size"]);
        grid.row(vec!["冠军客户".into(), "1,200".into()]);
        grid.row(vec!["Lost".into(), "7".into()]);
        assert_eq!(grid.print(), "  segment    size\n  冠军客户  1,200\n  Lost          7\n");
    }

    #[test]
    fn bars_have_their_length() {
        assert_eq!(bar(0.5, 4), "██");
        assert_eq!(bar(1.5, 2), "██");
        assert_eq!(bar(0.0, 5), "");
        assert_eq!(bar(f64::NAN, 5), "");
    }
}
