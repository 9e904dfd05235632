//! What stands out of a history.

use crate::support::*;
use bellwether_clean::outliers;
use bellwether_domain::OrderHistory;

fn history_with(odd: &[Line<'_>]) -> OrderHistory {
    let usual = (0..200).map(|n| ("A", "MUG", f64::from(1 + n % 12), 1.0 + f64::from(n % 10)));
    let lines: Vec<Line<'_>> = usual.chain(odd.iter().copied()).collect();
    let events: Vec<_> =
        lines.iter().enumerate().map(|(at, line)| order(&format!("{at}"), Some("7"), at as u64, &[*line])).collect();
    history(&clean(&events).events)
}

#[test]
fn absurd_lines_stand_out_and_ordinary_ones_do_not() {
    let usual = outliers(&history_with(&[])).unwrap();
    assert_eq!((usual.quantities.len(), usual.prices.len()), (0, 0));
    let history =
        history_with(&[("B", "MUG", 80_995.0, 2.0), ("C", "SAFE", 1.0, 38_970.0), ("POST", "POSTAGE", 1.0, 99_999.0)]);
    let found = outliers(&history).unwrap();
    let products = |lines: &[u32]| -> Vec<&str> {
        lines.iter().map(|line| history.products[history.lines[*line as usize].product as usize].as_str()).collect()
    };
    assert_eq!((products(&found.quantities), products(&found.prices)), (vec!["B"], vec!["C"]));
}

#[test]
fn a_few_absurd_lines_do_not_move_the_limits_to_themselves() {
    let limits = outliers(&history_with(&[("B", "", 1e6, 1e6); 20])).unwrap().limits;
    assert!(limits.quantity.to_f64() < 1000.0 && limits.price.to_f64() < 1000.0, "{limits:?}");
}

#[test]
fn too_little_or_no_spread_says_nothing() {
    assert_eq!(outliers(&OrderHistory::default()), None);
    let same: Vec<_> = (0..200).map(|at| order(&format!("{at}"), Some("7"), at, &[("A", "MUG", 1.0, 2.0)])).collect();
    assert_eq!(outliers(&history(&clean(&same).events)), None);
}
