//! The list of customers: search, filter, sort, page through all.

use crate::{
    Page, Result, Store,
    bulk::{self, Lock},
    convert::{all, plain},
    error::Doing,
    paging,
    rows::{features, membership, profile},
};
use bellwether_domain::{Localized, Profile, ProfileFeatures, ProfileId, Segment, SegmentId, SegmentKind};
use sea_orm::{
    ColumnTrait, EntityTrait, Order, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, NullOrdering, Query},
};
use serde::Serialize;
use std::{collections::HashMap, str::FromStr};

/// What customers are sorted by. All of it is known for every customer, whether features were computed or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CustomerSort {
    /// The shop's id, byte by byte.
    UserId,
    /// Country; those without one first.
    Country,
    /// Completed orders.
    Orders,
    /// Goods bought less goods returned.
    #[default]
    Revenue,
    /// Days since the last completed order: the opposite of [`CustomerSort::LastOrder`].
    Recency,
    /// Last completed order; those without one first.
    LastOrder,
    /// First completed order; those without one first.
    FirstOrder,
    /// Revenue per completed order.
    AverageOrder,
    /// Pieces bought.
    Units,
    /// Returned over bought.
    ReturnsShare,
    /// Latest event of any kind.
    LastSeen,
}

impl CustomerSort {
    /// Every sort with its name.
    pub const ALL: [(&'static str, Self); 11] = [
        ("user_id", Self::UserId),
        ("country", Self::Country),
        ("orders", Self::Orders),
        ("revenue", Self::Revenue),
        ("recency", Self::Recency),
        ("last_order", Self::LastOrder),
        ("first_order", Self::FirstOrder),
        ("average_order", Self::AverageOrder),
        ("units", Self::Units),
        ("returns_share", Self::ReturnsShare),
        ("last_seen", Self::LastSeen),
    ];

    const fn column(self) -> profile::Column {
        match self {
            Self::UserId => profile::Column::UserId,
            Self::Country => profile::Column::Country,
            Self::Orders => profile::Column::Orders,
            Self::Revenue => profile::Column::NetRevenue,
            Self::Recency | Self::LastOrder => profile::Column::LastOrder,
            Self::FirstOrder => profile::Column::FirstOrder,
            Self::AverageOrder => profile::Column::AverageOrder,
            Self::Units => profile::Column::Units,
            Self::ReturnsShare => profile::Column::ReturnsShare,
            Self::LastSeen => profile::Column::LastSeen,
        }
    }
}

impl FromStr for CustomerSort {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let known = Self::ALL.into_iter().find(|(known, _)| *known == name);
        known.map(|(_, sort)| sort).ok_or_else(|| {
            format!(
                "customers cannot be sorted by `{name}`; choose one of {}",
                Self::ALL.map(|(name, _)| name).join(", ")
            )
        })
    }
}

/// Which customers, in which order. The default is all of them, the largest revenue first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerQuery {
    /// Part of user id, e-mail or country; upper and lower case are the same.
    pub q: Option<String>,
    /// Members of this segment only.
    pub segment: Option<SegmentId>,
    /// This country only, exactly as the trait says it.
    pub country: Option<String>,
    /// Sorted by; equal ones by id.
    pub sort: CustomerSort,
    /// The largest first.
    pub descending: bool,
    /// Counted from 0.
    pub page: u64,
    /// Rows of a page, at most [`crate::MAX_PAGE_SIZE`].
    pub page_size: u64,
}

impl Default for CustomerQuery {
    fn default() -> Self {
        Self {
            q: None,
            segment: None,
            country: None,
            sort: CustomerSort::default(),
            descending: true,
            page: 0,
            page_size: 50,
        }
    }
}

/// What a list says of a segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SegmentName {
    /// Which.
    pub id: SegmentId,
    /// Its short name.
    pub slug: String,
    /// What it is made by.
    pub kind: SegmentKind,
    /// What people call it.
    pub name: Localized,
}

/// One customer of the list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CustomerRow {
    /// Facts.
    pub profile: Profile,
    /// Numbers, once they were computed.
    pub features: Option<ProfileFeatures>,
    /// Where the customer belongs, in the order of [`Store::segments`].
    pub segments: Vec<SegmentName>,
}

impl Store {
    /// One page of customers.
    pub async fn customers(&self, query: &CustomerQuery) -> Result<Page<CustomerRow>> {
        // Only ids are sorted and skipped; the rows of a million customers would be carried along for fifty.
        let sorted = sorted(filtered(query), query).select_only().column(profile::Column::Id);
        let page = paging::page_of(&self.reader, sorted, query.page, query.page_size).await.doing("list customers")?;
        let ids: Vec<_> = page.rows.iter().copied().map(ProfileId::from_uuid).collect();
        let mut profiles: HashMap<_, _> = self.profile_rows(&ids).await?.into_iter().map(|row| (row.id, row)).collect();
        let mut features = self.features_of(&ids).await?;
        let mut segments = self.segments_of_all(&ids).await?;
        let row = |id: ProfileId| {
            let profile = Profile::try_from(profiles.remove(&id.as_uuid())?);
            let (features, segments) = (features.remove(&id), segments.remove(&id).unwrap_or_default());
            Some(profile.map(|profile| CustomerRow { features, segments, profile }))
        };
        Ok(Page { rows: ids.into_iter().filter_map(row).collect::<Result<_>>()?, total: page.total })
    }

