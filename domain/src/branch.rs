//! A shop of stone: where tills stand and receipts come from. People call it a store; in code it is a branch, because a
//! store is what holds the state.

use crate::{Money, OrderKind};
use chrono::{DateTime, NaiveDate, Utc};
use std::{fmt, str::FromStr, sync::Arc};

/// What a branch is known by in receipts: the property `store_id` of events.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BranchCode(Arc<str>);

/// A text that is no code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "a store's code is one line of 1 to {} characters, as receipts write it, for example `VIE-01`",
    BranchCode::MAX
)]
pub struct ParseBranchCodeError;

impl BranchCode {
    /// The most characters of a code.
    pub const MAX: usize = 100;

    /// The code as it was given, without blanks around it. Upper and lower case are different.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for BranchCode {
    type Err = ParseBranchCodeError;

    fn from_str(text: &str) -> Result<Self, ParseBranchCodeError> {
        let code = text.trim();
        let good = (1..=Self::MAX).contains(&code.chars().count()) && !code.chars().any(char::is_control);
        if good { Ok(Self(code.into())) } else { Err(ParseBranchCodeError) }
    }
}

impl fmt::Display for BranchCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A branch, as people describe it. Texts that nobody has entered are empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// What receipts call it.
    pub code: BranchCode,
    /// What people call it.
    pub name: String,
    /// The city.
    pub city: String,
    /// Street and number, postal code.
    pub address: String,
    /// ISO 3166, two letters in capitals, or a country's name.
    pub country: String,
    /// Latitude and longitude in degrees (WGS 84).
    pub place: Option<Place>,
    /// The first day on which it was open.
    pub opened: Option<NaiveDate>,
    /// The last.
    pub closed: Option<NaiveDate>,
    /// Words to sort branches by: `flagship`, `outlet`.
    pub tags: Vec<String>,
    /// When it was made, by a person or by its first event.
    pub created_at: DateTime<Utc>,
    /// When a person changed it last. What a person has entered no event changes.
    pub edited_at: Option<DateTime<Utc>>,
}

/// A place on the earth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// Degrees north, from −90 to 90.
    pub latitude: f64,
    /// Degrees east, from −180 to 180.
    pub longitude: f64,
}

/// What of a description cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BranchError {
    /// A text is too long, or has line breaks.
    #[error("`{field}` is one line of at most {max} characters")]
    Text {
        /// Which.
        field: &'static str,
        /// How long it may be.
        max: usize,
    },
    /// A place that is not on the earth.
    #[error("`latitude` is from -90 to 90 and `longitude` from -180 to 180, both or neither")]
    Place,
    /// It closed before it opened.
    #[error("`closed` is before `opened`")]
    Days,
    /// Too many tags.
    #[error("a store has at most {} tags", Branch::TAGS)]
    Tags,
}

impl Branch {
    /// The most characters of a text.
    pub const TEXT: usize = 200;
    /// The most characters of a tag.
    pub const TAG: usize = 50;
    /// The most tags.
    pub const TAGS: usize = 20;

    /// One of which nothing but the code is known.
    pub fn new(code: BranchCode, created_at: DateTime<Utc>) -> Self {
        Self {
            code,
            name: String::new(),
            city: String::new(),
            address: String::new(),
            country: String::new(),
            place: None,
            opened: None,
            closed: None,
            tags: Vec::new(),
            created_at,
            edited_at: None,
        }
    }

    /// The same without blanks around texts and without tags that come twice.
    ///
    /// # Errors
    /// The first thing that cannot be.
    pub fn checked(mut self) -> Result<Self, BranchError> {
        let line = |text: &str, field, max| {
            let text = text.trim();
            let good = text.chars().count() <= max && !text.chars().any(char::is_control);
            if good { Ok(text.to_owned()) } else { Err(BranchError::Text { field, max }) }
        };
        self.name = line(&self.name, "name", Self::TEXT)?;
        self.city = line(&self.city, "city", Self::TEXT)?;
        self.address = line(&self.address, "address", Self::TEXT)?;
        self.country = line(&self.country, "country", Self::TEXT)?;
        let mut tags: Vec<String> = Vec::new();
        for tag in &self.tags {
            let tag = line(tag, "tags", Self::TAG)?;
            if !tag.is_empty() && !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        if tags.len() > Self::TAGS {
            return Err(BranchError::Tags);
        }
        self.tags = tags;
        let on_earth =
            |place: Place| (-90.0..=90.0).contains(&place.latitude) && (-180.0..=180.0).contains(&place.longitude);
        if !self.place.is_none_or(on_earth) {
            return Err(BranchError::Place);
        }
        if self.opened.zip(self.closed).is_some_and(|(opened, closed)| closed < opened) {
            return Err(BranchError::Days);
        }
        Ok(self)
    }
}

/// What of a description is to change; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BranchChange {
    /// See [`Branch::name`].
    pub name: Option<String>,
    /// See [`Branch::city`].
    pub city: Option<String>,
    /// See [`Branch::address`].
    pub address: Option<String>,
    /// See [`Branch::country`].
    pub country: Option<String>,
    /// See [`Branch::place`].
    pub place: Option<Option<Place>>,
    /// See [`Branch::opened`].
    pub opened: Option<Option<NaiveDate>>,
    /// See [`Branch::closed`].
    pub closed: Option<Option<NaiveDate>>,
    /// See [`Branch::tags`].
    pub tags: Option<Vec<String>>,
}

