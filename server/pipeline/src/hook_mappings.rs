//! The mappings of web hooks, read once and not for every delivery.

use bellwether_collect::{EventMapping, hooks::parse_mapping};
use bellwether_domain::ReceivedHook;
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Mappings that are kept at the most; then all are forgotten. Each that was ever in use is one, so that there are few.
const MOST: usize = 64;

/// Mappings by their texts, which deliveries carry along.
#[derive(Default)]
pub struct HookMappings {
    read: Mutex<FxHashMap<blake3::Hash, Arc<Read>>>,
}

/// What a text is; nothing where there is no mapping yet.
type Read = Result<Option<EventMapping>, String>;

impl HookMappings {
    /// Does something with the mapping of a delivery, or with what is wrong with it: a text that an older version took.
    pub fn with<T>(&self, hook: &ReceivedHook<'_>, work: impl FnOnce(Result<Option<&EventMapping>, &str>) -> T) -> T {
        let read = self.of(&hook.mapping);
        work(match &*read {
            Ok(mapping) => Ok(mapping.as_ref()),
            Err(problem) => Err(problem),
        })
    }

    fn of(&self, text: &str) -> Arc<Read> {
        let digest = blake3::hash(text.as_bytes());
        let mut known = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        let read = known.entry(digest).or_insert_with(|| match text.trim() {
            "" => Arc::new(Ok(None)),
            _ => Arc::new(parse_mapping(text).map(Some).map_err(|error| error.to_string())),
        });
        Arc::clone(read)
    }
}
