//! What an import is read by, as its cursor keeps it: what was begun by something else cannot go on.

use bellwether_collect::{RowMapping, SettledCurrency};
use std::fmt;

/// A mapping, and the one currency of its orders; written `DIGEST`, `DIGEST EUR` or, where the currency came into force behind so
/// many events and rejects, `DIGEST EUR@1501`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadBy {
    digest: String,
    currency: Option<SettledCurrency>,
}

impl ReadBy {
    /// What an import by this mapping begins with. A currency matters only where orders come of its rows: another import may settle
    /// it meanwhile.
    pub fn new(mapping: RowMapping<'_>, currency: Option<&str>) -> Self {
        let currency = currency.filter(|_| mapping.makes_orders());
        let currency = currency.map(|code| SettledCurrency { code: code.to_owned(), behind: 0 });
        Self { digest: mapping.digest().to_owned(), currency }
    }

    /// As a cursor keeps it; nothing where an older version has kept nothing.
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split_ascii_whitespace();
        let digest = words.next()?.to_owned();
        let currency = words.next().map(|word| {
            let (code, behind) = word.split_once('@').unwrap_or((word, "0"));
            SettledCurrency { code: code.to_owned(), behind: behind.parse().unwrap_or(0) }
        });
        Some(Self { digest, currency })
    }

    /// The currency of its orders, as far as it is settled.
    pub fn currency(&self) -> Option<&SettledCurrency> {
        self.currency.as_ref()
    }

    /// The same with a currency that was settled while it was read.
    #[must_use]
    pub fn with_currency(self, currency: SettledCurrency) -> Self {
        Self { currency: Some(currency), ..self }
    }

    /// The same where the shop's currency was settled elsewhere, before an order of this import was met. What was read until then was
    /// read without it.
    #[must_use]
    pub fn with_currency_behind(self, behind: u64, code: Option<&str>) -> Self {
        match (&self.currency, code) {
            (None, Some(code)) => self.with_currency(SettledCurrency { code: code.to_owned(), behind }),
            _ => self,
        }
    }

    /// Whether what this has begun can go on by that mapping, in the shop's currency of now.
    pub fn goes_on(&self, mapping: RowMapping<'_>, currency: Option<&str>) -> bool {
        let same_currency = || match (&self.currency, currency) {
            (Some(mine), Some(now)) => mine.code == now,
            // No order has been read yet, or it is found again in the file.
            _ => true,
        };
        self.digest == mapping.digest() && (!mapping.makes_orders() || same_currency())
    }
}

impl fmt::Display for ReadBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.currency {
            None => f.write_str(&self.digest),
            Some(SettledCurrency { code, behind: 0 }) => write!(f, "{} {code}", self.digest),
            Some(SettledCurrency { code, behind }) => write!(f, "{} {code}@{behind}", self.digest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_collect::EventMapping;

    const SEEN: &str = "kind = \"events\"\nsource = \"x\"\n[[event]]\nuser_id = \"u\"\ntime = \"t\"\n";
    const PAGE: &str = "event = { constant = \"Seen\" }\n";
    const ORDER: &str = "[event.order]\nid = \"o\"\nproducts = { item = \"i\" }\n";

    fn check(rule: &str, kept: &str, now: Option<&str>, expected: bool) {
        let mapping = EventMapping::parse("mapping", &format!("{SEEN}{rule}")).unwrap();
        let kept = ReadBy::parse(&kept.replace("SAME", &mapping.digest)).unwrap();
        assert_eq!(kept.goes_on((&mapping).into(), now), expected, "{kept} {now:?}");
    }

    #[test]
    fn a_currency_matters_only_to_orders() {
        check(PAGE, "SAME", Some("EUR"), true);
        check(PAGE, "SAME GBP", Some("EUR"), true);
        check(ORDER, "SAME", Some("EUR"), true);
        check(ORDER, "SAME ", Some("EUR"), true);
        check(ORDER, "SAME EUR", Some("EUR"), true);
        check(ORDER, "SAME EUR", None, true);
        check(ORDER, "SAME EUR@1501", Some("EUR"), true);
        check(ORDER, "SAME EUR@1501", Some("GBP"), false);
        check(ORDER, "SAME GBP", Some("EUR"), false);
        check(ORDER, "other EUR", Some("EUR"), false);
        check(PAGE, "other", None, false);
    }

    #[test]
    fn what_is_kept_is_read_as_it_was() {
        for text in ["abc", "abc EUR", "abc EUR@1501"] {
            assert_eq!(ReadBy::parse(text).map(|read_by| read_by.to_string()).as_deref(), Some(text));
        }
        assert_eq!(ReadBy::parse(""), None);
    }
}
