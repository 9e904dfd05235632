//! A bucket: what is in it, and parts of it.

use crate::{
    address::Address,
    error::{Asked, Error, Result},
    settings::Settings,
};
use futures_util::TryStreamExt;
use object_store::{GetOptions, GetRange, ObjectMeta, ObjectStore, ObjectStoreExt, aws::AmazonS3, path::Path};
use std::ops::Range;

/// An object as it was when somebody looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its key.
    pub key: String,
    /// Its size in bytes.
    pub size: u64,
    /// Which version of it; a few stores do not say.
    pub etag: Option<String>,
}

/// A bucket that can be read.
#[derive(Debug)]
pub struct Bucket {
    client: AmazonS3,
    asked: Asked,
}

impl Bucket {
    /// Makes ready to read; asks nothing yet.
    ///
    /// # Errors
    /// When the settings cannot be used.
    pub fn open(settings: &Settings, name: &str) -> Result<Self> {
        let asked = Asked { bucket: name.to_owned(), place: settings.place(), region: settings.region().to_owned() };
        Ok(Self { client: settings.client(name)?, asked })
    }

    /// The object with this key; where there is none, all whose keys go on behind it and a `/`, in the order of their keys.
    /// Behind an empty key are all of the bucket.
    ///
    /// # Errors
    /// When there is none at all, or the store cannot be asked.
    pub async fn find(&self, key: &str) -> Result<Vec<Object>> {
        if let Some(object) = self.one(key).await? {
            return Ok(vec![object]);
        }
        let failed = |error| self.asked.failed(key, error);
        let folder = path(key)?;
        let found: Vec<ObjectMeta> = self.client.list(Some(&folder)).try_collect().await.map_err(failed)?;
        let mut objects: Vec<Object> = found.into_iter().map(object).collect();
        objects.sort_by(|a, b| a.key.cmp(&b.key));
        match objects.is_empty() {
            true => Err(Error::NotFound { address: self.address(key).to_string(), place: self.asked.place.clone() }),
            false => Ok(objects),
        }
    }

    /// Asked for as a whole and left at once: unlike an answer to HEAD, that to GET says what is wrong.
    async fn one(&self, key: &str) -> Result<Option<Object>> {
        if key.is_empty() || key.ends_with('/') {
            return Ok(None);
        }
        match self.client.get(&path(key)?).await {
            Ok(found) => Ok(Some(object(found.meta))),
            Err(error) => match self.asked.failed(key, error) {
                Error::NotFound { .. } => Ok(None),
                error => Err(error),
            },
        }
    }

    /// Some bytes of an object, of the version that was found.
    ///
    /// # Errors
    /// When it changed, or the store cannot be asked.
    pub async fn part(&self, object: &Object, range: Range<u64>) -> Result<Vec<u8>> {
        if range.is_empty() {
            return Ok(Vec::new());
        }
        let wanted = range.end - range.start;
        let options = GetOptions {
            range: Some(GetRange::Bounded(range)),
            if_match: object.etag.clone(),
            ..GetOptions::default()
        };
        let failed = |error| self.asked.failed(&object.key, error);
        let answer = self.client.get_opts(&path(&object.key)?, options).await.map_err(failed)?;
        // Not every store knows of conditions.
        let changed = answer.meta.size != object.size || quoted(answer.meta.e_tag.clone()) != object.etag;
        let bytes = if changed { None } else { Some(answer.bytes().await.map_err(failed)?) };
        match bytes {
            Some(bytes) if bytes.len() as u64 == wanted => Ok(bytes.into()),
            _ => Err(Error::Changed { address: self.address(&object.key).to_string() }),
        }
    }

    /// The address of a key in this bucket.
    pub fn address(&self, key: &str) -> Address {
        Address { bucket: self.asked.bucket.clone(), key: key.to_owned() }
    }

    /// Which place the bucket is at, as in messages.
    pub fn place(&self) -> &str {
        &self.asked.place
    }
}

fn path(key: &str) -> Result<Path> {
    Path::parse(key).map_err(|error| Error::Address { given: key.to_owned(), problem: error.to_string() })
}

fn object(meta: ObjectMeta) -> Object {
    Object { key: meta.location.to_string(), size: meta.size, etag: quoted(meta.e_tag) }
}

/// Some stores write it without quotes in lists, and a condition needs them. A weak one says nothing about bytes.
fn quoted(etag: Option<String>) -> Option<String> {
    let etag = etag.filter(|etag| !etag.starts_with("W/"))?;
    Some(format!("\"{}\"", etag.trim_matches('"')))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_version_has_one_form() {
        for (given, expected) in [("\"a1-2\"", Some("\"a1-2\"")), ("a1-2", Some("\"a1-2\"")), ("W/\"a1\"", None)] {
            assert_eq!(quoted(Some(given.to_owned())).as_deref(), expected, "{given}");
        }
    }
}
