//! Objects of an S3-compatible store through the road that files take.
//!
//! 1. An address stands for an object or a folder of them; those that look like files of rows are taken, in the order of their keys.
//! 2. An object that was imported to its end is known by its place, its size and its version (ETag), without being fetched.
//! 3. Another one is fetched into the data folder, part by part, and how far it came is made durable with each part.
//! 4. What was fetched is imported as a file is, known by its content; then 2 is noted, and the file is removed.
//!
//! A process that dies in 3 goes on behind the last part, if the object is still the same version; in 4, where the import stood.

mod dry_run;
mod fetch;
mod known;

pub use dry_run::dry_run;

use crate::{
    config::S3Section,
    context::Context,
    import::{Imported, Road},
};
use anyhow::{Context as _, Result, ensure};
use bellwether_collect::RowMapping;
use bellwether_objects::{Address, Bucket, Object, Settings};
use fetch::Spool;
use known::Known;

/// Endings of files of rows, plain or packed. A name without an ending passes too: many programs write `part-00000`.
const ENDINGS: [&str; 13] =
    ["csv", "tsv", "tab", "psv", "txt", "dat", "data", "log", "json", "jsonl", "ndjson", "parquet", "pq"];
/// Endings of what they are packed in.
const PACKED: [&str; 4] = ["gz", "gzip", "zst", "zstd"];

/// What an address stands for.
pub struct Found {
    /// Where it is.
    pub bucket: Bucket,
    /// What is to be imported, in the order of the keys.
    pub objects: Vec<Object>,
    /// How many others are there that do not look like files of rows.
    pub passed_over: usize,
}

/// What an import is at.
pub enum Progress {
    /// Bytes that were fetched, of how many.
    Fetched(u64, u64),
    /// Rows that were read.
    Rows(u64),
}

/// Looks up what an address stands for.
pub async fn find(settings: &S3Section, address: &str) -> Result<Found> {
    let address = Address::parse(address)?;
    let bucket = Bucket::open(&settings_of(settings), &address.bucket)?;
    let all = bucket.find(&address.key).await?;
    // Whoever names one object means it, whatever it is called.
    if all.len() == 1 && all[0].key == address.key {
        return Ok(Found { bucket, objects: all, passed_over: 0 });
    }
    let total = all.len();
    let objects: Vec<Object> =
        all.into_iter().filter(|object| object.size > 0 && looks_like_rows(&object.key, &address.key)).collect();
    ensure!(
        !objects.is_empty(),
        "none of the {total} objects at {address} looks like a file of rows: text (.csv, .tsv, .txt), JSON (.json, .jsonl), Parquet, plain or .gz or .zst, and not empty; name one as a whole to import it nevertheless"
    );
    Ok(Found { bucket, passed_over: total - objects.len(), objects })
}

/// Imports one object.
pub async fn import(
    context: &Context,
    road: &mut Road<'_>,
    bucket: &Bucket,
    object: &Object,
    mapping: RowMapping<'_>,
    mut report: impl FnMut(Progress),
) -> Result<Imported> {
    let known = Known::of(bucket, object, mapping.source());
    if let Some(record) = known.imported(context, mapping).await? {
        return Ok(Imported { record, read: false });
    }
    let address = bucket.address(&object.key).to_string();
    let spool = Spool::open(context, mapping.source())?;
    let file = spool.fetch(bucket, object, |bytes| report(Progress::Fetched(bytes, object.size))).await?;
    let imported = road.import_as(&address, &file, mapping, |now| report(Progress::Rows(now.rows))).await;
    let imported = imported.with_context(|| format!("importing {address}"))?;
    known.keep(context, &imported.record).await?;
    spool.clear()?;
    Ok(imported)
}

fn settings_of(section: &S3Section) -> Settings {
    let S3Section { endpoint, region, access_key_id, secret_access_key, session_token, bucket_in_host, anonymous } =
        section;
    Settings {
        endpoint: endpoint.clone(),
        region: region.clone(),
        access_key_id: access_key_id.clone(),
        secret_access_key: secret_access_key.reveal().unwrap_or_default().to_owned(),
        session_token: session_token.reveal().unwrap_or_default().to_owned(),
        bucket_in_host: *bucket_in_host,
        anonymous: *anonymous,
    }
}

/// Whether an object in a folder is probably a file of rows. What begins with a dot or an underscore is what programs leave for
/// themselves (`_SUCCESS`, `_temporary/`).
fn looks_like_rows(key: &str, folder: &str) -> bool {
    let within = key.strip_prefix(folder).unwrap_or(key).trim_start_matches('/');
    if within.split('/').any(|part| part.starts_with(['.', '_'])) {
        return false;
    }
    let name = file_name(key).to_lowercase();
    let unpacked = name.rsplit_once('.').filter(|(_, ending)| PACKED.contains(ending)).map_or(&*name, |(name, _)| name);
    match unpacked.rsplit_once('.') {
        Some((_, ending)) => ENDINGS.contains(&ending),
        None => true,
    }
}

/// The last part of a key: what a file of it would be called.
fn file_name(key: &str) -> &str {
    key.rsplit('/').next().unwrap_or(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_rows_are_told_by_their_names() {
        for (key, expected) in [
            ("in/2024/orders.csv", true),
            ("in/ORDERS.CSV.GZ", true),
            ("in/订单.jsonl.zst", true),
            ("in/day=01/part-00000", true),
            ("in/part-00000.snappy.parquet", true),
            ("in/part-00000.gz", true),
            ("in/_SUCCESS", false),
            ("in/_temporary/0/orders.csv", false),
            ("in/.orders.csv.crc", false),
            ("in/picture.png", false),
            ("in/orders.xlsx", false),
        ] {
            assert_eq!(looks_like_rows(key, "in/"), expected, "{key}");
        }
        assert!(looks_like_rows("_raw/orders.csv", "_raw"), "only what is within the folder that was named counts");
    }
}
