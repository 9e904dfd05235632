//! Text to numbers: plain ones fast, and those that people format for people.

use super::TextColumn;

/// What separates whole from fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DecimalMark {
    /// `1,234.50`
    Point,
    /// `1.234,50`
    Comma,
}

/// A column as numbers.
#[derive(Debug, Clone)]
pub(crate) struct Numbers {
    /// One per row; NaN where missing or unreadable.
    pub values: Vec<f64>,
    /// Rows whose cell is there but is no number.
    pub unreadable: Vec<usize>,
    /// Cells that needed more than plain parsing (currency, thousands, decimal comma).
    pub formatted: u64,
}

impl Numbers {
    /// Reads every cell; booleans count as 0 and 1 where a column holds nothing else.
    pub fn of(column: &TextColumn) -> Self {
        let mut numbers = Self { values: Vec::with_capacity(column.len()), unreadable: Vec::new(), formatted: 0 };
        for (row, cell) in column.cells().enumerate() {
            let value = cell.map(parse_plain);
            if value == Some(None) {
                numbers.unreadable.push(row);
            }
            numbers.values.push(value.flatten().unwrap_or(f64::NAN));
        }
        if !numbers.unreadable.is_empty() {
            numbers.read_formatted(column);
        }
        numbers
    }

    /// Second look at what plain parsing refused, with the decimal mark that fits the whole column.
    fn read_formatted(&mut self, column: &TextColumn) {
        if self.values.iter().all(|v| v.is_nan()) && self.read_booleans(column) {
            return;
        }
        let mark = decimal_mark(column.cells().flatten());
        let pending = std::mem::take(&mut self.unreadable);
        // A column of decimal commas may hold `1.234`, which plain parsing took for a fraction.
        if mark == DecimalMark::Comma && pending.iter().any(|&row| parse_formatted(column.raw(row), mark).is_some()) {
            for (row, value) in self.values.iter_mut().enumerate() {
                if let Some(number) = column.get(row).and_then(|cell| parse_formatted(cell, mark)) {
                    *value = number;
                }
            }
        }
        for row in pending {
            match parse_formatted(column.raw(row), mark) {
                Some(number) => {
                    self.values[row] = number;
                    self.formatted += 1;
                }
                None => self.unreadable.push(row),
            }
        }
    }

    fn read_booleans(&mut self, column: &TextColumn) -> bool {
        let value = |cell: &str| {
            let is = |words: [&str; 2]| words.iter().any(|w| cell.eq_ignore_ascii_case(w));
            if is(["true", "yes"]) {
                Some(1.0)
            } else if is(["false", "no"]) {
                Some(0.0)
            } else {
                None
            }
        };
        if !self.unreadable.iter().all(|&row| value(column.raw(row)).is_some()) {
            return false;
        }
        for row in std::mem::take(&mut self.unreadable) {
            self.values[row] = value(column.raw(row)).unwrap_or(f64::NAN);
        }
        true
    }
}

/// A number as programs write it. Words such as `inf` are not numbers here.
pub(crate) fn parse_plain(cell: &str) -> Option<f64> {
    match cell.as_bytes().first()? {
        b'0'..=b'9' | b'-' | b'+' | b'.' => {}
        _ => return None,
    }
    // `-inf` and `+nan` would parse; numbers end in a digit or a point.
    match cell.as_bytes().last()? {
        b'0'..=b'9' | b'.' => cell.parse::<f64>().ok().filter(|v| v.is_finite()),
        _ => None,
    }
}

/// A number as people write it: with currency sign, thousands separators, a decimal comma.
pub(crate) fn parse_formatted(cell: &str, mark: DecimalMark) -> Option<f64> {
    let (negative, rest) = sign_and_rest(cell);
    let body = strip_currency(rest)?;
    let (thousands, decimal) = match mark {
        DecimalMark::Point => (',', '.'),
        DecimalMark::Comma => ('.', ','),
    };
    let (whole, fraction) = match body.split_once(decimal) {
        Some((whole, fraction)) => (whole, fraction),
        None => (body, ""),
    };
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !all_digits(fraction) {
        return None;
    }
    let mut digits = String::with_capacity(body.len());
    for (index, group) in whole.split([thousands, ' ', '\u{a0}', '\u{202f}', '\'']).enumerate() {
        let fits =
            if index == 0 { (1..=3).contains(&group.len()) || group.len() == whole.len() } else { group.len() == 3 };
        if !fits || !all_digits(group) {
            return None;
        }
        digits.push_str(group);
    }
    digits.push('.');
    digits.push_str(fraction);
    let value = digits.parse::<f64>().ok().filter(|v| v.is_finite())?;
    Some(if negative { -value } else { value })
}

