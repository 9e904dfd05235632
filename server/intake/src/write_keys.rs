//! Which source a write key, or the address of a web hook, belongs to, without asking the database for every request.

use crate::ready_hook::ReadyHook;
use bellwether_domain::Source;
use bellwether_store::{Result, Store};
use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};
use tokio::sync::Mutex;

/// What was read together.
#[derive(Debug, Default)]
struct Known {
    by_key: HashMap<Box<str>, Arc<Source>>,
    /// By short name.
    hooks: HashMap<Arc<str>, Arc<ReadyHook>>,
}

/// The keys of all sources whose events are taken, as the Store has them.
///
/// They are read when the first sender comes, and again after every change that goes through this process; nothing else can
/// change them, since a process keeps its Store to itself.
///
/// A key is looked up in a hash map and never compared character by character: where the hashes differ, no character of a
/// right key has been looked at, so the time that an answer takes says nothing about how much of a guess is right. That is why
/// there is no comparison in constant time here.
#[derive(Debug)]
pub struct WriteKeys {
    store: Arc<Store>,
    /// Nothing where they have to be read again.
    known: RwLock<Option<Arc<Known>>>,
    /// Held while they are read or forgotten. Without it, somebody who began to read before a change could put what he read
    /// in place of what was read after it.
    refresh: Mutex<()>,
}

impl WriteKeys {
    /// Of a Store's sources; nothing is read yet.
    pub fn new(store: Arc<Store>) -> Self {
        Self { store, known: RwLock::default(), refresh: Mutex::default() }
    }

    /// The source that a key belongs to; `None` for a key that nobody has, or whose source is disabled. The Store is asked
    /// only where its sources have changed, and fails only then.
    pub async fn lookup(&self, key: &str) -> Result<Option<Arc<Source>>> {
        Ok(self.up_to_date().await?.by_key.get(key).cloned())
    }

    /// The web hook whose address ends in this short name; `None` where there is none, or it is disabled.
    pub async fn hook(&self, slug: &str) -> Result<Option<Arc<ReadyHook>>> {
        Ok(self.up_to_date().await?.hooks.get(slug).cloned())
    }

    async fn up_to_date(&self) -> Result<Arc<Known>> {
        match self.known() {
            Some(known) => Ok(known),
            None => self.read().await,
        }
    }

    /// To be called after sources were changed: from its return on, nobody is taken for what he was before.
    pub async fn forget(&self) {
        let _alone = self.refresh.lock().await;
        self.set(None);
    }

    fn known(&self) -> Option<Arc<Known>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, known: Option<Arc<Known>>) {
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
    }

    async fn read(&self) -> Result<Arc<Known>> {
        let _alone = self.refresh.lock().await;
        // Somebody else may have read them while this one waited.
        if let Some(known) = self.known() {
            return Ok(known);
        }
        let mut known = Known::default();
        for source in self.store.sources().await?.into_iter().filter(|source| source.enabled) {
            let source = Arc::new(source);
            known.by_key.insert(source.write_key.reveal().into(), Arc::clone(&source));
            if let Some(hook) = ReadyHook::of(&source) {
                known.hooks.insert(Arc::clone(&source.slug), Arc::new(hook));
            }
        }
        let known = Arc::new(known);
        self.set(Some(Arc::clone(&known)));
        Ok(known)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bellwether_domain::{SourceKind, WriteKey};
    use bellwether_store::StoreTarget;
    use chrono::DateTime;

    async fn keys() -> (tempfile::TempDir, WriteKeys) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&StoreTarget::Sqlite(folder.path().join("store.sqlite"))).await.unwrap();
        (folder, WriteKeys::new(Arc::new(store)))
    }

    async fn create(keys: &WriteKeys, name: &str, n: u8) -> Source {
        let (name, key) = (name.parse().unwrap(), WriteKey::from_random([n; 16]));
        keys.store.create_source(&name, SourceKind::Server, None, &key, DateTime::UNIX_EPOCH).await.unwrap()
    }

    async fn slug(keys: &WriteKeys, key: &WriteKey) -> Option<String> {
        keys.lookup(key.reveal()).await.unwrap().map(|source| source.slug.to_string())
    }

    #[tokio::test]
    async fn a_key_leads_to_its_source() {
        let (_folder, keys) = keys().await;
        let (shop, till) = (create(&keys, "Shop", 1).await, create(&keys, "Till", 2).await);
        assert_eq!(slug(&keys, &shop.write_key).await.as_deref(), Some("shop"));
        assert_eq!(slug(&keys, &till.write_key).await.as_deref(), Some("till"));
        for unknown in ["", "shop", &shop.write_key.reveal()[1..], WriteKey::from_random([3; 16]).reveal()] {
            assert_eq!(keys.lookup(unknown).await.unwrap(), None, "{unknown}");
        }
    }

    #[tokio::test]
    async fn the_database_is_asked_once() {
        let (_folder, keys) = keys().await;
        let shop = create(&keys, "Shop", 1).await;
        keys.lookup("unknown").await.unwrap();
        // Without a database, what is known is still known, and what changed is not made up.
        keys.store.close().await.unwrap();
        assert_eq!(slug(&keys, &shop.write_key).await.as_deref(), Some("shop"));
        assert_eq!(keys.lookup("unknown").await.unwrap(), None);
        keys.forget().await;
        assert!(keys.lookup(shop.write_key.reveal()).await.is_err());
    }

    #[tokio::test]
    async fn disabled_sources_and_old_keys_are_nobody() {
        let (_folder, keys) = keys().await;
        let shop = create(&keys, "Shop", 1).await;
        assert_eq!(slug(&keys, &shop.write_key).await.as_deref(), Some("shop"));
        let new = WriteKey::from_random([9; 16]);
        keys.store.change_source("shop", |source| source.write_key = new.clone()).await.unwrap();
        keys.forget().await;
        assert_eq!((slug(&keys, &shop.write_key).await, slug(&keys, &new).await.as_deref()), (None, Some("shop")));
        keys.store.change_source("shop", |source| source.enabled = false).await.unwrap();
        keys.forget().await;
        assert_eq!(slug(&keys, &new).await, None);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_slow_reader_does_not_bring_an_old_key_back() {
        let (_folder, keys) = keys().await;
        let keys = Arc::new(keys);
        create(&keys, "Shop", 0).await;
        let busy = {
            let keys = Arc::clone(&keys);
            tokio::spawn(async move {
                loop {
                    keys.lookup("unknown").await.unwrap();
                    tokio::task::yield_now().await;
                }
            })
        };
        for n in 1..=50 {
            let (old, new) = (WriteKey::from_random([n - 1; 16]), WriteKey::from_random([n; 16]));
            keys.store.change_source("shop", |source| source.write_key = new.clone()).await.unwrap();
            keys.forget().await;
            for _ in 0..3 {
                assert_eq!((slug(&keys, &old).await, slug(&keys, &new).await.as_deref()), (None, Some("shop")), "{n}");
                tokio::task::yield_now().await;
            }
        }
        busy.abort();
    }
}
