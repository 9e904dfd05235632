//! Brings an object into the data folder, and goes on where an earlier process stopped.

use super::file_name;
use crate::{context::Context, files};
use anyhow::{Context as _, Result};
use bellwether_objects::{Bucket, Object};
use bellwether_pipeline::faults::{self, Fault};
use serde::{Deserialize, Serialize};
use std::{
    fs::{File, OpenOptions},
    io::{self, ErrorKind, Seek, SeekFrom, Write},
    path::PathBuf,
};

/// What is asked for at a time: also the memory that it takes, and what a kill can cost.
const PART: u64 = 8 * 1024 * 1024;
/// Names of files may have 255 bytes; those of objects 1,024.
const LONGEST_NAME: usize = 200;

/// What is to be known of an object that is being fetched.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct About {
    place: String,
    bucket: String,
    key: String,
    size: u64,
    etag: Option<String>,
    /// Bytes that are on the disk.
    fetched: u64,
}

impl About {
    fn new(bucket: &Bucket, object: &Object) -> Self {
        Self {
            place: bucket.place().to_owned(),
            bucket: bucket.address("").bucket,
            key: object.key.clone(),
            size: object.size,
            etag: object.etag.clone(),
            fetched: 0,
        }
    }

    /// Whether what was fetched is the beginning of what is wanted now. Where a store says no versions, nobody can know.
    fn begins(&self, wanted: &Self) -> bool {
        let same_object = (&self.place, &self.bucket, &self.key) == (&wanted.place, &wanted.bucket, &wanted.key);
        let same_version = wanted.etag.is_some() && (self.size, &self.etag) == (wanted.size, &wanted.etag);
        same_object && (same_version || faults::is_on(Fault::MixVersions))
    }
}

/// Where an object of a source lies while it is fetched and imported.
pub(super) struct Spool {
    folder: PathBuf,
    about: PathBuf,
}

impl Spool {
    pub fn open(context: &Context, source: &str) -> Result<Self> {
        let spool = context.folder.path("spool").join(source);
        let folder = spool.join("object");
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(Self { folder, about: spool.join("object.json") })
    }

    /// The object as a file, fetched as far as it was not. It is called as the object is.
    pub async fn fetch(&self, bucket: &Bucket, object: &Object, mut report: impl FnMut(u64)) -> Result<PathBuf> {
        let path = self.folder.join(local_name(&object.key));
        let wanted = About::new(bucket, object);
        let mut about = match self.left()? {
            Some(left) if left.begins(&wanted) => About { fetched: left.fetched, ..wanted },
            _ => {
                self.clear()?;
                wanted
            }
        };
        let fail = |source: io::Error| cannot_keep(source, &path, object.size);
        let mut file = open(&path).map_err(fail)?;
        // What is behind came after the last part that is known to be on the disk.
        about.fetched = about.fetched.min(file.metadata().map_err(fail)?.len()).min(object.size);
        file.set_len(about.fetched).and_then(|()| file.seek(SeekFrom::End(0))).map_err(fail)?;
        report(about.fetched);
        while about.fetched < object.size {
            let end = object.size.min(about.fetched + PART);
            let bytes = bucket.part(object, about.fetched..end).await?;
            file.write_all(&bytes).and_then(|()| file.sync_data()).map_err(fail)?;
            about.fetched = end;
            files::replace(&self.about, &serde_json::to_vec(&about)?)?;
            report(end);
        }
        Ok(path)
    }

    /// Removes whatever lies there. First what says how far it came: a crash in between leaves what is written over.
    pub fn clear(&self) -> Result<()> {
        let remove = |path: &PathBuf| match std::fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                Err(error).with_context(|| format!("cannot remove {}", path.display()))
            }
            _ => Ok(()),
        };
        remove(&self.about)?;
        let entries = std::fs::read_dir(&self.folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let entries = entries.with_context(|| format!("cannot read {}", self.folder.display()))?;
        entries.iter().try_for_each(|entry| remove(&entry.path()))
    }

    fn left(&self) -> Result<Option<About>> {
        match std::fs::read(&self.about) {
            // What cannot be read is of no use; it is fetched again.
            Ok(text) => Ok(serde_json::from_slice(&text).ok()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", self.about.display())),
        }
    }
}

fn open(path: &PathBuf) -> io::Result<File> {
    let mut options = OpenOptions::new();
    // What lies in a data folder is its owner's business.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.write(true).create(true).truncate(false).open(path)
}

fn cannot_keep(source: io::Error, path: &std::path::Path, size: u64) -> anyhow::Error {
    let is_full = matches!(source.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded);
    let advice = if is_full {
        format!(
            "; the disk is full: the object needs {size} bytes in the data folder. Make room and run it again, and what was fetched is kept"
        )
    } else {
        String::new()
    };
    anyhow::Error::new(source).context(format!("cannot write {}{advice}", path.display()))
}

/// What a file of the object is called: the last part of its key. Of a very long one the end, which says what it is.
pub(super) fn local_name(key: &str) -> String {
    let name = file_name(key);
    let mut start = name.len().saturating_sub(LONGEST_NAME);
    while !name.is_char_boundary(start) {
        start += 1;
    }
    name[start..].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn about(size: u64, etag: Option<&str>) -> About {
        About {
            place: "http://here".into(),
            bucket: "shop".into(),
            key: "a.csv".into(),
            size,
            etag: etag.map(str::to_owned),
            fetched: 5,
        }
    }

    #[test]
    fn only_the_same_version_of_the_same_object_goes_on() {
        assert!(about(9, Some("1")).begins(&about(9, Some("1"))));
        assert!(!about(9, Some("1")).begins(&about(9, Some("2"))));
        assert!(!about(9, Some("1")).begins(&about(8, Some("1"))));
        assert!(!about(9, None).begins(&about(9, None)));
        let elsewhere = About { place: "http://there".into(), ..about(9, Some("1")) };
        assert!(!elsewhere.begins(&about(9, Some("1"))));
    }

    #[test]
    fn a_very_long_name_keeps_its_end() {
        assert_eq!(local_name("a/b/orders.csv"), "orders.csv");
        let long = format!("a/{}.csv.gz", "订".repeat(300));
        let name = local_name(&long);
        assert!(name.len() <= LONGEST_NAME && name.ends_with("订.csv.gz"), "{name}");
    }
}
