//! What a mapping makes of the first rows of an object, from its first bytes where these are enough.

use super::fetch::local_name;
use crate::rows;
use anyhow::{Context as _, Result};
use bellwether_collect::{DryRun, Error as CollectError, RowMapping};
use bellwether_lake::ParquetRows;
use bellwether_objects::{Bucket, Object};
use std::{io::Write, path::Path};

/// What is asked for at first. The form of a file is found out from less.
const BEGINNING: u64 = 1024 * 1024;
/// How many times more, where that was not enough.
const MORE: u64 = 8;
/// What is held in memory at a time.
const PART: u64 = 8 * 1024 * 1024;

/// What a mapping makes of the first rows of an object. Nothing is kept of it.
pub async fn dry_run(bucket: &Bucket, object: &Object, mapping: RowMapping<'_>, limit: u64) -> Result<DryRun> {
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let path = folder.path().join(local_name(&object.key));
    let (mut have, mut want) = (0, BEGINNING.min(object.size));
    loop {
        append(bucket, object, have, want, &path).await?;
        have = want;
        let is_whole = have == object.size;
        // What says where its rows are is at its end.
        if !is_whole && ParquetRows::is_parquet(&path) {
            want = object.size;
            continue;
        }
        let read = |rows| rows::open(&path, mapping).and_then(|importer| Ok(importer.dry_run(rows)?));
        // One more than is shown: the last row of a beginning is cut.
        match read(if is_whole { limit } else { limit + 1 }) {
            Ok(shown) if is_whole => return Ok(shown),
            Ok(seen) if seen.rows > limit => return read(limit),
            Err(error) if is_whole || !may_be_cut(&error) => {
                return Err(error).with_context(|| format!("reading {}", bucket.address(&object.key)));
            }
            _ => want = object.size.min(have.saturating_mul(MORE)),
        }
    }
}

/// Whether it may be only that the file goes on.
fn may_be_cut(error: &anyhow::Error) -> bool {
    use CollectError::{EmptyFile, Io, OnlyHeader};
    error.chain().any(|cause| matches!(cause.downcast_ref(), Some(Io { .. } | EmptyFile { .. } | OnlyHeader { .. })))
}

async fn append(bucket: &Bucket, object: &Object, mut from: u64, to: u64, path: &Path) -> Result<()> {
    let fail = || format!("cannot write {}", path.display());
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).with_context(fail)?;
    while from < to {
        let end = to.min(from + PART);
        file.write_all(&bucket.part(object, from..end).await?).with_context(fail)?;
        from = end;
    }
    Ok(())
}
