//! What the renderer knows of one person, and the names by which templates ask for it.

use crate::template::{Object, Value, tidy_name};
use bellwether_domain::{Language, Money, ProfileId};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// One person of an audience, with all that a message can say to them.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// Who.
    pub profile: ProfileId,
    /// The id that the shop uses.
    pub user_id: String,
    /// Where the channel reaches them, if anywhere.
    pub address: Option<String>,
    /// What they are called, if known.
    pub name: Option<String>,
    /// In which language they read.
    pub language: Language,
    /// Facts as the sources gave them.
    pub traits: BTreeMap<String, serde_json::Value>,
    /// Completed orders.
    pub orders: u64,
    /// What they bought, less what they returned.
    pub revenue: Money,
    /// First completed order.
    pub first_order: Option<DateTime<Utc>>,
    /// Last completed order.
    pub last_order: Option<DateTime<Utc>>,
    /// The category that they spend most on.
    pub favourite_category: Option<String>,
    /// What to offer, best first.
    pub recommendations: Vec<RecommendedItem>,
}

/// One item to offer.
#[derive(Debug, Clone, PartialEq)]
pub struct RecommendedItem {
    /// The shop's number.
    pub product: String,
    /// As the catalogue has it.
    pub name: String,
    /// The price it was last sold at.
    pub price: Option<Money>,
    /// Which group of items it belongs to.
    pub category: Option<String>,
    /// Why it is offered.
    pub reason: ItemReason,
}

/// Why an item is offered, with the names that a sentence needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemReason {
    /// They bought this one.
    BecauseBought {
        /// Its name, as the catalogue has it.
        name: String,
    },
    /// Many people buy it.
    Popular,
}

impl ItemReason {
    /// The sentence that a customer reads.
    pub fn sentence(&self, language: Language) -> String {
        match (self, language) {
            (Self::BecauseBought { name }, Language::English) => format!("Because you bought {}", tidy_name(name)),
            (Self::BecauseBought { name }, Language::Chinese) => format!("因为您买过“{}”", tidy_name(name)),
            (Self::Popular, Language::English) => "A favourite with our customers".to_owned(),
            (Self::Popular, Language::Chinese) => "很多顾客都在买".to_owned(),
        }
    }
}

impl Person {
    /// The facts as templates see them: `customer` and `recommendations`. Days are those of `zone`; `product_url` gives an item's page from its number.
    pub(crate) fn facts(&self, now: DateTime<Utc>, zone: Tz, product_url: impl Fn(&str) -> Option<String>) -> Object {
        let items = self.recommendations.iter().map(|item| Value::Object(item.facts(self.language, &product_url)));
        Object::from_iter([
            ("customer".into(), Value::Object(self.customer(now, zone))),
            ("recommendations".into(), Value::Array(items.collect())),
            ("today".into(), Value::scalar(now.to_rfc3339())),
        ])
    }

    fn customer(&self, now: DateTime<Utc>, zone: Tz) -> Object {
        // Whoever ordered last night ordered yesterday, however few hours that is.
        let days_since = |at: DateTime<Utc>| {
            (now.with_timezone(&zone).date_naive() - at.with_timezone(&zone).date_naive()).num_days()
        };
        let mut facts = Object::new();
        let traits: Object =
            self.traits.iter().filter_map(|(key, value)| Some((key.clone().into(), from_json(value)?))).collect();
        for known in ["country", "city"] {
            if let Some(value) = traits.get(known) {
                facts.insert(known.into(), value.clone());
            }
        }
        facts.insert("traits".into(), Value::Object(traits));
        facts.insert("id".into(), text(&self.user_id));
        facts.insert("orders".into(), Value::scalar(i64::try_from(self.orders).unwrap_or(i64::MAX)));
        facts.insert("revenue".into(), Value::scalar(self.revenue.to_f64()));
        let optional = [
            ("name", self.name.as_deref().map(text)),
            ("email", self.address.as_deref().map(text)),
            ("favourite_category", self.favourite_category.as_deref().map(text)),
            ("first_order", self.first_order.map(|at| Value::scalar(at.to_rfc3339()))),
            ("last_order", self.last_order.map(|at| Value::scalar(at.to_rfc3339()))),
            ("days_since_last_order", self.last_order.map(|at| Value::scalar(days_since(at)))),
        ];
        facts.extend(optional.into_iter().filter_map(|(key, value)| Some((key.into(), value?))));
        facts
    }
}

impl RecommendedItem {
    fn facts(&self, language: Language, product_url: impl Fn(&str) -> Option<String>) -> Object {
        let mut facts = Object::from_iter([
            ("product".into(), text(&self.product)),
            ("name".into(), Value::scalar(tidy_name(&self.name))),
            ("reason".into(), Value::scalar(self.reason.sentence(language))),
        ]);
        let optional = [
            ("price", self.price.map(|price| Value::scalar(price.to_f64()))),
            ("category", self.category.as_deref().map(text)),
            ("url", product_url(&self.product).map(Value::scalar)),
        ];
        facts.extend(optional.into_iter().filter_map(|(key, value)| Some((key.into(), value?))));
        facts
    }
}

fn text(text: &str) -> Value {
    Value::scalar(text.to_owned())
}

/// `None` for null: what is not there is missing, and templates treat it so.
fn from_json(value: &serde_json::Value) -> Option<Value> {
    Some(match value {
        serde_json::Value::Null => return None,
        serde_json::Value::Bool(value) => Value::scalar(*value),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(whole) => Value::scalar(whole),
            None => Value::scalar(number.as_f64()?),
        },
        serde_json::Value::String(value) => text(value),
        serde_json::Value::Array(values) => Value::Array(values.iter().filter_map(from_json).collect()),
        serde_json::Value::Object(values) => Value::Object(
            values.iter().filter_map(|(key, value)| Some((key.clone().into(), from_json(value)?))).collect(),
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;
    use liquid_core::ValueView;

    #[test]
    fn days_are_those_of_the_calendar() {
        let days = |last: &str, now: &str, zone: Tz| {
            let at = |text: &str| DateTime::parse_from_rfc3339(text).unwrap().to_utc();
            let person = Person { last_order: Some(at(last)), ..samples::person(Language::English) };
            let customer = person.customer(at(now), zone);
            ValueView::as_scalar(&customer["days_since_last_order"]).unwrap().to_integer().unwrap()
        };
        assert_eq!(days("2011-12-04T23:00:00Z", "2011-12-05T01:00:00Z", Tz::UTC), 1, "two hours, but yesterday");
        assert_eq!(days("2011-12-04T23:00:00Z", "2011-12-05T01:00:00Z", chrono_tz::Asia::Shanghai), 0);
        assert_eq!(days("2011-12-04T01:00:00Z", "2011-12-05T00:30:00Z", Tz::UTC), 1);
    }
}
