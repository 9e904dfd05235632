//! Which objects were imported to their end, in the Store: they need not be fetched again to be recognised.

use crate::{context::Context, import};
use anyhow::{Context as _, Result};
use bellwether_collect::RowMapping;
use bellwether_domain::{ImportId, ImportRecord};
use bellwether_objects::{Bucket, Object};
use serde::{Deserialize, Serialize};

/// What was imported of an object last.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Version {
    size: u64,
    etag: String,
    /// The import of its content.
    import: ImportId,
}

/// Where it is kept what is known of an object.
pub(super) struct Known<'o> {
    key: String,
    object: &'o Object,
}

impl<'o> Known<'o> {
    pub fn of(bucket: &Bucket, object: &'o Object, source: &str) -> Self {
        let mut hasher = blake3::Hasher::new();
        for part in [bucket.place(), &bucket.address(&object.key).to_string()] {
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part.as_bytes());
        }
        // Where things came from is no part of what they are: the digest of all state leaves it out.
        Self { key: format!("installation/object/{source}/{}", hasher.finalize().to_hex()), object }
    }

    /// The import of this version of it under this mapping, if it came to its end. Where the mapping is another one, the import
    /// itself has to say what becomes of that.
    pub async fn imported(&self, context: &Context, mapping: RowMapping<'_>) -> Result<Option<ImportRecord>> {
        let (Some(etag), Some(kept)) = (&self.object.etag, context.store.result(&self.key).await?) else {
            return Ok(None);
        };
        let version: Version = serde_json::from_value(kept).context("what is known of an object")?;
        if (version.size, &version.etag) != (self.object.size, etag) {
            return Ok(None);
        }
        let cursor = context.inbox.import_cursor(version.import)?;
        let is_same = |read_by: &str| read_by.split(' ').next() == Some(mapping.digest());
        Ok(cursor.filter(|cursor| cursor.complete && is_same(&cursor.mapping)).map(import::record))
    }

    pub async fn keep(&self, context: &Context, record: &ImportRecord) -> Result<()> {
        let Some(etag) = self.object.etag.clone() else { return Ok(()) };
        let version = Version { size: self.object.size, etag, import: record.id };
        Ok(context.store.put_result(&self.key, &serde_json::to_value(version)?).await?)
    }
}
