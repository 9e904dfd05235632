//! The names that somebody who mistyped one probably meant.

/// Up to three of `known` that are near to `name`, nearest first.
pub(crate) fn nearest<'k>(name: &str, known: impl IntoIterator<Item = &'k str>) -> Vec<&'k str> {
    let wanted = normalized(name);
    let mut scored: Vec<(usize, &str)> = known
        .into_iter()
        .map(|candidate| (distance(&wanted, &normalized(candidate)), candidate))
        .filter(|(distance, candidate)| *distance * 2 <= candidate.chars().count().max(wanted.len()))
        .collect();
    scored.sort();
    // When one is nearly right, those that are far off would only confuse.
    let best = scored.first().map_or(0, |(distance, _)| *distance);
    scored.retain(|(distance, _)| *distance <= best + 1);
    scored.into_iter().take(3).map(|(_, candidate)| candidate).collect()
}

/// `a`, `b` or `c`, in quotes.
pub(crate) fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} or {last}", rest.join(", ")),
    }
}

/// Case, blanks and joining signs are what people get wrong most, so they cost nothing.
fn normalized(name: &str) -> Vec<char> {
    name.chars().filter(|c| c.is_alphanumeric()).take(100).flat_map(char::to_lowercase).collect()
}

/// Levenshtein distance, where swapping two neighbours is one step.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut best = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistyped_names_are_found() {
        let known = ["InvoiceNo", "StockCode", "UnitPrice", "CustomerID"];
        assert_eq!(nearest("customer_id", known), ["CustomerID"]);
        assert_eq!(nearest("UnitPrcie", known), ["UnitPrice"]);
        assert_eq!(nearest("Datum", known), Vec::<&str>::new());
        assert_eq!(listed(&["a", "b", "c"]), "`a`, `b` or `c`");
    }
}
