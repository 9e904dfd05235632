//! The item catalogue, as the lines of orders show it.

use bellwether_domain::{Item, Money};
use chrono::{DateTime, Utc};
use compact_str::CompactString;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Merges what is known of an item with what else is known of it.
///
/// The moment that counts is the last *sale*: its name, price and category stand. An item that was never sold shows its last
/// appearance of any kind, with a price of nothing. The order of merges does not matter.
pub fn merge_item(into: &mut Item, other: Item) {
    let first_seen = into.first_seen.min(other.first_seen);
    if telling(other.price, &other.name, other.last_seen) > telling(into.price, &into.name, into.last_seen) {
        *into = other;
    }
    into.first_seen = first_seen;
}

/// What decides between two sightings: a sale, a name, the later one; and the content itself where all that is equal.
fn telling(price: Money, name: &str, seen: DateTime<Utc>) -> (bool, bool, DateTime<Utc>, &str, Money) {
    (!price.is_zero(), !name.is_empty(), seen, name, price)
}

/// An item on one line of an order.
pub(crate) struct Sighting<'l> {
    pub name: &'l Arc<str>,
    pub category: &'l Arc<str>,
    /// Nothing, where it was not sold.
    pub price: Money,
    pub seen: DateTime<Utc>,
    pub is_product: bool,
}

/// The items of a batch.
#[derive(Default)]
pub(crate) struct Catalogue(FxHashMap<CompactString, Known>);

struct Known {
    name: Arc<str>,
    category: Arc<str>,
    price: Money,
    first_seen: DateTime<Utc>,
    last_seen: DateTime<Utc>,
    is_product: bool,
}

impl Catalogue {
    /// As [`merge_item`], without building the item: most lines show what is known already.
    pub fn see(&mut self, product: &CompactString, sighting: &Sighting<'_>) {
        let Some(known) = self.0.get_mut(product) else {
            self.0.insert(product.clone(), Known::of(sighting, sighting.seen));
            return;
        };
        let first_seen = known.first_seen.min(sighting.seen);
        if telling(sighting.price, sighting.name, sighting.seen) > telling(known.price, &known.name, known.last_seen) {
            *known = Known::of(sighting, first_seen);
        }
        known.first_seen = first_seen;
    }

    /// The items by their numbers.
    pub fn finish(self) -> Vec<Item> {
        let mut items: Vec<Item> = self.0.into_iter().map(|(product, known)| known.item(&product)).collect();
        items.sort_by(|a, b| a.product.cmp(&b.product));
        items
    }
}

impl Known {
    fn of(sighting: &Sighting<'_>, first_seen: DateTime<Utc>) -> Self {
        Self {
            name: sighting.name.clone(),
            category: sighting.category.clone(),
            price: sighting.price,
            first_seen,
            last_seen: sighting.seen,
            is_product: sighting.is_product,
        }
    }

    fn item(self, product: &str) -> Item {
        Item {
            product: product.to_owned(),
            name: self.name.to_string(),
            category: self.category.to_string(),
            price: self.price,
            first_seen: self.first_seen,
            last_seen: self.last_seen,
            is_product: self.is_product,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn item() -> impl Strategy<Value = Item> {
        (0..3i64, 0..3i64, 0..4i64, prop_oneof![Just(""), Just("Mug"), Just("Cup")]).prop_map(
            |(first, more, price, name)| Item {
                product: "21".to_owned(),
                name: name.to_owned(),
                category: format!("category of {name}"),
                price: Money::from_whole(price),
                first_seen: DateTime::from_timestamp(first, 0).unwrap(),
                last_seen: DateTime::from_timestamp(first + more, 0).unwrap(),
                is_product: true,
            },
        )
    }

    fn merged(items: &[Item]) -> Item {
        let mut result = items[0].clone();
        items[1..].iter().for_each(|item| merge_item(&mut result, item.clone()));
        result
    }

    proptest! {
        #[test]
        fn order_and_grouping_do_not_matter(items in prop::collection::vec(item(), 3)) {
            let [a, b, c] = [&items[0], &items[1], &items[2]];
            let straight = merged(&items);
            prop_assert_eq!(&merged(&[c.clone(), a.clone(), b.clone()]), &straight);
            let right = merged(&[b.clone(), c.clone()]);
            prop_assert_eq!(&merged(&[a.clone(), right]), &straight);
        }

        #[test]
        fn a_batch_merges_as_items_do(items in prop::collection::vec(item(), 1..8)) {
            let mut catalogue = Catalogue::default();
            let mut singles = Vec::new();
            for item in items {
                let (name, category) = (Arc::from(item.name.as_str()), Arc::from(item.category.as_str()));
                let sighting =
                    Sighting { name: &name, category: &category, price: item.price, seen: item.last_seen, is_product: true };
                catalogue.see(&"21".into(), &sighting);
                singles.push(Item { first_seen: item.last_seen, ..item });
            }
            prop_assert_eq!(catalogue.finish(), vec![merged(&singles)]);
        }
    }
}
