//! Addresses that get nothing more on a channel: people who unsubscribed, and addresses that bounced.

use crate::{
    Result, Store,
    bulk::{self, Conflict, Lock},
    convert::{micros, text},
    error::Doing,
    rows::suppression,
};
use bellwether_domain::Suppression;
use chrono::{DateTime, Utc};
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel};
use std::collections::{BTreeMap, HashSet};

impl Store {
    /// Sends nothing more to an address on a channel. Once is enough: the first reason stands.
    pub async fn suppress(&self, address: &str, channel: &str, reason: &str, at: DateTime<Utc>) -> Result<()> {
        let row = suppression::Model {
            channel: text(channel),
            address: normal(address),
            reason: text(reason),
            at: micros(at),
        };
        bulk::insert(&self.writer, vec![row.into_active_model()], Conflict::Keep).await.doing("suppress an address")
    }

    /// Allows an address again; whether it was suppressed.
    pub async fn unsuppress(&self, address: &str, channel: &str) -> Result<bool> {
        let deleted = suppression::Entity::delete_by_id((text(channel), normal(address)))
            .exec(&self.writer)
            .await
            .doing("allow an address again")?;
        Ok(deleted.rows_affected > 0)
    }

    /// Those of the addresses that get nothing on this channel, spelled as they were asked for.
    pub async fn suppressed(&self, channel: &str, addresses: &[String]) -> Result<HashSet<String>> {
        let keys = addresses.iter().map(|address| normal(address).into()).collect();
        let rows = bulk::select_by::<suppression::Entity>(&self.reader, suppression::Column::Address, keys, Lock::Open)
            .await
            .doing("look for suppressed addresses")?;
        let channel = text(channel);
        let found: HashSet<_> = rows.into_iter().filter(|row| row.channel == channel).map(|row| row.address).collect();
        Ok(addresses.iter().filter(|address| found.contains(&normal(address))).cloned().collect())
    }
}

/// As a part of somebody's transaction. The first reason stands, also of several that come at once.
pub(crate) async fn write(db: &DatabaseTransaction, suppressions: &[Suppression]) -> std::result::Result<(), DbErr> {
    let mut rows = BTreeMap::new();
    for suppression in suppressions {
        let row = suppression::Model {
            channel: text(&suppression.channel),
            address: normal(&suppression.address),
            reason: text(&suppression.reason),
            at: micros(suppression.at),
        };
        rows.entry((row.channel.clone(), row.address.clone())).or_insert(row);
    }
    bulk::insert(db, rows.into_values().map(IntoActiveModel::into_active_model).collect(), Conflict::Keep).await
}

/// No mail server in use tells upper case from lower; somebody who unsubscribed as `Ann@…` does not want `ann@…` either.
fn normal(address: &str) -> String {
    text(&address.trim().to_lowercase())
}