    /// Every country with the number of its customers, the largest first. Customers without one are left out.
    pub async fn countries(&self) -> Result<Vec<(String, u64)>> {
        let counts: Vec<(String, i64)> = profile::Entity::find()
            .select_only()
            .column(profile::Column::Country)
            .column_as(profile::Column::Id.count(), "customers")
            .filter(profile::Column::Country.is_not_null())
            .group_by(profile::Column::Country)
            .into_tuple()
            .all(&self.reader)
            .await
            .doing("count customers by country")?;
        let mut counts: Vec<_> = counts.into_iter().map(|(country, count)| (country, count.unsigned_abs())).collect();
        counts.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Ok(counts)
    }

    async fn features_of(&self, ids: &[ProfileId]) -> Result<HashMap<ProfileId, ProfileFeatures>> {
        let keys = ids.iter().map(|id| id.as_uuid().into()).collect();
        let rows = bulk::select_by::<features::Entity>(&self.reader, features::Column::ProfileId, keys, Lock::Open)
            .await
            .doing("read features")?;
        let features: Vec<ProfileFeatures> = all(rows)?;
        Ok(features.into_iter().map(|features| (features.profile, features)).collect())
    }

    async fn segments_of_all(&self, ids: &[ProfileId]) -> Result<HashMap<ProfileId, Vec<SegmentName>>> {
        let keys = ids.iter().map(|id| id.as_uuid().into()).collect();
        let rows = bulk::select_by::<membership::Entity>(&self.reader, membership::Column::ProfileId, keys, Lock::Open)
            .await
            .doing("read memberships")?;
        let segments = self.segments().await?;
        let place: HashMap<_, _> = segments.iter().enumerate().map(|(place, segment)| (segment.id, place)).collect();
        let mut places: Vec<_> = rows
            .iter()
            .filter_map(|row| {
                Some((*place.get(&SegmentId::from_uuid(row.segment_id))?, ProfileId::from_uuid(row.profile_id)))
            })
            .collect();
        places.sort_unstable();
        let mut found: HashMap<_, Vec<_>> = HashMap::new();
        for (place, profile) in places {
            found.entry(profile).or_default().push(SegmentName::from(&segments[place]));
        }
        Ok(found)
    }
}

impl From<&Segment> for SegmentName {
    fn from(segment: &Segment) -> Self {
        Self { id: segment.id, slug: segment.slug.clone(), kind: segment.kind, name: segment.name.clone() }
    }
}

fn filtered(query: &CustomerQuery) -> Select<profile::Entity> {
    let mut select = profile::Entity::find();
    if let Some(pattern) = paging::containing(query.q.as_deref()) {
        select = select.filter(Expr::col(profile::Column::Search).like(pattern));
    }
    if let Some(country) = &query.country {
        select = select.filter(profile::Column::Country.eq(plain(country).as_ref()));
    }
    if let Some(segment) = query.segment {
        let members = Query::select()
            .column(membership::Column::ProfileId)
            .from(membership::Entity)
            .and_where(membership::Column::SegmentId.eq(segment.as_uuid()))
            .to_owned();
        select = select.filter(profile::Column::Id.in_subquery(members));
    }
    select
}

/// Equal customers by id in the same direction and what is missing as the smallest, which both databases can read off
/// one index.
fn sorted(select: Select<profile::Entity>, query: &CustomerQuery) -> Select<profile::Entity> {
    let descending = query.descending != (query.sort == CustomerSort::Recency);
    let (order, nulls) = if descending { (Order::Desc, NullOrdering::Last) } else { (Order::Asc, NullOrdering::First) };
    select.order_by_with_nulls(query.sort.column(), order.clone(), nulls).order_by_with_nulls(
        profile::Column::Id,
        order,
        nulls,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::StoreTarget;
    use sea_orm::{ConnectionTrait, DbBackend, QueryTrait};

    /// How SQLite would answer, in its own words.
    async fn plan(store: &Store, query: &CustomerQuery) -> String {
        let select = sorted(filtered(query), query).select_only().column(profile::Column::Id).limit(50);
        let mut statement = select.build(DbBackend::Sqlite);
        statement.sql = format!("EXPLAIN QUERY PLAN {}", statement.sql);
        let rows = store.reader.query_all_raw(statement).await.unwrap();
        rows.iter().map(|row| row.try_get::<String>("", "detail").unwrap()).collect::<Vec<_>>().join("; ")
    }

    #[tokio::test]
    async fn common_sorts_are_read_off_an_index() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&StoreTarget::Sqlite(folder.path().join("store.db"))).await.unwrap();
        let indexed = ["user_id", "orders", "revenue", "recency", "last_order"];
        for (name, sort) in CustomerSort::ALL.into_iter().filter(|(name, _)| indexed.contains(name)) {
            for descending in [true, false] {
                let plan = plan(&store, &CustomerQuery { sort, descending, ..CustomerQuery::default() }).await;
                assert!(plan.contains("USING COVERING INDEX") && !plan.contains("TEMP B-TREE"), "{name}: {plan}");
            }
        }
        // The control: a sort without an index does need one.
        let sort = CustomerSort::ReturnsShare;
        let plan = plan(&store, &CustomerQuery { sort, ..CustomerQuery::default() }).await;
        assert!(plan.contains("TEMP B-TREE"), "{plan}");
    }
}
