//! What looks wrong or dangerous in a column, with the numbers that made it so.

use super::profile::{ColumnProfile, NumberProfile};
use crate::{
    report::{count, number},
    table::{CellKind, ColumnType, TextColumn},
};

/// One suspicion about a column.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Suspicion {
    /// Stable code, for example `constant`.
    pub code: &'static str,
    /// One sentence with the numbers.
    pub detail: String,
}

/// The suspicions of every column, also those that only a comparison shows.
pub(super) fn of_all(columns: &[&TextColumn], profiles: &[ColumnProfile]) -> Vec<Vec<Suspicion>> {
    let mut all: Vec<Vec<Suspicion>> =
        columns.iter().zip(profiles).map(|(column, profile)| of(column, profile)).collect();
    for later in 1..columns.len() {
        if profiles[later].distinct < 2 {
            continue;
        }
        if let Some(earlier) = columns[..later].iter().position(|column| column.same_cells(columns[later])) {
            add(
                &mut all[later],
                "duplicate_column",
                format!("every cell equals that of `{}`", columns[earlier].name()),
            );
        }
    }
    all
}

fn add(found: &mut Vec<Suspicion>, code: &'static str, detail: String) {
    found.push(Suspicion { code, detail });
}

fn of(column: &TextColumn, profile: &ColumnProfile) -> Vec<Suspicion> {
    let mut found = Vec::new();
    about_presence(profile, &mut found);
    about_identity(column, profile, &mut found);
    about_types(column, profile, &mut found);
    about_blanks(column, profile, &mut found);
    if let Some(numbers) = &profile.numbers {
        about_sentinels(profile, numbers, &mut found);
    }
    found
}

fn about_presence(profile: &ColumnProfile, found: &mut Vec<Suspicion>) {
    let rows = profile.present + profile.missing;
    if profile.present == 0 {
        return add(found, "empty", "no cell has a value".to_owned());
    }
    if profile.missing * 2 > rows {
        let share = 100.0 * profile.missing as f64 / rows as f64;
        add(found, "mostly_missing", format!("{share:.1}% of the cells have no value"));
    }
    if profile.distinct == 1 {
        add(found, "constant", format!("every value is `{}`", profile.top[0].0));
    }
    for (word, n) in &profile.missing_words {
        add(found, "missing_word", format!("{} cells read `{word}` and were taken as missing", count(*n)));
    }
}

fn about_identity(column: &TextColumn, profile: &ColumnProfile, found: &mut Vec<Suspicion>) {
    let short = column.cells().flatten().take(1000).all(|cell| cell.len() <= 64);
    let kind = matches!(profile.kind, ColumnType::Integer | ColumnType::Text);
    if kind && short && profile.present >= 20 && profile.distinct == profile.present {
        add(found, "id_like", "every value is different: a name of the row, not a property".to_owned());
    }
    let leading_zeros =
        column.cells().flatten().filter(|c| c.len() > 1 && c.starts_with('0') && c.bytes().all(|b| b.is_ascii_digit()));
    let zeros = leading_zeros.count() as u64;
    if profile.kind == ColumnType::Integer && zeros > 0 {
        add(found, "leading_zeros", format!("{} values start with 0: codes, not quantities", count(zeros)));
    }
}

fn about_types(column: &TextColumn, profile: &ColumnProfile, found: &mut Vec<Suspicion>) {
    let of_kind = |kind: CellKind| profile.kinds.get(&kind).copied().unwrap_or(0);
    let formatted = of_kind(CellKind::FormattedNumber);
    if profile.kind == ColumnType::Number && formatted > 0 {
        add(
            found,
            "numbers_as_text",
            format!("{} numbers carry currency, thousands separators or a decimal comma", count(formatted)),
        );
    }
    if profile.kind.is_numeric() && column.typed_source && column.quoted > 0 {
        add(found, "numbers_as_text", format!("{} numbers are stored as text", count(column.quoted)));
    }
    if matches!(profile.kind, ColumnType::Date | ColumnType::DateTime) {
        match &profile.date_warning {
            Some(warning) => add(found, "ambiguous_dates", warning.clone()),
            None if !column.cells().flatten().take(100).all(is_iso) => {
                add(found, "dates_as_text", "dates are not written as YYYY-MM-DD".to_owned());
            }
            None => {}
        }
    }
    if profile.kind == ColumnType::Integer {
        about_hidden_dates(column, found);
    }
    if let Some(misfit) = &profile.misfit {
        add(
            found,
            "mixed_types",
            format!("most cells are of type {}, others are not, for example `{misfit}`", profile.kind.name()),
        );
    } else if profile.kind == ColumnType::Text {
        let numbers = of_kind(CellKind::Integer) + of_kind(CellKind::Number);
        if numbers * 10 > profile.present && numbers < profile.present {
            add(
                found,
                "mixed_types",
                format!("{} of {} values are numbers, the others are not", count(numbers), count(profile.present)),
            );
        }
    }
}

fn is_iso(cell: &str) -> bool {
    let bytes = cell.as_bytes();
    bytes.len() >= 7 && bytes[..4].iter().all(u8::is_ascii_digit) && bytes[4] == b'-'
}

