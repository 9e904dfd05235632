//! The rules by name, and how many rows each touched.

use bellwether_domain::RuleCount;
use std::sync::Arc;

/// A cleaning rule. Every rule counts rows as they came, copies included, so that its count can be held against the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// Every row that arrived in an order.
    Rows,
    /// The same row of a file again within its order: rejected.
    ExactDuplicate,
    /// Nobody knows who bought: kept as an anonymous sale.
    MissingCustomer,
    /// A row of a return or cancellation.
    Cancellation,
    /// Postage, a fee, a correction: flagged.
    NonProduct,
    /// A price of nothing: flagged.
    ZeroPrice,
    /// A price below nothing: flagged.
    NegativePrice,
    /// A quantity below nothing.
    NegativeQuantity,
    /// Goods left the stock without customer and price: flagged.
    StockMovement,
    /// The item has no name.
    MissingName,
    /// Blanks, a remark in the place of a name, or mixed letter case: cleaned.
    NameNoise,
    /// More pieces than the shop's limit: flagged.
    QuantityOutlier,
    /// A higher price than the shop's limit: flagged.
    PriceOutlier,
    /// An event that cannot be used: rejected.
    BadEvent,
}

impl Rule {
    /// All rules, in the order in which a report lists them.
    pub const ALL: [Self; 14] = [
        Self::Rows,
        Self::ExactDuplicate,
        Self::MissingCustomer,
        Self::Cancellation,
        Self::NonProduct,
        Self::ZeroPrice,
        Self::NegativePrice,
        Self::NegativeQuantity,
        Self::StockMovement,
        Self::MissingName,
        Self::NameNoise,
        Self::QuantityOutlier,
        Self::PriceOutlier,
        Self::BadEvent,
    ];

    /// Its name in reports and in `RuleCount`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rows => "rows",
            Self::ExactDuplicate => "exact_duplicate",
            Self::MissingCustomer => "missing_customer",
            Self::Cancellation => "cancellation",
            Self::NonProduct => "non_product",
            Self::ZeroPrice => "zero_price",
            Self::NegativePrice => "negative_price",
            Self::NegativeQuantity => "negative_quantity",
            Self::StockMovement => "stock_movement",
            Self::MissingName => "missing_name",
            Self::NameNoise => "name_noise",
            Self::QuantityOutlier => "quantity_outlier",
            Self::PriceOutlier => "price_outlier",
            Self::BadEvent => "bad_event",
        }
    }
}

/// Counts by source and rule.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    sources: Vec<(Arc<str>, [u64; Rule::ALL.len()])>,
    current: usize,
}

impl Counts {
    /// What is counted from now on is of this source. A batch has few sources, mostly one.
    pub fn of_source(&mut self, source: &Arc<str>) {
        if self.sources.get(self.current).is_some_and(|(name, _)| name == source) {
            return;
        }
        self.current = self.sources.iter().position(|(name, _)| name == source).unwrap_or_else(|| {
            self.sources.push((source.clone(), [0; Rule::ALL.len()]));
            self.sources.len() - 1
        });
    }

    pub fn add(&mut self, rule: Rule, rows: u64) {
        if let Some((_, counts)) = self.sources.get_mut(self.current) {
            counts[rule as usize] += rows;
        }
    }

    /// The counts that are not zero.
    pub fn finish(self) -> Vec<RuleCount> {
        let of_source = |(source, counts): (Arc<str>, [u64; Rule::ALL.len()])| {
            let of_rule = move |rule: Rule| RuleCount {
                source: source.clone(),
                rule: rule.name().to_owned(),
                rows: counts[rule as usize],
            };
            Rule::ALL.into_iter().map(of_rule).filter(|count| count.rows > 0)
        };
        self.sources.into_iter().flat_map(of_source).collect()
    }
}
