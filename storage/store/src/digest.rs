//! A digest of all that is true: equal content gives an equal digest, on both databases, however it came about.
//!
//! What is left out is what differs between two runs of the same work: moments on the wall clock (when somebody
//! decided, sent, trained), what a mail server answered, how far a job is and how often it was tried, the borders of
//! batches and files, results whose kind begins with `installation`, jobs that import a file, the keys and secrets of sources and how busy they were.
//! The events themselves, and with them their ids, are the Lake's to digest.

use crate::{Result, Store, bulk, error::Doing, rows::*};
use sea_orm::{
    ConnectionTrait, DbErr, EntityTrait, Iterable, Order, PrimaryKeyToColumn, QueryFilter, QueryOrder, QuerySelect,
    Value,
    sea_query::{Expr, ExprTrait},
};

const PAGE: u64 = 5_000;
/// The kind of jobs that import a file: how it came, while what it brought is in all other tables.
pub const IMPORT_JOB: &str = "import/file";

impl Store {
    /// 64 hexadecimal digits that stand for the content of all tables.
    pub async fn digest(&self) -> Result<String> {
        const DOING: &str = "compute the digest";
        let snapshot = self.snapshot(DOING).await?;
        let hash = digest(&snapshot).await.doing(DOING)?;
        snapshot.rollback().await.doing(DOING)?;
        Ok(hash.to_hex().to_string())
    }
}

/// Every table with the columns that do not count.
async fn digest(db: &impl ConnectionTrait) -> Result<blake3::Hash, DbErr> {
    let mut all = blake3::Hasher::new();
    table::<subject::Entity>(db, &mut all, &[]).await?;
    table::<profile::Entity>(db, &mut all, &[]).await?;
    table::<baseline::Entity>(db, &mut all, &[]).await?;
    table::<features::Entity>(db, &mut all, &[]).await?;
    table::<item::Entity>(db, &mut all, &[]).await?;
    table::<import::Entity>(db, &mut all, &[]).await?;
    // Numbered in the order of arrival.
    table::<reject::Entity>(db, &mut all, &["id", "received_at"]).await?;
    table::<rule_count::Entity>(db, &mut all, &[]).await?;
    table::<plan_change::Entity>(db, &mut all, &["at"]).await?;
    table::<plan_mark::Entity>(db, &mut all, &["at"]).await?;
    table::<segment::Entity>(db, &mut all, &[]).await?;
    table::<membership::Entity>(db, &mut all, &[]).await?;
    table::<model::Entity>(db, &mut all, &["trained_at"]).await?;
    table::<recommendation::Entity>(db, &mut all, &[]).await?;
    table::<campaign::Entity>(db, &mut all, &["state_at"]).await?;
    table::<decision::Entity>(db, &mut all, &["decided_at"]).await?;
    // Receipts and errors are the channel's words, with numbers of its own in them.
    table::<message::Entity>(db, &mut all, &["at", "detail"]).await?;
    table::<suppression::Entity>(db, &mut all, &["at"]).await?;
    table::<branch::Entity>(db, &mut all, &["created_at", "edited_at"]).await?;
    table::<branch_activity::Entity>(db, &mut all, &[]).await?;
    table::<experiment::Entity>(db, &mut all, &["ended_at"]).await?;
    table::<arm::Entity>(db, &mut all, &[]).await?;
    // Whoever may send needs the key or the secret, and two installations that do the same work have different ones.
    table::<source::Entity>(db, &mut all, &["write_key", "hook_secret", "created_at"]).await?;
    table_without::<result::Entity>(db, &mut all, &[], |row| row.kind.starts_with("installation")).await?;
    let progress = ["attempts", "progress_done", "progress_total", "progress_note", "due", "at", "outcome"];
    // Whether a file came over the console or the command line is nothing that is true of the shop.
    table_without::<job::Entity>(db, &mut all, &progress, |row| row.kind == IMPORT_JOB).await?;
    Ok(all.finalize())
}

/// Adds a table: its name, the number of its rows, and the sum of their hashes, in which their order does not matter.
async fn table<E: EntityTrait>(
    db: &impl ConnectionTrait,
    all: &mut blake3::Hasher,
    ignored: &[&str],
) -> Result<(), DbErr> {
    table_without::<E>(db, all, ignored, |_| false).await
}

/// The same without the rows that do not count.
async fn table_without<E: EntityTrait>(
    db: &impl ConnectionTrait,
    all: &mut blake3::Hasher,
    ignored: &[&str],
    leave_out: impl Fn(&E::Model) -> bool,
) -> Result<(), DbErr> {
    let keys: Vec<E::Column> = E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column).collect();
    let mut sum = [0u64; 4];
    let mut rows = 0u64;
    let mut after: Option<Vec<Value>> = None;
    loop {
        let page = page_after::<E>(db, &keys, after.take()).await?;
        for row in page.iter().filter(|row| !leave_out(row)) {
            add(&mut sum, row_hash(row, ignored));
            rows += 1;
        }
        match page.last() {
            Some(last) if page.len() as u64 == PAGE => {
                after = Some(keys.iter().map(|key| sea_orm::ModelTrait::get(last, *key)).collect());
            }
            _ => break,
        }
    }
    let name = E::default().table_name().to_owned();
    all.update(name.as_bytes()).update(&[0]).update(&rows.to_le_bytes());
    for lane in sum {
        all.update(&lane.to_le_bytes());
    }
    Ok(())
}

async fn page_after<E: EntityTrait>(
    db: &impl ConnectionTrait,
    keys: &[E::Column],
    after: Option<Vec<Value>>,
) -> Result<Vec<E::Model>, DbErr> {
    let mut select = E::find().limit(PAGE);
    for key in keys {
        select = select.order_by(*key, Order::Asc);
    }
    if let Some(after) = after {
        let key = Expr::tuple(keys.iter().map(|key| Expr::col(*key)));
        select = select.filter(key.gt(Expr::tuple(after.into_iter().map(Expr::value))));
    }
    select.all(db).await
}

fn add(sum: &mut [u64; 4], hash: blake3::Hash) {
    let (lanes, _) = hash.as_bytes().as_chunks();
    for (total, lane) in sum.iter_mut().zip(lanes) {
        *total = total.wrapping_add(u64::from_le_bytes(*lane));
    }
}

fn row_hash<M: sea_orm::ModelTrait>(row: &M, ignored: &[&str]) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    for (column, value) in bulk::values(row).filter(|(column, _)| !ignored.contains(column)) {
        hasher.update(column.as_bytes());
        hash_value(&mut hasher, &value);
    }
    hasher.finalize()
}

/// Kind, length and content, so that no two different rows give the same bytes.
fn hash_value(hasher: &mut blake3::Hasher, value: &Value) {
    let mut put = |kind: u8, bytes: &[u8]| {
        hasher.update(&[kind]).update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
    };
    match value {
        Value::Bool(Some(value)) => put(1, &[u8::from(*value)]),
        Value::Int(Some(value)) => put(2, &i64::from(*value).to_le_bytes()),
        Value::BigInt(Some(value)) => put(2, &value.to_le_bytes()),
        // SQLite keeps no negative zero.
        Value::Double(Some(value)) => put(3, &(value + 0.0).to_le_bytes()),
        Value::String(Some(value)) => put(4, value.as_bytes()),
        Value::Bytes(Some(value)) => put(5, value),
        Value::Uuid(Some(value)) => put(6, value.as_bytes()),
        _ => put(0, &[]),
    }
}