fn sign_and_rest(cell: &str) -> (bool, &str) {
    if let Some(inner) = cell.strip_prefix('(').and_then(|c| c.strip_suffix(')')) {
        return (true, inner);
    }
    match cell.as_bytes().first() {
        Some(b'-') => (true, cell[1..].trim_start()),
        Some(b'+') => (false, cell[1..].trim_start()),
        _ => match cell.strip_prefix('\u{2212}') {
            Some(rest) => (true, rest),
            None => (false, cell),
        },
    }
}

/// Cuts off one currency sign or three-letter code before or after the digits.
fn strip_currency(text: &str) -> Option<&str> {
    const SIGNS: [&str; 14] = ["$", "€", "£", "¥", "￥", "₹", "₽", "元", "USD", "EUR", "GBP", "CNY", "JPY", "RMB"];
    let mut body = text;
    for sign in SIGNS {
        if let Some(rest) = body.strip_prefix(sign) {
            body = rest.trim_start();
            break;
        }
        if let Some(rest) = body.strip_suffix(sign) {
            body = rest.trim_end();
            break;
        }
    }
    (!body.is_empty()).then_some(body)
}

/// The mark of a whole column. A point that is not followed by exactly three digits proves the point: what looks like a decimal comma
/// is a stray cell then. `1.234` could be both, so a comma must be the only reading of more cells than there are of those.
/// `1,234` alone could be both, too; thousands are the usual reading.
fn decimal_mark<'a>(cells: impl Iterator<Item = &'a str>) -> DecimalMark {
    let (mut point, mut comma) = (0u64, 0u64);
    for cell in cells.filter(|cell| cell.contains(['.', ','])) {
        let reads = |mark| parse_formatted(cell, mark).is_some();
        match (parse_plain(cell).is_some() || reads(DecimalMark::Point), reads(DecimalMark::Comma)) {
            (true, false) if cell.contains('.') => return DecimalMark::Point,
            (true, _) if cell.contains('.') => point += 1,
            (false, true) => comma += 1,
            _ => {}
        }
    }
    if comma > point { DecimalMark::Comma } else { DecimalMark::Point }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cells: &[&str], expected: &[f64], unreadable: &[usize]) {
        let numbers = TextColumn::of("x", cells).numbers();
        let same = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan());
        assert!(
            numbers.values.iter().zip(expected).all(|(&a, &b)| same(a, b)),
            "{cells:?}: {:?} instead of {expected:?}",
            numbers.values
        );
        assert_eq!(numbers.unreadable, unreadable, "{cells:?}");
    }

    #[test]
    fn columns_become_numbers() {
        let nan = f64::NAN;
        check(&["1", " 2.5 ", "", "NA", "-3e2"], &[1.0, 2.5, nan, nan, -300.0], &[]);
        check(&["1", "x", "inf", "-inf"], &[1.0, nan, nan, nan], &[1, 2, 3]);
        check(&["$1,234.50", "7", "(12)"], &[1234.5, 7.0, -12.0], &[]);
        check(&["12,50", "1.234,5", "3", "1.234"], &[12.5, 1234.5, 3.0, 1234.0], &[]);

        // One stray comma turns no fraction into thousands, whether a point is proved or only likelier.
        check(&["3.125", "1.234", "12,50"], &[3.125, 1.234, nan], &[2]);
        check(&["3.125", "12,50", "7,25", "0.5"], &[3.125, nan, nan, 0.5], &[1, 2]);
        check(&["$3.125", "12,50"], &[3.125, nan], &[1]);
        check(&["1.234", "12,50", "7,25"], &[1234.0, 12.5, 7.25], &[]);
        check(&["1,234", "12,345"], &[1234.0, 12345.0], &[]);
        check(&["€ 5", "5 €", "￥12", "1 234 567"], &[5.0, 5.0, 12.0, 1_234_567.0], &[]);
        check(&["true", "FALSE", ""], &[1.0, 0.0, nan], &[]);
        check(&["Yes", "no"], &[1.0, 0.0], &[]);
        check(&["yes", "maybe"], &[nan, nan], &[0, 1]);
        check(&["1,23,456"], &[nan], &[0]);
    }
}