/// `19970101` and `881250949` are dates to people who know.
fn about_hidden_dates(column: &TextColumn, found: &mut Vec<Suspicion>) {
    let lengths = |wanted: usize| column.cells().flatten().all(|cell| cell.len() == wanted);
    let years = |from: &str, to: &str| column.cells().flatten().all(|cell| cell >= from && cell <= to);
    let parsed = || column.dates(None).is_ok_and(|dates| dates.unreadable.is_empty());
    if lengths(8) && years("19000101", "21001231") && parsed() {
        add(found, "dates_as_numbers", "reads as YYYYMMDD".to_owned());
    } else if (lengths(9) && years("788918400", "999999999")) || (lengths(10) && years("1000000000", "2000000000")) {
        add(found, "dates_as_numbers", "could be Unix seconds".to_owned());
    } else if lengths(13) && years("1000000000000", "2000000000000") {
        add(found, "dates_as_numbers", "could be Unix milliseconds".to_owned());
    }
}

fn about_blanks(column: &TextColumn, profile: &ColumnProfile, found: &mut Vec<Suspicion>) {
    if column.trimmed > 0 {
        add(
            found,
            "surrounding_blanks",
            format!("{} values had blanks around them, which were cut off", count(column.trimmed)),
        );
    }
    if column.blank > 0 {
        add(
            found,
            "blank_cells",
            format!("{} cells held nothing but blanks and were taken as missing", count(column.blank)),
        );
    }
    if profile.spelling_variants > 0 {
        add(
            found,
            "spelling_variants",
            format!("{} values differ from another only in case or inner blanks", count(profile.spelling_variants)),
        );
    }
    if column
        .cells()
        .flatten()
        .take(100_000)
        .any(|cell| cell.contains('\u{fffd}') || cell.contains("Ã©") || cell.contains("â€"))
    {
        add(found, "damaged_text", "some values were written in another encoding".to_owned());
    }
}

/// A value such as -1 or 999 that stands apart from all others is more likely a sign than a measurement.
fn about_sentinels(profile: &ColumnProfile, numbers: &NumberProfile, found: &mut Vec<Suspicion>) {
    const LOW: [f64; 5] = [-1.0, -9.0, -99.0, -999.0, -9999.0];
    const HIGH: [f64; 6] = [99.0, 999.0, 9999.0, 99_999.0, 999_999.0, 9_999_999.0];
    let sorted = &numbers.sorted;
    let times = |value: f64| sorted.iter().filter(|v| **v == value).count();
    let (above_min, below_max) =
        (sorted.partition_point(|v| *v <= numbers.min), sorted.partition_point(|v| *v < numbers.max));
    if profile.distinct < 3 || above_min >= sorted.len() || below_max == 0 {
        return;
    }
    if LOW.contains(&numbers.min) && sorted[above_min] >= 0.0 {
        let n = times(numbers.min) as u64;
        add(
            found,
            "sentinel",
            format!(
                "{} is the only negative value, {} times: perhaps it means missing",
                number(Some(numbers.min)),
                count(n)
            ),
        );
    }
    if HIGH.contains(&numbers.max) && sorted[below_max - 1] * 3.0 < numbers.max && times(numbers.max) > 1 {
        let n = times(numbers.max) as u64;
        add(
            found,
            "sentinel",
            format!(
                "{} stands far above all others, {} times: perhaps it means missing",
                number(Some(numbers.max)),
                count(n)
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cells: &[&str], expected: &[&str]) {
        let column = TextColumn::of("x", cells);
        let profile = ColumnProfile::of(&column, None).unwrap();
        let codes: Vec<_> = of(&column, &profile).into_iter().map(|s| s.code).collect();
        assert_eq!(codes, expected, "{cells:?}");
    }

    #[test]
    fn suspicions_are_raised_and_only_then() {
        check(&["1", "2", "3", "2"], &[]);
        check(&["", "NA", ""], &["empty"]);
        check(&["5", "5"], &["constant"]);
        check(&["1", "", "", "NA", "2"], &["mostly_missing", "missing_word"]);
        check(&["-1", "0", "3", "-1", "8"], &["sentinel"]);
        check(&["-1", "-2", "3", "8"], &[]);
        check(&["12", "999", "999", "20"], &["sentinel"]);
        check(&["12", "999", "900", "999"], &[]);
        check(&["$5", "7", "8"], &["numbers_as_text"]);
        check(&[" a", "b ", "a", "  "], &["surrounding_blanks", "blank_cells"]);
        check(&["Male", "male", "Female"], &["spelling_variants"]);
        check(&["19970101", "19980203"], &["dates_as_numbers"]);
        check(&["04-09-2012", "21-09-2012"], &["dates_as_text"]);
        check(&["04/09/2012", "04/09/2012", "05/09/2012"], &["ambiguous_dates"]);
        check(&["00004", "00021", "00021"], &["leading_zeros"]);
        check(&["12", "85123A", "85123A", "7", "x"], &["mixed_types"]);
    }

    #[test]
    fn identifiers_and_copies_are_found() {
        let ids: Vec<String> = (0..30).map(|i| format!("u{i}")).collect();
        let column = TextColumn::of("id", &ids.iter().map(String::as_str).collect::<Vec<_>>());
        let profile = ColumnProfile::of(&column, None).unwrap();
        let all = of_all(&[&column, &column], &[profile.clone(), profile]);
        assert_eq!(all[0].iter().map(|s| s.code).collect::<Vec<_>>(), ["id_like"]);
        assert_eq!(all[1].iter().map(|s| s.code).collect::<Vec<_>>(), ["id_like", "duplicate_column"]);
    }
}
