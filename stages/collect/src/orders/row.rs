//! One row as one line of an order.

use crate::{
    binding::{Bound, Context},
    error::{Error, Result},
    mapping::{NumberStyle, OrderMapping, RefundRule, TimeMapping, ValueMapping},
    number::{self, LARGEST},
    read::{Problem, Row, Table},
    time::{FIRST_YEAR, Guess, TimeFormat, Zone, guess_of_times},
};
use bellwether_domain::{Money, Quantity, RejectReason};
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// The longest number of an order, a customer or an item, in characters. Cleaning takes no longer ones.
const ID_CHARS: usize = 255;
/// The longest name of an item.
const NAME_CHARS: usize = 4_000;

/// What a row says.
pub(super) struct OrderRow<'r> {
    pub order: Cow<'r, str>,
    pub customer: Cow<'r, str>,
    pub refund: bool,
    pub time: DateTime<Utc>,
    pub utc_offset_minutes: i16,
    pub item: Cow<'r, str>,
    pub name: Cow<'r, str>,
    pub quantity: Quantity,
    pub price: Money,
    pub currency: Cow<'r, str>,
}

impl OrderRow<'_> {
    /// The day on the clock on the wall.
    pub fn local_day(&self) -> NaiveDate {
        local_day(self.time, self.utc_offset_minutes)
    }
}

pub(super) fn local_day(time: DateTime<Utc>, utc_offset_minutes: i16) -> NaiveDate {
    (time.naive_utc() + TimeDelta::minutes(utc_offset_minutes.into())).date()
}

/// A mapping of orders, tied to the columns of a file.
pub(super) struct RowReader {
    order: Bound,
    customer: Option<Bound>,
    time: TimeReader,
    item: Bound,
    item_name: Option<Bound>,
    quantity: Option<Bound>,
    price: Bound,
    currency: Bound,
    /// The only one that is taken, where there is one.
    only_currency: Option<String>,
    numbers: NumberStyle,
    refund: RefundRule,
    refund_column: Option<Bound>,
    traits: Vec<(String, Bound)>,
    properties: Vec<(String, Bound)>,
}

/// What the first row of an order says besides its line, as JSON objects.
pub(super) struct Facts {
    /// About the customer.
    pub traits: Option<Box<RawValue>>,
    /// About the order.
    pub properties: Option<Box<RawValue>>,
}

/// The last time that was read: the lines of one order all have the same.
#[derive(Default)]
pub(super) struct TimeCache {
    text: String,
    value: Option<(DateTime<Utc>, i16)>,
}

impl RowReader {
    pub fn bind(mapping: &OrderMapping, table: &Table) -> Result<Self> {
        let bind = |value: &ValueMapping| Bound::new(value, &table.columns);
        let bind_all = |values: &[(String, ValueMapping)]| {
            values.iter().map(|(name, value)| Ok((name.clone(), bind(value)?))).collect::<Result<Vec<_>>>()
        };
        let bind_some = |value: &Option<ValueMapping>| value.as_ref().map(bind).transpose();
        Ok(Self {
            order: bind(&mapping.order)?,
            customer: bind_some(&mapping.customer)?,
            item: bind(&mapping.item)?,
            item_name: bind_some(&mapping.item_name)?,
            quantity: bind_some(&mapping.quantity)?,
            price: bind(&mapping.price)?,
            currency: bind(&mapping.currency)?,
            only_currency: None,
            numbers: mapping.numbers,
            refund: mapping.refund.clone(),
            refund_column: mapping.refund.column.as_ref().map(|(column, _)| bind(column)).transpose()?,
            traits: bind_all(&mapping.traits)?,
            properties: bind_all(&mapping.properties)?,
            time: TimeReader::bind(&mapping.time, table)?,
        })
    }

    /// The form of the dates, told or found.
    pub fn time_format(&self) -> &TimeFormat {
        &self.time.format
    }

    /// Rows in another currency are problems from now on.
    pub fn only_currency(&mut self, code: &str) {
        self.only_currency = Some(code.to_owned());
    }

    /// Whether rows in another currency are problems.
    pub fn has_currency(&self) -> bool {
        self.only_currency.is_some()
    }

    /// The currency of the first row that has one.
    pub fn first_currency(&self, table: &Table) -> Option<String> {
        let codes = table.sample_rows(SAMPLE_ROWS, |row| self.currency.value(row, Context::default()).into_owned());
        codes.into_iter().find(|code| super::is_currency(code))
    }

