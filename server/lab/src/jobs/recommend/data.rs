//! Rows to interactions: who took what, how much, when.

use crate::{
    LabError, Result,
    jobs::refused,
    options::RecommendArgs,
    report::Findings,
    table::{Keys, Table},
};
use bellwether_algorithms::matrix::CsrMatrix;
use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::json;

/// Which columns hold what.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    user: String,
    item: String,
    value: Option<String>,
    time: Option<String>,
    date_format: Option<String>,
}

/// One row that can be used.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Event {
    pub user: u32,
    pub item: u32,
    /// Above 0; 1 without a value column.
    pub value: f32,
    /// Microseconds since 1970, or the row number without a time column.
    pub time: i64,
}

/// The names behind the numbers. A test file adds to them.
#[derive(Debug, Default)]
pub(super) struct Interactions {
    pub users: Vec<String>,
    pub items: Vec<String>,
    user_numbers: FxHashMap<String, u32>,
    item_numbers: FxHashMap<String, u32>,
}

impl Columns {
    pub fn of(args: &RecommendArgs) -> Self {
        Self {
            user: args.user.clone(),
            item: args.item.clone(),
            value: args.value.clone(),
            time: args.time.clone(),
            date_format: args.input.date_format.clone(),
        }
    }
}

impl Interactions {
    /// The usable rows of a table; the others are rejected in it.
    pub fn read(&mut self, table: &mut Table, columns: &Columns, findings: &mut Findings) -> Result<Vec<Event>> {
        let users = Keys::of(table.column(&columns.user)?);
        let items = Keys::of(table.column(&columns.item)?);
        let values = columns.value.as_ref().map(|name| table.column(name).map(|c| c.numbers())).transpose()?;
        let times = match &columns.time {
            Some(name) => Some(table.column(name)?.dates(columns.date_format.as_deref())?),
            None => None,
        };
        findings.warnings.extend(times.as_ref().and_then(|times| times.warning.clone()));
        let bad_times: FxHashSet<usize> = times.iter().flat_map(|t| t.unreadable.iter().copied()).collect();
        let user_of: Vec<u32> =
            users.names.iter().map(|name| number(name, &mut self.users, &mut self.user_numbers)).collect();
        let item_of: Vec<u32> =
            items.names.iter().map(|name| number(name, &mut self.items, &mut self.item_numbers)).collect();
        let mut events = Vec::with_capacity(table.rows());
        for row in 0..table.lines.len() {
            let value = values.as_ref().map_or(1.0, |values| values.values[row]);
            let time = times.as_ref().map_or(Some(row as i64), |times| times.values[row].map(|t| t.0));
            let reason = match (users.codes[row], items.codes[row], time) {
                (None, ..) => "missing_user",
                (_, None, _) => "missing_item",
                _ if value.is_nan() => "missing_value",
                _ if value <= 0.0 => "value_not_above_zero",
                (.., None) if bad_times.contains(&row) => "unreadable_time",
                (.., None) => "missing_time",
                (Some(user), Some(item), Some(time)) => {
                    let (user, item) = (user_of[user as usize], item_of[item as usize]);
                    events.push(Event { user, item, value: value as f32, time });
                    continue;
                }
            };
            table.rejects.add(table.lines[row], reason, "");
        }
        if events.is_empty() {
            return Err(LabError::input(
                &table.input,
                "not one row has user and item (and a value above 0 and a time, where named)",
            ));
        }
        if values.is_some() {
            findings.parameters.insert("values_are_ratings".into(), json!(look_like_ratings(&events)));
        }
        Ok(events)
    }

    /// Users × items; values of the same pair are added up.
    pub fn matrix(&self, events: &[Event]) -> Result<CsrMatrix> {
        let triples = events.iter().map(|event| (event.user, event.item, event.value));
        CsrMatrix::from_triples(self.users.len(), self.items.len(), triples).map_err(refused)
    }
}

fn number(name: &str, names: &mut Vec<String>, numbers: &mut FxHashMap<String, u32>) -> u32 {
    if let Some(&known) = numbers.get(name) {
        return known;
    }
    let new = names.len() as u32;
    names.push(name.to_owned());
    numbers.insert(name.to_owned(), new);
    new
}

/// A handful of steps between 0.5 and 10, and each user rates an item once: stars, not pieces.
fn look_like_ratings(events: &[Event]) -> bool {
    let steps: FxHashSet<u32> = events.iter().map(|e| (e.value * 2.0).to_bits()).collect();
    let range = events.iter().all(|e| (0.5..=10.0).contains(&e.value) && (e.value * 2.0).fract() == 0.0);
    let pairs: FxHashSet<(u32, u32)> = events.iter().map(|e| (e.user, e.item)).collect();
    range && (3..=20).contains(&steps.len()) && pairs.len() * 100 >= events.len() * 99
}
