//! What must be true, added up by the test itself, and what is true, read from Store and Lake.

use super::{load::Event, server::Server};
use bellwether_domain::{CleanEvent, Money, SubjectId};
use bellwether_lake::Lake;
use bellwether_store::{Store, StoreTarget};
use std::collections::BTreeMap;

/// What is known of people and events.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// How often each event is in the Lake, by its number.
    pub events: BTreeMap<u64, u64>,
    /// Events, orders and revenue of each person.
    pub people: BTreeMap<String, (u64, u64, Money)>,
}

impl Expected {
    pub fn add(&mut self, event: Event) {
        *self.events.entry(event.0).or_default() += 1;
        let person = self.people.entry(event.user()).or_default();
        person.0 += 1;
        if let Some(price) = event.price() {
            person.1 += 1;
            person.2 += Money::from_ten_thousandths(price as i64 * 200);
        }
    }

    /// In a few words, because all of it would fill pages.
    pub fn compare(&self, found: &Self) -> Result<(), String> {
        let missing = self.events.keys().filter(|number| !found.events.contains_key(number)).count();
        let doubled = found.events.values().filter(|times| **times > 1).count();
        let foreign = found.events.keys().filter(|number| !self.events.contains_key(number)).count();
        let people = self.people.iter().filter(|(user, sums)| found.people.get(*user) != Some(sums)).count();
        match (missing, doubled, foreign, people) {
            (0, 0, 0, 0) if self == found => Ok(()),
            _ => Err(format!(
                "of {} events {missing} are missing, {doubled} there more than once, {foreign} foreign; {people} people are wrong",
                self.events.len()
            )),
        }
    }
}

/// What is true when no process runs: only what is in files counts for the Lake.
pub fn found(server: &Server, target: Option<&str>) -> Expected {
    let target = match target {
        Some(url) => StoreTarget::Postgres(url.to_owned()),
        None => StoreTarget::Sqlite(server.data().join("store.sqlite")),
    };
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        let store = Store::open(&target).await.unwrap();
        let lake = Lake::open(&server.data().join("lake")).unwrap();
        let files = store.event_files().await.unwrap();
        let mut found = Expected::default();
        for number in 0..41 {
            let user = Event(number).user();
            let subject = SubjectId::derive(&[b"user", user.as_bytes()]);
            let events = lake.timeline(&files, &[subject], None, usize::MAX >> 1).await.unwrap();
            events.iter().for_each(|event| *found.events.entry(number_of(event)).or_default() += 1);
            let owners = store.profile_of(&[subject]).await.unwrap();
            let ids: Vec<_> = owners.values().copied().collect();
            for profile in store.profiles_by_id(&ids).await.unwrap() {
                let commerce = &profile.commerce;
                found.people.insert(user.clone(), (profile.events, commerce.orders, commerce.revenue));
            }
        }
        store.close().await.unwrap();
        found
    })
}

fn number_of(event: &CleanEvent) -> u64 {
    let properties: serde_json::Value = serde_json::from_str(event.properties.as_deref().unwrap()).unwrap();
    properties["number"].as_u64().unwrap()
}