    pub fn read<'r>(&'r self, cache: &mut TimeCache, row: &Row<'r>) -> Result<OrderRow<'r>, Problem> {
        let order = bounded(&self.order, row, required(&self.order, row)?, ID_CHARS)?;
        let customer = match &self.customer {
            Some(bound) => bounded(bound, row, bound.value(row, Context::default()), ID_CHARS)?,
            None => Cow::Borrowed(""),
        };
        let (time, utc_offset_minutes) = self.time.read(cache, row)?;
        let item = bounded(&self.item, row, required(&self.item, row)?, ID_CHARS)?;
        let name = match &self.item_name {
            Some(bound) => bounded(bound, row, bound.untrimmed(row), NAME_CHARS)?,
            None => Cow::Borrowed(""),
        };
        let quantity = match &self.quantity {
            Some(bound) => Quantity::from_ten_thousandths(self.number(bound, row)?),
            None => Quantity::from_whole(1),
        };
        let price = Money::from_ten_thousandths(self.number(&self.price, row)?);
        let currency = self.currency(row)?;
        let refund = self.is_refund(row, &order, quantity);
        let quantity = if refund && self.refund.negate && !quantity.is_negative() { -quantity } else { quantity };
        Ok(OrderRow { order, customer, refund, time, utc_offset_minutes, item, name, quantity, price, currency })
    }

    /// What this row says about the customer and about the order.
    pub fn facts(&self, row: &Row<'_>, customer: &str, order: &str) -> Facts {
        let context = Context { customer, order };
        Facts { traits: stated(&self.traits, row, context), properties: stated(&self.properties, row, context) }
    }

    fn number(&self, bound: &Bound, row: &Row<'_>) -> Result<i64, Problem> {
        let text = required(bound, row)?;
        let value = number::ten_thousandths(&text, self.numbers).and_then(|value| match value.unsigned_abs() {
            0..=LARGEST => Ok(value),
            _ => Err(format!("`{text}` is more than 1,000,000,000,000, which is no price or quantity of a shop")),
        });
        value.map_err(|fault| {
            problem(row, bound, RejectReason::BadNumber, format!("{}, column `{}`: {fault}", row.place(), bound.label))
        })
    }

    fn currency<'r>(&'r self, row: &Row<'r>) -> Result<Cow<'r, str>, Problem> {
        let code = required(&self.currency, row)?;
        if self.only_currency.as_deref().map_or_else(|| super::is_currency(&code), |only| only == code) {
            return Ok(code);
        }
        if let Some(only) = self.only_currency.as_ref().filter(|_| super::is_currency(&code)) {
            let detail = format!(
                "{}, column `{}`: the order is in {code}, but the shop's currency is {only} (setting shop.currency), and amounts of two currencies cannot be added; import such orders into a data folder of their own",
                row.place(),
                self.currency.label
            );
            return Err(problem(row, &self.currency, RejectReason::Malformed, detail));
        }
        let detail = format!(
            "{}, column `{}`: `{code}` is not a currency of ISO 4217 such as GBP; use `map` or `cast` in the mapping to make it one",
            row.place(),
            self.currency.label
        );
        Err(problem(row, &self.currency, RejectReason::Malformed, detail))
    }

    fn is_refund(&self, row: &Row<'_>, order: &str, quantity: Quantity) -> bool {
        let rule = &self.refund;
        rule.order_starts_with.as_ref().is_some_and(|start| order.starts_with(start.as_str()))
            || (rule.negative_quantity && quantity.is_negative())
            || self.refund_column.as_ref().zip(rule.column.as_ref()).is_some_and(|(bound, (_, values))| {
                let value = bound.value(row, Context::default());
                values.iter().any(|wanted| wanted.to_lowercase() == value.to_lowercase())
            })
    }
}

/// A JSON object of the values that a row states; `None` where it states none.
fn stated(values: &[(String, Bound)], row: &Row<'_>, context: Context<'_>) -> Option<Box<RawValue>> {
    let stated: serde_json::Map<_, _> = values
        .iter()
        .map(|(name, bound)| (name, bound.value(row, context)))
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.clone(), serde_json::Value::String(value.into_owned())))
        .collect();
    if stated.is_empty() { None } else { serde_json::value::to_raw_value(&stated).ok() }
}

