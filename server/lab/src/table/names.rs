//! Columns are named by people; a misspelt name gets the closest ones back.

use crate::{LabError, Result};

/// The names in an option: separated by commas, quotes protect a comma.
pub(crate) fn parse_list(list: &str) -> Vec<String> {
    let (mut names, mut name, mut quoted) = (Vec::new(), String::new(), false);
    for character in list.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => names.push(std::mem::take(&mut name)),
            other => name.push(other),
        }
    }
    names.push(name);
    names.iter().map(|n| n.trim().to_owned()).filter(|n| !n.is_empty()).collect()
}

/// The columns that `--columns` means: names, `all`, `-name` without one. In the order of the file.
pub(crate) fn resolve_columns(list: &str, all: &[String]) -> Result<Vec<String>> {
    if all.iter().any(|name| name == list) {
        return Ok(vec![list.to_owned()]);
    }
    let parts = parse_list(list);
    let is_column = |name: &str| all.iter().any(|column| column.trim() == name);
    let leaves_out = |part: &str| part.strip_prefix('-').is_some_and(|rest| !is_column(part) && !rest.is_empty());
    let mut named: Vec<&str> = Vec::new();
    let mut left_out: Vec<&str> = Vec::new();
    let mut everything = parts.iter().all(|part| leaves_out(part));
    for part in &parts {
        let name = if leaves_out(part) { &part[1..] } else { part.as_str() };
        if part.eq_ignore_ascii_case("all") && !is_column(part) {
            everything = true;
        } else if !is_column(name) {
            return Err(unknown_column(name, all));
        } else if leaves_out(part) {
            left_out.push(name);
        } else {
            named.push(name);
        }
    }
    let wanted = |name: &&String| {
        let name = name.trim();
        (everything || named.contains(&name)) && !left_out.contains(&name)
    };
    let columns: Vec<String> = all.iter().filter(wanted).cloned().collect();
    if columns.is_empty() {
        return Err(LabError::usage(format!("`{list}` leaves no column")));
    }
    Ok(columns)
}

/// The error for a name that does not exist.
pub(crate) fn unknown_column(name: &str, all: &[String]) -> LabError {
    LabError::UnknownColumn { name: name.to_owned(), closest: closest_names(name, all) }
}

/// Up to three names, the most similar first.
fn closest_names(name: &str, all: &[String]) -> Vec<String> {
    let simple =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<Vec<_>>();
    let wanted = simple(name);
    let mut ranked: Vec<(usize, usize)> = all
        .iter()
        .enumerate()
        .map(|(index, column)| {
            let column = simple(column);
            let inside = wanted.len() >= 3 && column.windows(wanted.len().max(1)).any(|w| w == wanted);
            (if inside { 1 } else { distance(&wanted, &column) }, index)
        })
        .collect();
    ranked.sort_unstable();
    let limit = (wanted.len() / 2).max(2);
    let near: Vec<_> = ranked.iter().filter(|(d, _)| *d <= limit).take(3).map(|&(_, i)| all[i].clone()).collect();
    // Nothing is near: the first columns at least show what kind of names there are.
    if near.is_empty() { all.iter().take(3).cloned().collect() } else { near }
}

/// Edit distance (insert, delete, replace), capped in length so that a hostile name costs little.
fn distance(a: &[char], b: &[char]) -> usize {
    let (a, b) = (&a[..a.len().min(64)], &b[..b.len().min(64)]);
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(list: &[&str]) -> Vec<String> {
        list.iter().map(|s| (*s).to_owned()).collect()
    }

    #[track_caller]
    fn check(list: &str, expected: std::result::Result<&[&str], &str>) {
        let all = names(&["CustomerID", "Age", "Annual Income (k$)", "a,b"]);
        let actual = resolve_columns(list, &all).map_err(|e| e.to_string());
        match expected {
            Ok(expected) => assert_eq!(actual, Ok(names(expected)), "{list}"),
            Err(text) => assert!(actual.clone().is_err_and(|e| e.contains(text)), "{list}: {actual:?}"),
        }
    }

    #[test]
    fn lists_are_resolved() {
        check("all", Ok(&["CustomerID", "Age", "Annual Income (k$)", "a,b"]));
        check("all,-CustomerID", Ok(&["Age", "Annual Income (k$)", "a,b"]));
        check("-CustomerID", Ok(&["Age", "Annual Income (k$)", "a,b"]));
        check("Annual Income (k$), Age", Ok(&["Age", "Annual Income (k$)"]));
        check("a,b", Ok(&["a,b"]));
        check("\"a,b\",Age", Ok(&["Age", "a,b"]));
        check("Agee", Err("did you mean `Age`?"));
        check("income", Err("`Annual Income (k$)`"));
        check("all,-nothing", Err("no column `nothing`"));
        check("-CustomerID,-Age,-\"a,b\",-Annual Income (k$)", Err("leaves no column"));
    }
}
