//! The item catalogue as the pipeline knows it.
//!
//! A popular item shows a new price or a later sale in almost every batch. New items are committed with their batch, what
//! changes in known ones with the next roll: until then their batches can still be read again after a crash, and merging a
//! sighting twice changes nothing. Writing them with every batch was a third of the Store's work in an import.

use bellwether_clean::merge_item;
use bellwether_domain::Item;
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;

/// Items at the most, some hundreds of bytes each: an order may name whatever it likes, and somebody who has the key of a website
/// could make up thousands in each. Further ones are in their orders and in no catalogue.
const MOST: usize = 1_000_000;

/// All items, and which of them are newer here than in the Store.
pub struct Catalogue {
    items: FxHashMap<String, Known>,
    most: usize,
    is_full: bool,
}

struct Known {
    item: Item,
    changed: bool,
}

impl Catalogue {
    /// As the Store has it.
    pub fn new(items: Vec<Item>) -> Self {
        let known = |item: Item| (item.product.clone(), Known { item, changed: false });
        Self { items: items.into_iter().map(known).collect(), most: MOST, is_full: false }
    }

    /// Adds what a batch showed. Gives the items that were new, as they stand now.
    pub fn merge(&mut self, sightings: Vec<Item>) -> Vec<Item> {
        let mut new = Vec::new();
        for sighting in sightings {
            let has_room = self.items.len() < self.most;
            match self.items.entry(sighting.product.clone()) {
                Entry::Occupied(mut known) => {
                    let known = known.get_mut();
                    merge_item(&mut known.item, sighting);
                    known.changed = true;
                }
                Entry::Vacant(_) if !has_room => {
                    if !std::mem::replace(&mut self.is_full, true) {
                        tracing::warn!(
                            items = self.most,
                            "the catalogue is full; further items are kept in their orders only"
                        );
                    }
                }
                Entry::Vacant(free) => {
                    new.push(sighting.clone());
                    free.insert(Known { item: sighting, changed: false });
                }
            }
        }
        new
    }

    /// The items that are newer here; from now on they count as written.
    pub fn take_changed(&mut self) -> Vec<Item> {
        let changed = |known: &mut Known| std::mem::take(&mut known.changed).then(|| known.item.clone());
        self.items.values_mut().filter_map(changed).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_domain::Money;
    use chrono::DateTime;

    fn item(product: &str, price: i64) -> Item {
        Item {
            product: product.to_owned(),
            name: String::new(),
            category: String::new(),
            price: Money::from_whole(price),
            first_seen: DateTime::UNIX_EPOCH,
            last_seen: DateTime::UNIX_EPOCH,
            is_product: true,
        }
    }

    #[test]
    fn a_full_catalogue_keeps_what_it_knows_and_takes_nothing_new() {
        let mut catalogue = Catalogue { most: 2, ..Catalogue::new(vec![item("a", 1)]) };
        let new = catalogue.merge(vec![item("b", 1), item("c", 1), item("a", 2)]);
        assert_eq!(new, [item("b", 1)]);
        assert!(catalogue.merge(vec![item("c", 1)]).is_empty());
        let changed = catalogue.take_changed();
        assert_eq!(changed.iter().map(|item| item.product.as_str()).collect::<Vec<_>>(), ["a"]);
    }
}
