//! The one currency that a file's orders are taken in.

use super::{
    fault::Fault,
    mapped::MappedEvent,
    record::View,
    rules::{Place, Rules},
    time::LastTime,
};
use crate::{import::SettledCurrency, segment::OrderCurrency};

/// Which currency is in force, and from where on.
#[derive(Debug, Default)]
pub(super) struct OnlyCurrency {
    /// What the first records name.
    pub first: Option<String>,
    settled: Option<SettledCurrency>,
}

impl OnlyCurrency {
    pub fn of_sample(first: Option<String>) -> Self {
        Self { first, settled: None }
    }

    /// Brings one into force behind so many events and rejects. Whoever reads the file again has to say the same: an order that names
    /// no currency is a reject before that, and an event behind it.
    pub fn put(&mut self, settled: SettledCurrency) {
        self.settled = Some(settled);
    }

    /// What holds for a record that comes behind so many events and rejects.
    fn at(&self, given: u64) -> Option<OrderCurrency<'_>> {
        let settled = self.settled.as_ref().filter(|settled| settled.behind <= given)?;
        Some(OrderCurrency { default: &settled.code, is_only_one: true })
    }

    /// Orders may begin far behind the records that were looked at first: then the first one settles it.
    fn settle(&mut self, given: u64, events: &[MappedEvent<'_>]) -> Option<SettledCurrency> {
        if self.first.is_some() || self.settled.is_some() {
            return None;
        }
        let code = events.iter().find_map(|event| event.order.as_ref())?.currency.to_string();
        self.settled = Some(SettledCurrency { code, behind: given });
        self.settled.clone()
    }
}

/// The rules of a mapping, applied to a record of a file.
pub(super) struct Applying<'m, 's, 'f> {
    pub rules: Rules<'m, 's>,
    pub last: &'f mut [LastTime],
    pub currency: &'f mut OnlyCurrency,
    /// Events and rejects before this record.
    pub given: u64,
    /// What this record has settled.
    pub settled: Option<SettledCurrency>,
}

impl<'m> Applying<'m, '_, '_> {
    /// The events of the record, in the file's currency.
    pub fn apply<'r>(&mut self, view: &View<'_, 'r>, place: Place<'_>) -> Result<Vec<MappedEvent<'r>>, Fault>
    where
        'm: 'r,
    {
        let made = self.rules.apply(view, Place { currency: self.currency.at(self.given), ..place }, self.last)?;
        self.settled = self.currency.settle(self.given, &made);
        if self.settled.is_none() {
            return Ok(made);
        }
        // Its orders can be several, and then have to be in one currency, too.
        self.rules.apply(view, Place { currency: self.currency.at(self.given), ..place }, self.last)
    }
}
