//! `GET /customers/{id}/timeline`: what this person did, newest first.

use crate::{
    customers::show::find_profile,
    extract::{ApiPath, ApiQuery, parse},
    plan::words::PlanProblemRow,
    problem::Problem,
    state::ApiState,
    words::JsonObject,
};
use axum::{Json, extract::State};
use bellwether_domain::{CleanEvent, EventId, LineFlag, LineFlags, Order, OrderKind, OrderLine};
use bellwether_lake::TimelineCursor;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

const DEFAULT_LIMIT: u32 = 20;
const MAX_LIMIT: u32 = 200;

/// Which part of the timeline.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TimelineParams {
    /// The `next` of the part before; nothing for the newest part.
    pub before: Option<String>,
    /// From 1 to 200 events; 20 when nothing is said.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u32>,
}

/// A part of a timeline.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Timeline {
    /// Newest first.
    pub events: Vec<TimelineEntry>,
    /// Give this as `before` for the part that follows; absent at the end.
    pub next: Option<String>,
}

/// One event.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TimelineEntry {
    /// Which.
    pub id: String,
    /// Its name, for example `Order Completed`.
    pub name: String,
    /// When.
    pub time: DateTime<Utc>,
    /// Minutes to add to UTC for the clock on the wall.
    pub utc_offset_minutes: i16,
    /// The source that it came from.
    pub source: String,
    /// The line of the source's file.
    pub source_line: Option<u64>,
    /// The order, where it has one.
    pub order: Option<TimelineOrder>,
    /// All other properties.
    pub properties: Option<JsonObject>,
    /// How likely it is, from 0 to 1, that a program sent this; absent where nothing speaks for or against it.
    pub bot_probability: Option<f32>,
    /// What is wrong with it according to the tracking plan, where that let it pass with a mark.
    pub plan_problems: Vec<PlanProblemRow>,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TimelineOrder {
    /// The shop's number of the order.
    pub order_id: String,
    /// Sold or returned.
    pub kind: OrderKindName,
    /// ISO 4217.
    pub currency: String,
    /// Goods only: positive for a sale, negative for a return.
    pub value: f64,
    /// Postage, fees and corrections.
    pub fees: f64,
    /// Every line.
    pub lines: Vec<TimelineLine>,
}

/// What an order event says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderKindName {
    /// Goods were sold.
    Completed,
    /// Goods came back, or a sale was cancelled.
    Refunded,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct TimelineLine {
    /// The shop's number of the product.
    pub product: String,
    /// Its name.
    pub name: String,
    /// How many; negative for goods that came back.
    pub quantity: f64,
    /// Price of one.
    pub price: f64,
    /// Price times quantity.
    pub value: f64,
    /// What cleaning noticed.
    pub flags: Vec<LineFlagName>,
    /// The line of the source's file.
    pub source_line: u64,
}

/// Something that cleaning noticed about a line and kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LineFlagName {
    /// Postage, a fee, a correction: money, but not goods.
    NonProduct,
    /// A price of nothing.
    ZeroPrice,
    /// A price below nothing.
    NegativePrice,
    /// Quantity far outside of what this shop sells.
    QuantityOutlier,
    /// Price far outside of what this shop asks.
    PriceOutlier,
    /// Goods went out of stock without a customer.
    StockMovement,
}

impl From<&CleanEvent> for TimelineEntry {
    fn from(event: &CleanEvent) -> Self {
        let properties = event.properties.as_deref().and_then(|text| serde_json::from_str(text).ok());
        Self {
            id: event.id.to_string(),
            name: event.name.to_string(),
            time: event.time,
            utc_offset_minutes: event.utc_offset_minutes,
            source: event.origin.source.to_string(),
            source_line: event.origin.line,
            order: event.order.as_ref().map(TimelineOrder::from),
            properties,
            bot_probability: event.bot_probability,
            plan_problems: Vec::new(),
        }
    }
}

impl From<&Order> for TimelineOrder {
    fn from(order: &Order) -> Self {
        Self {
            order_id: order.order_id.to_string(),
            kind: match order.kind {
                OrderKind::Completed => OrderKindName::Completed,
                OrderKind::Refunded => OrderKindName::Refunded,
            },
            currency: order.currency.to_string(),
            value: order.value.to_f64(),
            fees: order.fees.to_f64(),
            lines: order.lines.iter().map(TimelineLine::from).collect(),
        }
    }
}

