//! The lines of an order: copies out, names tidied, doubts flagged.

use crate::{
    catalogue::{Catalogue, Sighting},
    names::NameRules,
    pattern::Patterns,
    rules::{Counts, Rule},
};
use bellwether_domain::{
    ItemRules, LineFlag, LineFlags, Money, Order, OrderKind, OrderLine, Origin, Quantity, RawOrder, RawProduct, Reject,
    RejectReason, kept_of_row,
};
use chrono::{DateTime, Utc};
use compact_str::CompactString;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::Arc;

/// Names and numbers repeat by the thousand, so what was found out about them is kept; up to this many, then forgotten.
const CACHE: usize = 100_000;

/// The rules for lines, ready for use.
#[derive(Debug, Clone)]
pub(crate) struct LineRules {
    names: NameRules,
    non_product_codes: Patterns,
    non_product_names: Patterns,
    quantity_limit: Option<Quantity>,
    price_limit: Option<Money>,
    /// For lines without and with a price.
    known_names: [KnownNames; 2],
    /// Whether an item number is no goods.
    known_codes: FxHashMap<CompactString, bool>,
}

/// What was found out about raw names.
#[derive(Debug, Clone, Default)]
struct KnownNames {
    by_raw: FxHashMap<Box<str>, usize>,
    names: Vec<KnownName>,
}

#[derive(Debug, Clone)]
struct KnownName {
    name: Arc<str>,
    category: Arc<str>,
    noise: bool,
    non_product: bool,
}

/// What the lines of an order share.
pub(crate) struct OrderContext<'o> {
    pub kind: OrderKind,
    pub known_customer: bool,
    pub time: DateTime<Utc>,
    pub origin: &'o Origin,
    /// Lines that only look like copies, ascending: their rows differ in what the event does not keep.
    pub distinct_lines: &'o [u64],
}

/// Where findings go.
pub(crate) struct Findings<'f> {
    pub counts: &'f mut Counts,
    pub catalogue: &'f mut Catalogue,
    pub rejects: &'f mut Vec<Reject>,
}

impl LineRules {
    pub fn new(rules: &ItemRules) -> Self {
        Self {
            names: NameRules::new(rules),
            non_product_codes: Patterns::new(&rules.non_product_codes),
            non_product_names: Patterns::new(&rules.non_product_names),
            quantity_limit: rules.quantity_limit,
            price_limit: rules.price_limit,
            known_names: Default::default(),
            known_codes: FxHashMap::default(),
        }
    }

    /// Cleans an order line by line.
    pub fn order(&mut self, raw: &RawOrder<'_>, context: &OrderContext<'_>, findings: &mut Findings<'_>) -> Order {
        count_by_order(raw, context, findings.counts);
        let mut copies = copies(&raw.products, context.distinct_lines).into_iter().peekable();
        let mut lines = Vec::with_capacity(raw.products.len());
        let (mut value, mut fees) = (Money::ZERO, Money::ZERO);
        for (index, product) in raw.products.iter().enumerate() {
            let line = self.line(product, context, findings);
            if let Some((_, first)) = copies.next_if(|(copy, _)| *copy == index) {
                findings.counts.add(Rule::ExactDuplicate, 1);
                findings.rejects.push(duplicate(raw, product, first, context.origin));
                continue;
            }
            match line.flags.contains(LineFlag::NonProduct) || line.flags.contains(LineFlag::NegativePrice) {
                true => fees += line.value(),
                false => value += line.value(),
            }
            lines.push(line);
        }
        let order_id = CompactString::from(raw.order_id.as_ref());
        Order { order_id, kind: context.kind, currency: raw.currency.clone(), value, fees, lines }
    }

