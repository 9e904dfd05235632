//! How many of a currency's small coins make a whole one.

/// Without any, as payment services count them (ISO 4217, but for `ISK` and `UGX`, which they count in hundredths).
const WHOLE: [&str; 15] =
    ["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"];
const THOUSANDTHS: [&str; 5] = ["BHD", "JOD", "KWD", "OMR", "TND"];

/// The decimal places of amounts in a currency; two where none is named.
pub(super) fn decimal_places(currency: Option<&str>) -> usize {
    let is_in =
        |codes: &[&str]| currency.is_some_and(|code| codes.iter().any(|known| known.eq_ignore_ascii_case(code)));
    match (is_in(&WHOLE), is_in(&THOUSANDTHS)) {
        (true, _) => 0,
        (_, true) => 3,
        _ => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::decimal_places;

    #[test]
    fn coins_of_currencies() {
        assert_eq!(["EUR", "jpy", "KWD"].map(|code| decimal_places(Some(code))), [2, 0, 3]);
        assert_eq!(decimal_places(None), 2);
    }
}
