//! Our own filters: `money`, `date`, `number`, `tidy`, `localized`, `raw`, and `newline_to_br` that escapes.

use super::{
    blocks::escape,
    format::{format_date, format_money, grouped, tidy_name},
    runtime::state,
};
use bellwether_domain::{Language, Money};
use chrono::{DateTime, FixedOffset, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;
use liquid_core::{
    Display_filter, Error, Expression, Filter, FilterParameters, FilterReflection, FromFilterParameters, ParseFilter,
    Result, Runtime, Value, ValueView,
};

fn amount_of(input: &dyn ValueView) -> Option<Money> {
    let scalar = input.as_scalar()?;
    scalar
        .to_integer()
        .map(Money::from_whole_checked)
        .unwrap_or_else(|| scalar.to_float().and_then(Money::from_f64))
        .or_else(|| scalar.to_kstr().parse().ok())
}

trait FromWholeChecked: Sized {
    fn from_whole_checked(value: i64) -> Option<Self>;
}

impl FromWholeChecked for Money {
    fn from_whole_checked(value: i64) -> Option<Self> {
        value.checked_mul(10_000).map(Self::from_ten_thousandths)
    }
}

fn not_a(what: &str, input: &dyn ValueView) -> Error {
    let text: String = input.to_kstr().chars().take(40).collect();
    Error::with_msg(format!("`{text}` is not {what}"))
}

macro_rules! filter_without_parameters {
    ($parser:ident, $filter:ident, $name:literal, $description:literal) => {
        #[derive(Debug, Clone, ParseFilter, FilterReflection)]
        #[filter(name = $name, description = $description, parsed($filter))]
        pub(crate) struct $parser;

        #[derive(Debug, Default, Display_filter)]
        #[name = $name]
        struct $filter;
    };
}

#[derive(Debug, FilterParameters)]
struct MoneyArguments {
    #[parameter(description = "ISO 4217; the shop's own when absent.", arg_type = "str")]
    currency: Option<Expression>,
}

#[derive(Debug, Clone, ParseFilter, FilterReflection)]
#[filter(name = "money", description = "An amount with its currency.", parameters(MoneyArguments), parsed(MoneyFilter))]
pub(crate) struct MoneyParser;

#[derive(Debug, FromFilterParameters, Display_filter)]
#[name = "money"]
struct MoneyFilter {
    #[parameters]
    arguments: MoneyArguments,
}

impl Filter for MoneyFilter {
    fn evaluate(&self, input: &dyn ValueView, runtime: &dyn Runtime) -> Result<Value> {
        if input.is_nil() {
            return Ok(Value::Nil);
        }
        let arguments = self.arguments.evaluate(runtime)?;
        let amount = amount_of(input).ok_or_else(|| not_a("an amount", input))?;
        let locale = state(runtime).locale.clone();
        let currency = arguments.currency.as_ref().map_or(locale.currency.as_str(), |currency| currency.as_str());
        Ok(Value::scalar(format_money(amount, currency, locale.language)))
    }
}

#[derive(Debug, FilterParameters)]
struct NumberArguments {
    #[parameter(description = "Decimal places, 0 to 4; none when absent.", arg_type = "integer")]
    places: Option<Expression>,
}

#[derive(Debug, Clone, ParseFilter, FilterReflection)]
#[filter(
    name = "number",
    description = "A number with grouped digits.",
    parameters(NumberArguments),
    parsed(NumberFilter)
)]
pub(crate) struct NumberParser;

#[derive(Debug, FromFilterParameters, Display_filter)]
#[name = "number"]
struct NumberFilter {
    #[parameters]
    arguments: NumberArguments,
}

impl Filter for NumberFilter {
    fn evaluate(&self, input: &dyn ValueView, runtime: &dyn Runtime) -> Result<Value> {
        if input.is_nil() {
            return Ok(Value::Nil);
        }
        let arguments = self.arguments.evaluate(runtime)?;
        let number = amount_of(input).ok_or_else(|| not_a("a number", input))?;
        let digits = grouped(number, arguments.places.map_or(0, |places| u32::try_from(places).unwrap_or(0)));
        Ok(Value::scalar(if number.is_negative() { format!("-{digits}") } else { digits }))
    }
}