impl From<&OrderLine> for TimelineLine {
    fn from(line: &OrderLine) -> Self {
        Self {
            product: line.product.to_string(),
            name: line.name.to_string(),
            quantity: line.quantity.to_f64(),
            price: line.price.to_f64(),
            value: line.value().to_f64(),
            flags: flag_names(line.flags),
            source_line: line.source_line,
        }
    }
}

fn flag_names(flags: LineFlags) -> Vec<LineFlagName> {
    let all = [
        (LineFlag::NonProduct, LineFlagName::NonProduct),
        (LineFlag::ZeroPrice, LineFlagName::ZeroPrice),
        (LineFlag::NegativePrice, LineFlagName::NegativePrice),
        (LineFlag::QuantityOutlier, LineFlagName::QuantityOutlier),
        (LineFlag::PriceOutlier, LineFlagName::PriceOutlier),
        (LineFlag::StockMovement, LineFlagName::StockMovement),
    ];
    all.into_iter().filter_map(|(flag, name)| flags.contains(flag).then_some(name)).collect()
}

/// A cursor as it is printed: microseconds since 1970, a point, the event's id.
fn print_cursor(cursor: TimelineCursor) -> String {
    format!("{}.{}", cursor.time.timestamp_micros(), cursor.event)
}

fn parse_cursor(text: &str) -> Result<TimelineCursor, Problem> {
    let wrong = || Problem::parameter("before", "must be the `next` of an earlier answer");
    let (micros, event) = text.split_once('.').ok_or_else(wrong)?;
    let micros = micros.parse().map_err(|_| wrong())?;
    let time = DateTime::from_timestamp_micros(micros).ok_or_else(wrong)?;
    Ok(TimelineCursor { time, event: parse("before", event)? })
}

/// What one person did, newest first.
#[utoipa::path(get, path = "/customers/{id}/timeline", tag = "customers", operation_id = "getCustomerTimeline",
    params(("id" = String, Path, description = "`prf_` and 32 hexadecimal digits"), TimelineParams),
    responses(
        (status = 200, body = Timeline),
        (status = "default", body = Problem, content_type = "application/problem+json"),
    ))]
pub async fn get_customer_timeline(
    State(state): State<ApiState>,
    ApiPath(id): ApiPath<String>,
    ApiQuery(params): ApiQuery<TimelineParams>,
) -> Result<Json<Timeline>, Problem> {
    let limit = params.limit.unwrap_or(DEFAULT_LIMIT);
    if !(1..=MAX_LIMIT).contains(&limit) {
        return Err(Problem::parameter("limit", format_args!("must be from 1 to {MAX_LIMIT}")));
    }
    let before = params.before.as_deref().map(parse_cursor).transpose()?;
    let profile = find_profile(&state, "id", &id).await?;
    let subjects = state.store.subjects_of(profile.id).await?;
    let newest = state.lake.tail().now();
    let files = state.store.event_files().await?;
    // One more than was asked for tells whether anything follows.
    let one_more = limit as usize + 1;
    let mut events = state.lake.timeline_until_now(&newest, &files, &subjects, before, one_more).await?;
    let more = events.len() > limit as usize;
    events.truncate(limit as usize);
    let next = events.last().filter(|_| more).map(|last| print_cursor(TimelineCursor::behind(last)));
    let ids: Vec<EventId> = events.iter().map(|event| event.id).collect();
    let mut marks = state.store.plan_marks(&ids).await?;
    let entry = |event: &CleanEvent| {
        let problems = marks.remove(&event.id).map(|mark| mark.problems).unwrap_or_default();
        let plan_problems = problems.into_iter().map(PlanProblemRow::from).collect();
        TimelineEntry { plan_problems, ..TimelineEntry::from(event) }
    };
    Ok(Json(Timeline { events: events.iter().map(entry).collect(), next }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_print_and_parse() {
        let time = DateTime::from_timestamp_micros(1_291_193_160_000_001).expect("a time");
        let cursor = TimelineCursor { time, event: EventId::derive(&[b"a"]) };
        assert_eq!(parse_cursor(&print_cursor(cursor)), Ok(cursor));
    }

    #[test]
    fn what_is_no_cursor_names_its_parameter() {
        for text in
            ["", "x", "12", "12.", "12.evt_1", "x.evt_00000000000000000000000000000000", "99999999999999999999.x"]
        {
            assert_eq!(parse_cursor(text).expect_err(text).field.as_deref(), Some("before"), "{text}");
        }
    }
}