/// Longer values are no numbers or names but a slip of the file, and no index of a database takes them.
#[inline]
fn bounded<'r>(bound: &Bound, row: &Row<'_>, value: Cow<'r, str>, most: usize) -> Result<Cow<'r, str>, Problem> {
    if value.len() <= most {
        return Ok(value);
    }
    match value.chars().count() {
        count if count > most => {
            let detail = format!(
                "{}, column `{}`: the value has {count} characters, and {most} is the most",
                row.place(),
                bound.label
            );
            Err(problem(row, bound, RejectReason::Malformed, detail))
        }
        _ => Ok(value),
    }
}

fn required<'r>(bound: &'r Bound, row: &Row<'r>) -> Result<Cow<'r, str>, Problem> {
    let value = bound.value(row, Context::default());
    if value.is_empty() {
        let detail = format!("{}: `{}` is empty, but every row needs it", row.place(), bound.label);
        return Err(problem(row, bound, RejectReason::MissingField, detail));
    }
    Ok(value)
}

fn problem(row: &Row<'_>, bound: &Bound, reason: RejectReason, detail: String) -> Problem {
    Problem {
        line: row.line,
        field: Some(bound.label.clone()),
        reason,
        detail,
        content: row.raw.chars().take(crate::read::KEEP).collect(),
    }
}

struct TimeReader {
    bound: Bound,
    format: TimeFormat,
    zone: Zone,
    /// A good date of this file and where it stands, to show what is expected.
    example: Option<(String, String)>,
    known: Vec<TimeFormat>,
}

/// How many rows are looked at to find the form of dates, and the currency.
const SAMPLE_ROWS: usize = 1000;

impl TimeReader {
    fn bind(mapping: &TimeMapping, table: &Table) -> Result<Self> {
        let bound = Bound::new(&mapping.value, &table.columns)?;
        let samples =
            table.sample_rows(SAMPLE_ROWS, |row| (row.place(), bound.value(row, Context::default()).into_owned()));
        let format = match &mapping.format {
            Some(format) => format.clone(),
            None => find_format(&bound, table, &samples)?,
        };
        let example = samples.into_iter().find(|(_, text)| format.read(text).is_some());
        Ok(Self { bound, format, zone: mapping.zone, example, known: TimeFormat::known() })
    }

    fn read(&self, cache: &mut TimeCache, row: &Row<'_>) -> Result<(DateTime<Utc>, i16), Problem> {
        let text = required(&self.bound, row)?;
        if let Some(value) = cache.value.filter(|_| cache.text == text) {
            return Ok(value);
        }
        let wall = self.format.read(&text).ok_or_else(|| self.bad_date(row, &text))?;
        let value = self.zone.to_utc(wall);
        if value.0.year() < FIRST_YEAR {
            return Err(self.too_early(row, &text));
        }
        cache.text.clear();
        cache.text.push_str(&text);
        cache.value = Some(value);
        Ok(value)
    }

    fn too_early(&self, row: &Row<'_>, text: &str) -> Problem {
        let (place, column) = (row.place(), &self.bound.label);
        let detail =
            format!("{place}, column `{column}`: `{text}` lies before {FIRST_YEAR}, so it is no time of an order");
        problem(row, &self.bound, RejectReason::BadDate, detail)
    }

    fn bad_date(&self, row: &Row<'_>, text: &str) -> Problem {
        let others = match &self.example {
            Some((place, example)) => format!(" like the others ({place} has `{example}`)"),
            None => String::new(),
        };
        let hint = match self.known.iter().find(|format| format.read(text).is_some()) {
            Some(fits) => format!("; it would fit {fits}"),
            None => String::new(),
        };
        let detail = format!(
            "{}, column `{}`: `{text}` is not a date of the form {}{others}{hint}",
            row.place(),
            self.bound.label,
            self.format
        );
        problem(row, &self.bound, RejectReason::BadDate, detail)
    }
}

fn find_format(bound: &Bound, table: &Table, samples: &[(String, String)]) -> Result<TimeFormat> {
    let texts: Vec<&str> = samples.iter().map(|(_, text)| text.as_str()).filter(|text| !text.is_empty()).collect();
    match guess_of_times(&texts) {
        Guess::Is(format) => Ok(format),
        // A run of a query can have few rows, and one of them may be bad.
        Guess::None if table.is_typed() => Ok(TimeFormat::iso()),
        unclear => Err(Error::unclear_dates(&table.name, &bound.label, samples, unclear)),
    }
}
