//! What models and people look at in a customer.

use crate::convert::{Reading, big, finite, json, micros};
use bellwether_domain::{Money, ProfileFeatures, ProfileId};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "features")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub profile_id: Uuid,
    pub as_of: i64,
    pub recency_days: f64,
    pub frequency: i64,
    pub monetary: i64,
    pub tenure_days: f64,
    pub average_order: i64,
    pub units_per_order: f64,
    pub distinct_products: i64,
    pub returns_share: f64,
    pub days_between_orders: Option<f64>,
    pub favourite_categories: String,
    pub orders_by_hour: Vec<u8>,
    pub rfm: Vec<u8>,
    pub standardized: Vec<u8>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<&ProfileFeatures> for Model {
    type Error = crate::Error;

    fn try_from(features: &ProfileFeatures) -> crate::Result<Self> {
        let number = |name: &str, value| finite(|| format!("{name} of {}", features.profile), value);
        for (category, share) in &features.favourite_categories {
            number(&format!("the share of `{category}`"), *share)?;
        }
        Ok(Self {
            profile_id: features.profile.as_uuid(),
            as_of: micros(features.as_of),
            recency_days: number("recency_days", features.recency_days)?,
            frequency: big(features.frequency),
            monetary: features.monetary.ten_thousandths(),
            tenure_days: number("tenure_days", features.tenure_days)?,
            average_order: features.average_order.ten_thousandths(),
            units_per_order: number("units_per_order", features.units_per_order)?,
            distinct_products: big(features.distinct_products),
            returns_share: number("returns_share", features.returns_share)?,
            days_between_orders: features
                .days_between_orders
                .map(|days| number("days_between_orders", days))
                .transpose()?,
            favourite_categories: json(&features.favourite_categories),
            orders_by_hour: features.orders_by_hour.iter().flat_map(|orders| orders.to_le_bytes()).collect(),
            rfm: features.rfm.to_vec(),
            standardized: features.standardized.iter().flat_map(|value| value.to_le_bytes()).collect(),
        })
    }
}

impl TryFrom<Model> for ProfileFeatures {
    type Error = crate::Error;

    fn try_from(row: Model) -> crate::Result<Self> {
        let profile = ProfileId::from_uuid(row.profile_id);
        let read = Reading { table: "features", key: &profile };
        let hours = words(&row.orders_by_hour).map(u32::from_le_bytes).collect::<Vec<_>>();
        let size = |column, bytes: &[u8]| read.impossible(column, format_args!("it has {} bytes", bytes.len()));
        if !row.standardized.len().is_multiple_of(4) {
            return Err(size("standardized", &row.standardized));
        }
        Ok(Self {
            profile,
            as_of: read.time("as_of", row.as_of)?,
            recency_days: row.recency_days,
            frequency: read.count("frequency", row.frequency)?,
            monetary: Money::from_ten_thousandths(row.monetary),
            tenure_days: row.tenure_days,
            average_order: Money::from_ten_thousandths(row.average_order),
            units_per_order: row.units_per_order,
            distinct_products: read.count("distinct_products", row.distinct_products)?,
            returns_share: row.returns_share,
            days_between_orders: row.days_between_orders,
            favourite_categories: read.json("favourite_categories", &row.favourite_categories)?,
            orders_by_hour: hours.try_into().map_err(|_| size("orders_by_hour", &row.orders_by_hour))?,
            rfm: row.rfm.as_slice().try_into().map_err(|_| size("rfm", &row.rfm))?,
            standardized: words(&row.standardized).map(f32::from_le_bytes).collect(),
        })
    }
}

fn words(bytes: &[u8]) -> impl Iterator<Item = [u8; 4]> + '_ {
    bytes.as_chunks().0.iter().copied()
}
