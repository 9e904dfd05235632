//! Which sale every return belongs to.

use bellwether_domain::{LineFlag, Money, OrderHead, OrderHistory, OrderKind, Quantity};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

/// The returns of a history and their sales.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CancellationReport {
    /// One for every returned line of goods by a known customer, in the history's order.
    pub matches: Vec<CancellationMatch>,
    /// Lines whose whole quantity was sold before.
    pub matched: u64,
    /// Lines of which a part was sold before.
    pub partly: u64,
    /// Lines of which nothing was sold before, in this history.
    pub unmatched: u64,
    /// Returned lines that cannot be matched: the customer is unknown.
    pub anonymous: u64,
    /// Returned lines that are not goods: fees given back, corrections.
    pub non_product: u64,
    /// What the matched pieces had cost when they were sold.
    pub matched_value: Money,
}

/// A returned line and the sales that it takes back.
#[derive(Debug, Clone, PartialEq)]
pub struct CancellationMatch {
    /// Index of the return into the history's orders.
    pub order: u32,
    /// Index of its line into the history's lines.
    pub line: u32,
    /// Pieces that came back, as a positive number.
    pub quantity: Quantity,
    /// Pieces of them that were found among earlier sales.
    pub matched: Quantity,
    /// Where they were found, the most recent sale first.
    pub sales: SmallVec<[MatchedSale; 1]>,
}

/// A sale that was taken back in whole or in part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MatchedSale {
    /// Index of the sale into the history's orders.
    pub order: u32,
    /// Index of its line into the history's lines.
    pub line: u32,
    /// Pieces taken back.
    pub quantity: Quantity,
}

/// Matches every returned line of a known customer to that customer's most recent earlier purchases of the same product
/// that have pieces left.
///
/// A return that is larger than the last purchase goes on with the one before it. A purchase of the same minute counts as
/// earlier. One pass, deterministic; memory grows with the purchases of products that were returned at all.
pub fn cancellations(history: &OrderHistory) -> CancellationReport {
    let mut open = OpenSales::of_returned(history);
    let mut report = CancellationReport::default();
    let mut rest = history.orders.as_slice();
    let mut first = 0;
    while let Some(order) = rest.first() {
        let same_time = rest.iter().take_while(|other| other.time == order.time).count();
        let (now, later) = rest.split_at(same_time);
        for (index, sale) in of_kind(now, first, OrderKind::Completed) {
            open.add(history, index, sale);
        }
        for (index, refund) in of_kind(now, first, OrderKind::Refunded) {
            take_back(history, index, refund, &mut open, &mut report);
        }
        first += same_time as u32;
        rest = later;
    }
    report
}

fn of_kind(orders: &[OrderHead], first: u32, kind: OrderKind) -> impl Iterator<Item = (u32, &OrderHead)> {
    (first..).zip(orders).filter(move |(_, order)| order.kind == kind)
}

/// Customer and product.
type Pair = (u32, u32);

/// Purchases with pieces left, the most recent last; only for pairs that have a return somewhere.
struct OpenSales(FxHashMap<Pair, Vec<MatchedSale>>);

impl OpenSales {
    fn of_returned(history: &OrderHistory) -> Self {
        let refunds = history.orders.iter().filter(|order| order.kind == OrderKind::Refunded);
        let pairs: FxHashSet<Pair> = refunds
            .filter_map(|order| order.customer.map(|customer| (customer, order)))
            .flat_map(|(customer, order)| history.lines_of(order).iter().map(move |line| (customer, line.product)))
            .collect();
        Self(pairs.into_iter().map(|pair| (pair, Vec::new())).collect())
    }

    fn add(&mut self, history: &OrderHistory, order: u32, sale: &OrderHead) {
        let Some(customer) = sale.customer else { return };
        for (line, sold) in (sale.first_line..).zip(history.lines_of(sale)) {
            if sold.quantity > Quantity::ZERO
                && let Some(sales) = self.0.get_mut(&(customer, sold.product))
            {
                sales.push(MatchedSale { order, line, quantity: sold.quantity });
            }
        }
    }

    /// Takes up to `wanted` pieces from the most recent purchases.
    fn take(&mut self, pair: Pair, wanted: Quantity) -> SmallVec<[MatchedSale; 1]> {
        let mut taken = SmallVec::new();
        let mut missing = wanted;
        let Some(sales) = self.0.get_mut(&pair) else { return taken };
        while missing > Quantity::ZERO
            && let Some(last) = sales.last_mut()
        {
            let quantity = last.quantity.min(missing);
            taken.push(MatchedSale { quantity, ..*last });
            missing -= quantity;
            last.quantity -= quantity;
            if last.quantity.is_zero() {
                sales.pop();
            }
        }
        taken
    }
}

fn take_back(
    history: &OrderHistory,
    order: u32,
    refund: &OrderHead,
    open: &mut OpenSales,
    report: &mut CancellationReport,
) {
    for (line, returned) in (refund.first_line..).zip(history.lines_of(refund)) {
        if returned.flags.contains(LineFlag::NonProduct) {
            report.non_product += 1;
            continue;
        }
        let Some(customer) = refund.customer else {
            report.anonymous += 1;
            continue;
        };
        let quantity = returned.quantity.abs();
        let sales = open.take((customer, returned.product), quantity);
        let matched = sales.iter().map(|sale| sale.quantity).sum();
        match matched {
            Quantity::ZERO => report.unmatched += 1,
            part if part < quantity => report.partly += 1,
            _ => report.matched += 1,
        }
        let cost = |sale: &MatchedSale| history.lines[sale.line as usize].price.times(sale.quantity);
        report.matched_value += sales.iter().map(cost).sum::<Money>();
        report.matches.push(CancellationMatch { order, line, quantity, matched, sales });
    }
}
