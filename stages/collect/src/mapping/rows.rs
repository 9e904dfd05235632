//! What the mappings of files have in common, whatever their rows become.

use super::{EventMapping, FileMapping, OrderMapping, QueryMapping};
use bellwether_domain::ItemRules;

/// A mapping by which a file becomes events.
#[derive(Debug, Clone, Copy)]
pub enum RowMapping<'m> {
    /// Rows are lines of orders.
    Orders(&'m OrderMapping),
    /// Records become events by rules.
    Events(&'m EventMapping),
}

impl<'m> RowMapping<'m> {
    /// The source's name.
    pub fn source(self) -> &'m str {
        match self {
            Self::Orders(mapping) => &mapping.source,
            Self::Events(mapping) => &mapping.source,
        }
    }

    /// A digest of what the mapping says.
    pub fn digest(self) -> &'m str {
        match self {
            Self::Orders(mapping) => &mapping.digest,
            Self::Events(mapping) => &mapping.digest,
        }
    }

    /// What cleaning has to know about the items.
    pub fn items(self) -> &'m ItemRules {
        match self {
            Self::Orders(mapping) => &mapping.items,
            Self::Events(mapping) => &mapping.items,
        }
    }

    /// Whether orders come of its rows, whose amounts have to be in one currency.
    pub fn makes_orders(self) -> bool {
        match self {
            Self::Orders(_) => true,
            Self::Events(mapping) => mapping.rules.iter().any(|rule| rule.order.is_some()),
        }
    }

    /// The query that its rows come from, where they come from one.
    pub fn query(self) -> Option<&'m QueryMapping> {
        match self {
            Self::Orders(mapping) => mapping.query.as_ref(),
            Self::Events(mapping) => mapping.query.as_ref(),
        }
    }

    /// The form of the file.
    pub fn file(self) -> &'m FileMapping {
        match self {
            Self::Orders(mapping) => &mapping.file,
            Self::Events(mapping) => &mapping.file,
        }
    }
}

impl<'m> From<&'m OrderMapping> for RowMapping<'m> {
    fn from(mapping: &'m OrderMapping) -> Self {
        Self::Orders(mapping)
    }
}

impl<'m> From<&'m EventMapping> for RowMapping<'m> {
    fn from(mapping: &'m EventMapping) -> Self {
        Self::Events(mapping)
    }
}