    fn line(&mut self, raw: &RawProduct<'_>, context: &OrderContext<'_>, findings: &mut Findings<'_>) -> OrderLine {
        let product = CompactString::from(raw.product_id.trim());
        let no_goods = self.is_no_goods(&product);
        let (quantity_limit, price_limit) = (self.quantity_limit, self.price_limit);
        let known = self.known_name(&raw.name, !raw.price.is_zero());
        let non_product = no_goods || known.non_product;
        let stock = !context.known_customer && raw.price.is_zero() && raw.quantity.is_negative();
        let noticed = [
            (Rule::NonProduct, Some(LineFlag::NonProduct), non_product),
            (Rule::ZeroPrice, Some(LineFlag::ZeroPrice), raw.price.is_zero()),
            (Rule::NegativePrice, Some(LineFlag::NegativePrice), raw.price.is_negative()),
            (Rule::NegativeQuantity, None, raw.quantity.is_negative()),
            (Rule::StockMovement, Some(LineFlag::StockMovement), stock),
            (Rule::MissingName, None, raw.name.trim().is_empty()),
            (Rule::NameNoise, None, known.noise),
            (
                Rule::QuantityOutlier,
                Some(LineFlag::QuantityOutlier),
                !non_product && quantity_limit.is_some_and(|limit| raw.quantity.abs() > limit),
            ),
            (
                Rule::PriceOutlier,
                Some(LineFlag::PriceOutlier),
                !non_product && price_limit.is_some_and(|limit| raw.price > limit),
            ),
        ];
        let mut flags = LineFlags::default();
        for (rule, flag, _) in noticed.into_iter().filter(|(.., seen)| *seen) {
            findings.counts.add(rule, 1);
            flag.into_iter().for_each(|flag| flags.insert(flag));
        }
        let sold = context.kind == OrderKind::Completed && raw.quantity > Quantity::ZERO && raw.price > Money::ZERO;
        let sighting = Sighting {
            name: &known.name,
            category: &known.category,
            price: if sold { raw.price } else { Money::ZERO },
            seen: context.time,
            is_product: !non_product,
        };
        findings.catalogue.see(&product, &sighting);
        OrderLine {
            product,
            name: known.name.clone(),
            quantity: raw.quantity,
            price: raw.price,
            source_line: raw.line,
            flags,
        }
    }

    fn is_no_goods(&mut self, product: &CompactString) -> bool {
        if let Some(known) = self.known_codes.get(product) {
            return *known;
        }
        if self.known_codes.len() >= CACHE {
            self.known_codes.clear();
        }
        let no_goods = self.non_product_codes.fit(&product.to_lowercase());
        self.known_codes.insert(product.clone(), no_goods);
        no_goods
    }

    fn known_name(&mut self, raw: &str, has_price: bool) -> &KnownName {
        let known = &mut self.known_names[usize::from(has_price)];
        let index = match known.by_raw.get(raw) {
            Some(index) => *index,
            None => {
                if known.names.len() >= CACHE {
                    *known = KnownNames::default();
                }
                let clean = self.names.clean(raw, has_price);
                known.names.push(KnownName {
                    category: self.names.category(&clean.name).into(),
                    non_product: self.non_product_names.fit(&clean.name.to_lowercase()),
                    noise: clean.noise,
                    name: clean.name.into(),
                });
                known.by_raw.insert(raw.into(), known.names.len() - 1);
                known.names.len() - 1
            }
        };
        &known.names[index]
    }
}

fn count_by_order(raw: &RawOrder<'_>, context: &OrderContext<'_>, counts: &mut Counts) {
    let rows = raw.products.len() as u64;
    counts.add(Rule::Rows, rows);
    if !context.known_customer {
        counts.add(Rule::MissingCustomer, rows);
    }
    if context.kind == OrderKind::Refunded {
        counts.add(Rule::Cancellation, rows);
    }
}

/// The indices of products that repeat an earlier one exactly, each with the line of the first.
///
/// Only rows of files count as copies: there, joining and exporting make them. A shop that sends the same product twice in
/// one event, or in one row with a list of products, means it.
fn copies(products: &[RawProduct<'_>], distinct_lines: &[u64]) -> Vec<(usize, u64)> {
    if products.len() < 2 || products.iter().any(|product| product.line == 0) {
        return Vec::new();
    }
    let key = |product: &RawProduct<'_>| (product.quantity, product.price);
    // Most orders have no two lines with the same number and quantity at all; that is found out without touching texts.
    let mut seen: FxHashSet<(&str, Quantity)> = FxHashSet::with_capacity_and_hasher(products.len(), Default::default());
    if products.iter().all(|product| seen.insert((&product.product_id, product.quantity))) {
        return Vec::new();
    }
    let mut first: FxHashMap<(&str, &str, (Quantity, Money)), u64> = FxHashMap::default();
    let mut copies = Vec::new();
    for (index, product) in products.iter().enumerate() {
        match first.entry((&product.product_id, &product.name, key(product))) {
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert(product.line);
            }
            std::collections::hash_map::Entry::Occupied(entry)
                if *entry.get() != product.line && distinct_lines.binary_search(&product.line).is_err() =>
            {
                copies.push((index, *entry.get()));
            }
            std::collections::hash_map::Entry::Occupied(_) => {}
        }
    }
    copies
}

fn duplicate(order: &RawOrder<'_>, product: &RawProduct<'_>, first: u64, origin: &Origin) -> Reject {
    let line = product.line;
    let content = serde_json::to_string(product).unwrap_or_default();
    Reject {
        origin: Origin { source: origin.source.clone(), line: (line > 0).then_some(line) },
        field: None,
        reason: RejectReason::ExactDuplicate,
        detail: format!(
            "line {line} says exactly the same as line {first} of order `{}`; it is counted once. If both were sold, make one row of them with the sum of the quantities",
            order.order_id
        ),
        content: kept_of_row(&content),
        received_at: None,
    }
}
