//! A web hook with all that a delivery needs, so that nothing has to be read for each of them.

use bellwether_collect::hooks::{kept_headers, parse_mapping, ready_mapping};
use bellwether_domain::{Hook, Source};
use std::{collections::BTreeSet, sync::Arc};

/// A web hook whose deliveries are taken.
#[derive(Debug)]
pub struct ReadyHook {
    /// The short name of its source.
    pub slug: Arc<str>,
    /// How deliveries are checked.
    pub hook: Hook,
    /// By which mapping they are read: its own or the ready one; empty where there is neither.
    pub mapping: Arc<str>,
    /// Which of their headers are kept, in small letters; where no mapping can be read that says so, all that prove nothing.
    pub headers: Option<BTreeSet<String>>,
}

impl ReadyHook {
    /// Of a source that is one.
    pub(crate) fn of(source: &Source) -> Option<Self> {
        let hook = source.hook.clone()?;
        let ready = || ready_mapping(hook.sender.system()).unwrap_or_default().into();
        let mapping = hook.mapping.clone().unwrap_or_else(ready);
        // One that an older version took and this one does not is named by whoever reads the delivery.
        let headers = parse_mapping(&mapping).ok().map(|mapping| kept_headers(&hook.sender, Some(&mapping)));
        Some(Self { slug: Arc::clone(&source.slug), hook, mapping, headers })
    }
}
