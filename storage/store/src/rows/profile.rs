//! Profiles, with what customers are searched and sorted by as columns of their own.

use crate::convert::{Reading, big, json, micros, text};
use bellwether_domain::{Commerce, Money, Profile, ProfileId, Quantity};
use sea_orm::entity::prelude::*;

#[derive(Debug, Clone, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "profiles")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub user_id: String,
    /// The trait `country`, where it is a text.
    pub country: Option<String>,
    /// User id, e-mail and country in lower case, one per line, for searching.
    pub search: String,
    pub traits: String,
    /// As JSON; hardly anybody has any.
    pub trait_times: String,
    pub first_seen: i64,
    pub last_seen: i64,
    pub events: i64,
    pub orders: i64,
    pub refunds: i64,
    pub units: i64,
    pub revenue: i64,
    pub refunded: i64,
    pub fees: i64,
    pub first_order: Option<i64>,
    pub last_order: Option<i64>,
    /// Revenue less what was refunded.
    pub net_revenue: i64,
    /// Revenue per order; zero without one.
    pub average_order: i64,
    /// Refunded over bought, 0 to 1.
    pub returns_share: f64,
    /// As JSON; customers of whom only files are known have none.
    pub first_touch: Option<String>,
    pub latest_touch: Option<String>,
}

#[derive(Debug, Clone, Copy, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl From<&Profile> for Model {
    fn from(profile: &Profile) -> Self {
        let commerce = &profile.commerce;
        let fact = |name: &str| profile.traits.get(name).and_then(serde_json::Value::as_str);
        let search = [Some(profile.user_id.as_str()), fact("email"), fact("country")].map(Option::unwrap_or_default);
        Self {
            id: profile.id.as_uuid(),
            user_id: text(&profile.user_id),
            // An index takes no text of any length.
            country: fact("country").map(|country| text(&country.chars().take(256).collect::<String>())),
            search: text(&search.join("\n").to_lowercase()),
            traits: json(&profile.traits),
            trait_times: json(&profile.trait_times),
            first_seen: micros(profile.first_seen),
            last_seen: micros(profile.last_seen),
            events: big(profile.events),
            orders: big(commerce.orders),
            refunds: big(commerce.refunds),
            units: commerce.units.ten_thousandths(),
            revenue: commerce.revenue.ten_thousandths(),
            refunded: commerce.refunded.ten_thousandths(),
            fees: commerce.fees.ten_thousandths(),
            first_order: commerce.first_order.map(micros),
            last_order: commerce.last_order.map(micros),
            net_revenue: commerce.net_revenue().ten_thousandths(),
            average_order: commerce.revenue.ten_thousandths().checked_div(big(commerce.orders)).unwrap_or(0),
            returns_share: share(commerce.refunded, commerce.revenue),
            first_touch: profile.first_touch.as_ref().map(json),
            latest_touch: profile.latest_touch.as_ref().map(json),
        }
    }
}

fn share(part: Money, whole: Money) -> f64 {
    if whole.is_zero() { 0.0 } else { part.to_f64() / whole.to_f64() }
}

impl TryFrom<Model> for Profile {
    type Error = crate::Error;

    fn try_from(row: Model) -> crate::Result<Self> {
        let id = ProfileId::from_uuid(row.id);
        let read = Reading { table: "profiles", key: &id };
        Ok(Self {
            traits: read.json("traits", &row.traits)?,
            trait_times: read.json("trait_times", &row.trait_times)?,
            first_seen: read.time("first_seen", row.first_seen)?,
            last_seen: read.time("last_seen", row.last_seen)?,
            events: read.count("events", row.events)?,
            commerce: Commerce {
                orders: read.count("orders", row.orders)?,
                refunds: read.count("refunds", row.refunds)?,
                units: Quantity::from_ten_thousandths(row.units),
                revenue: Money::from_ten_thousandths(row.revenue),
                refunded: Money::from_ten_thousandths(row.refunded),
                fees: Money::from_ten_thousandths(row.fees),
                first_order: read.optional_time("first_order", row.first_order)?,
                last_order: read.optional_time("last_order", row.last_order)?,
            },
            first_touch: row.first_touch.map(|touch| read.json("first_touch", &touch)).transpose()?,
            latest_touch: row.latest_touch.map(|touch| read.json("latest_touch", &touch)).transpose()?,
            user_id: row.user_id,
            id,
        })
    }
}
