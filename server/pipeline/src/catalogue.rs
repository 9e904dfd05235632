//! The item catalogue as the pipeline knows it.
//!
//! A popular item shows a new price or a later sale in almost every batch. New items are committed with their batch, what
//! changes in known ones with the next roll: until then their batches can still be read again after a crash, and merging a
//! sighting twice changes nothing. Writing them with every batch was a third of the Store's work in an import.

use bellwether_clean::merge_item;
use bellwether_domain::Item;
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;

/// All items, and which of them are newer here than in the Store.
#[derive(Default)]
pub struct Catalogue(FxHashMap<String, Known>);

struct Known {
    item: Item,
    changed: bool,
}

impl Catalogue {
    /// As the Store has it.
    pub fn new(items: Vec<Item>) -> Self {
        let known = |item: Item| (item.product.clone(), Known { item, changed: false });
        Self(items.into_iter().map(known).collect())
    }

    /// Adds what a batch showed. Gives the items that were new, as they stand now.
    pub fn merge(&mut self, sightings: Vec<Item>) -> Vec<Item> {
        let mut new = Vec::new();
        for sighting in sightings {
            match self.0.entry(sighting.product.clone()) {
                Entry::Occupied(mut known) => {
                    let known = known.get_mut();
                    merge_item(&mut known.item, sighting);
                    known.changed = true;
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
        self.0.values_mut().filter_map(changed).collect()
    }
}