impl BranchChange {
    /// The branch as it is then.
    ///
    /// # Errors
    /// The first thing that cannot be.
    pub fn apply(self, branch: Branch) -> Result<Branch, BranchError> {
        Branch {
            name: self.name.unwrap_or(branch.name),
            city: self.city.unwrap_or(branch.city),
            address: self.address.unwrap_or(branch.address),
            country: self.country.unwrap_or(branch.country),
            place: self.place.unwrap_or(branch.place),
            opened: self.opened.unwrap_or(branch.opened),
            closed: self.closed.unwrap_or(branch.closed),
            tags: self.tags.unwrap_or(branch.tags),
            ..branch
        }
        .checked()
    }
}

/// A branch that an event names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedBranch {
    /// Which.
    pub code: BranchCode,
    /// What the event calls it; empty where it says nothing.
    pub name: String,
    /// When the event was.
    pub at: DateTime<Utc>,
}

/// What happened at a branch on one day in one currency; what is added to the Store, and what stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BranchActivity {
    /// Which branch.
    pub code: BranchCode,
    /// The day of the events, by the shop's calendar.
    pub day: NaiveDate,
    /// ISO 4217; empty for events without an order.
    pub currency: String,
    /// Events, orders and returns among them.
    pub events: u64,
    /// Orders with at least one ordinary line.
    pub orders: u64,
    /// Returns and cancellations.
    pub refunds: u64,
    /// Goods sold less goods returned.
    pub revenue: Money,
    /// The latest event.
    pub last_event_at: DateTime<Utc>,
}

impl BranchActivity {
    /// Nothing yet, but for the moment of an event.
    pub fn none(code: BranchCode, day: NaiveDate, currency: String, at: DateTime<Utc>) -> Self {
        Self { code, day, currency, events: 0, orders: 0, refunds: 0, revenue: Money::ZERO, last_event_at: at }
    }

    /// Counts one event: what it sold or took back, where it did.
    pub fn count(&mut self, order: Option<(OrderKind, Money)>, at: DateTime<Utc>) {
        self.events += 1;
        self.last_event_at = self.last_event_at.max(at);
        if let Some((kind, value)) = order {
            match kind {
                OrderKind::Completed => self.orders += 1,
                OrderKind::Refunded => self.refunds += 1,
            }
            self.revenue += value;
        }
    }

    /// Adds what else happened on the same day in the same currency.
    pub fn add(&mut self, other: &Self) {
        self.events += other.events;
        self.orders += other.orders;
        self.refunds += other.refunds;
        self.revenue += other.revenue;
        self.last_event_at = self.last_event_at.max(other.last_event_at);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn branch() -> Branch {
        Branch::new("VIE-01".parse().unwrap(), DateTime::UNIX_EPOCH)
    }

    #[test]
    fn codes_are_as_receipts_write_them() {
        assert_eq!(" vie-01 ".parse::<BranchCode>().unwrap().as_str(), "vie-01");
        assert_ne!("vie-01".parse::<BranchCode>(), "VIE-01".parse::<BranchCode>());
        assert!("店".repeat(100).parse::<BranchCode>().is_ok());
        for wrong in ["", "  ", "a\nb", &"a".repeat(101)] {
            assert_eq!(wrong.parse::<BranchCode>(), Err(ParseBranchCodeError), "{wrong}");
        }
    }

    #[test]
    fn a_description_is_tidied_and_what_cannot_be_is_refused() {
        let tags = [" flagship", "", "flagship", "mall"].map(str::to_owned).to_vec();
        let tidy = Branch { name: " Graben ".to_owned(), tags, ..branch() }.checked().unwrap();
        assert_eq!((tidy.name.as_str(), tidy.tags), ("Graben", vec!["flagship".to_owned(), "mall".to_owned()]));
        let long = Branch { city: "x".repeat(201), ..branch() };
        assert_eq!(long.checked(), Err(BranchError::Text { field: "city", max: 200 }));
        for (latitude, longitude) in [(90.1, 0.0), (0.0, -180.1), (f64::NAN, 0.0)] {
            let nowhere = Branch { place: Some(Place { latitude, longitude }), ..branch() };
            assert_eq!(nowhere.checked(), Err(BranchError::Place));
        }
        let day = NaiveDate::from_ymd_opt(2026, 1, 2);
        let early = Branch { opened: day, closed: day.and_then(|day| day.pred_opt()), ..branch() };
        assert_eq!(early.checked(), Err(BranchError::Days));
        let tags = (0..21).map(|number| number.to_string()).collect();
        assert_eq!(Branch { tags, ..branch() }.checked(), Err(BranchError::Tags));
    }
}