#[derive(Debug, FilterParameters)]
struct DateArguments {
    #[parameter(description = "long, short, month, iso or a strftime pattern.", arg_type = "str")]
    form: Option<Expression>,
}

#[derive(Debug, Clone, ParseFilter, FilterReflection)]
#[filter(
    name = "date",
    description = "A day as the language writes it.",
    parameters(DateArguments),
    parsed(DateFilter)
)]
pub(crate) struct DateParser;

#[derive(Debug, FromFilterParameters, Display_filter)]
#[name = "date"]
struct DateFilter {
    #[parameters]
    arguments: DateArguments,
}

impl Filter for DateFilter {
    fn evaluate(&self, input: &dyn ValueView, runtime: &dyn Runtime) -> Result<Value> {
        if input.is_nil() {
            return Ok(Value::Nil);
        }
        let arguments = self.arguments.evaluate(runtime)?;
        let locale = state(runtime).locale.clone();
        let date = date_of(input, locale.zone).ok_or_else(|| not_a("a date", input))?;
        let form = arguments.form.as_ref().map_or("long", |form| form.as_str());
        format_date(date, form, locale.language).map(Value::scalar).ok_or_else(|| {
            Error::with_msg(format!("`{form}` is not a form of date (long, short, month, iso or strftime)"))
        })
    }
}

/// RFC 3339, a bare day, or seconds since 1970; in the zone of the people who read.
fn date_of(input: &dyn ValueView, zone: Tz) -> Option<DateTime<FixedOffset>> {
    let there = |moment: DateTime<Utc>| moment.with_timezone(&zone).fixed_offset();
    let scalar = input.as_scalar()?;
    if let Some(seconds) = scalar.to_integer() {
        return Utc.timestamp_opt(seconds, 0).single().map(there);
    }
    let text = scalar.to_kstr();
    if let Ok(date) = DateTime::parse_from_rfc3339(text.as_str()) {
        return Some(there(date.to_utc()));
    }
    let day = NaiveDate::parse_from_str(text.as_str(), "%Y-%m-%d").ok()?;
    // A bare day is that day everywhere; a zone could only move it, or have no midnight on it.
    Some(day.and_hms_opt(0, 0, 0)?.and_utc().fixed_offset())
}

filter_without_parameters!(TidyParser, TidyFilter, "tidy", "A noisy name as one line that is not shouted.");
filter_without_parameters!(LocalizedParser, LocalizedFilter, "localized", "The text of the reader's language.");
filter_without_parameters!(RawParser, RawFilter, "raw", "Says that the value is HTML already.");
filter_without_parameters!(BreaksParser, BreaksFilter, "newline_to_br", "Escaped text with its line breaks.");

impl Filter for TidyFilter {
    fn evaluate(&self, input: &dyn ValueView, _runtime: &dyn Runtime) -> Result<Value> {
        Ok(Value::scalar(tidy_name(input.to_kstr().as_str())))
    }
}

/// `{"en": "…", "zh-CN": "…"}` becomes the one or the other; anything else stays as it is.
impl Filter for LocalizedFilter {
    fn evaluate(&self, input: &dyn ValueView, runtime: &dyn Runtime) -> Result<Value> {
        let Some(object) = input.as_object() else { return Ok(input.to_value()) };
        let (first, second) = match state(runtime).locale.language {
            Language::English => ("en", "zh-CN"),
            Language::Chinese => ("zh-CN", "en"),
        };
        Ok(object.get(first).or_else(|| object.get(second)).map_or(Value::Nil, ValueView::to_value))
    }
}

impl Filter for RawFilter {
    fn evaluate(&self, input: &dyn ValueView, _runtime: &dyn Runtime) -> Result<Value> {
        Ok(input.to_value())
    }
}

impl Filter for BreaksFilter {
    fn evaluate(&self, input: &dyn ValueView, _runtime: &dyn Runtime) -> Result<Value> {
        Ok(Value::scalar(escape(input.to_kstr().as_str()).replace('\n', "<br />\n")))
    }
}
