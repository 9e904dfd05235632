//! The questions that SQL answers, each in its own `.sql` file, over a plain listing of the manifest's files.

use crate::{
    Error, Result,
    decode::{Decoded, column, decode_batch, moment, word},
    scan::scan,
    schema::{EVENTS, time_type},
};
use bellwether_domain::{CleanEvent, EventId, Money, Quantity, SubjectId};
use chrono::{DateTime, NaiveDate, Utc};
use datafusion::{
    arrow::{
        array::{Array, ArrayRef, AsArray, RecordBatch},
        datatypes::{DataType, Date32Type, Decimal128Type, Int64Type, TimestampMicrosecondType},
    },
    common::ParamValues,
    dataframe::DataFrame,
    datasource::{
        file_format::parquet::ParquetFormat,
        listing::{ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl},
    },
    error::DataFusionError,
    execution::context::SessionContext,
    prelude::SessionConfig,
    scalar::ScalarValue,
};
use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};
use tokio::sync::Mutex;
use url::Url;

/// The name of the event table in every query.
const TABLE: &str = "events";
/// More would only cost memory: the hot paths do not go through the engine, and the machine has others to serve.
const PARTITIONS: usize = 2;

/// How often an event happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventCount {
    /// The event's name.
    pub name: String,
    /// How often.
    pub count: u64,
    /// When for the first time.
    pub first: DateTime<Utc>,
    /// When for the last time.
    pub last: DateTime<Utc>,
}

/// The sales of one day in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DailySales {
    /// The day on the wall clock where the order was made.
    pub day: NaiveDate,
    /// ISO 4217. A shop with one currency has one entry a day.
    pub currency: String,
    /// Completed orders.
    pub orders: u64,
    /// Known customers with a completed order.
    pub customers: u64,
    /// Pieces of goods in completed orders.
    pub units: Quantity,
    /// Goods in completed orders, without fees.
    pub revenue: Money,
    /// Goods given back that day, as a positive amount.
    pub refunded: Money,
}

/// Where a timeline goes on: behind this event, towards the past.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimelineCursor {
    /// The event's time.
    pub time: DateTime<Utc>,
    /// The event, which tells apart what happened at the same time.
    pub event: EventId,
}

impl TimelineCursor {
    /// Behind the last event of a page.
    pub const fn behind(event: &CleanEvent) -> Self {
        Self { time: event.time, event: event.id }
    }
}

/// The query engine, set up once.
pub struct Engine {
    context: SessionContext,
    /// A query finds its table by a name that all queries share, so only one is planned at a time (a few milliseconds);
    /// the plan holds the table itself, so any number can run.
    planning: Mutex<()>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

impl Engine {
    pub fn new() -> Self {
        let mut config = SessionConfig::new().with_target_partitions(PARTITIONS).with_collect_statistics(false);
        let parquet = &mut config.options_mut().execution.parquet;
        // The types of the files, not views of them.
        parquet.schema_force_view_types = false;
        // A timeline reads the order lines of its own few events only.
        parquet.pushdown_filters = true;
        Self { context: SessionContext::new_with_config(config), planning: Mutex::new(()) }
    }

    pub async fn event_counts(&self, paths: &[PathBuf]) -> Result<Vec<EventCount>> {
        let sql = include_str!("sql/event_counts.sql").to_owned();
        let query = Query { question: "event counts", sql, parameters: vec![] };
        self.ask(paths, query, read_counts).await
    }

    pub async fn daily_sales(&self, paths: &[PathBuf]) -> Result<Vec<DailySales>> {
        let sql = include_str!("sql/daily_sales.sql").to_owned();
        let query = Query { question: "daily sales", sql, parameters: vec![] };
        self.ask(paths, query, read_days).await
    }

    pub async fn timeline(
        &self,
        paths: &[PathBuf],
        subjects: &[SubjectId],
        before: Option<TimelineCursor>,
        limit: usize,
    ) -> Result<Vec<CleanEvent>> {
        if subjects.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let micros = before.map_or(i64::MAX, |before| before.time.timestamp_micros());
        let mut parameters: Vec<_> = (0..)
            .zip(subjects)
            .map(|(n, subject): (usize, _)| (format!("subject_{n}"), ScalarValue::from(subject.to_string())))
            .collect();
        let names: Vec<String> = parameters.iter().map(|(name, _)| format!("${name}")).collect();
        let sql = include_str!("sql/timeline.sql").replace("$subjects", &names.join(", "));
        parameters.extend([
            ("before_time".to_owned(), ScalarValue::TimestampMicrosecond(Some(micros), Some("UTC".into()))),
            (
                "before_event".to_owned(),
                ScalarValue::from(before.map(|before| before.event.to_string()).unwrap_or_default()),
            ),
            ("limit".to_owned(), ScalarValue::Int64(Some(i64::try_from(limit).unwrap_or(i64::MAX)))),
        ]);
        let query = Query { question: "the timeline", sql, parameters };
        self.ask(paths, query, decode_batch).await
    }

    /// Plans, runs, and reads the rows of the answer.
    async fn ask<T>(
        &self,
        paths: &[PathBuf],
        query: Query,
        read: fn(&RecordBatch) -> Decoded<Vec<T>>,
    ) -> Result<Vec<T>> {
        if paths.is_empty() {
            return Ok(Vec::new());
        }
        let question = query.question;
        let answer = match self.plan(paths, query).await {
            Ok(frame) => frame.collect().await,
            Err(error) => Err(error),
        };
        let batches = answer.map_err(|error| blame(paths, question, error))?;
        let rows: Decoded<Vec<Vec<T>>> = batches.iter().map(read).collect();
        match rows {
            Ok(rows) => Ok(rows.into_iter().flatten().collect()),
            Err(detail) if detail == TOO_LARGE => Err(Error::TooLarge { what: question }),
            Err(detail) => Err(Error::Query { question, source: detail.into() }),
        }
    }

    async fn plan(&self, paths: &[PathBuf], query: Query) -> std::result::Result<DataFrame, DataFusionError> {
        let table = listing(paths)?;
        let planning = self.planning.lock().await;
        self.context.register_table(TABLE, Arc::new(table))?;
        let frame = self.context.sql(&query.sql).await;
        self.context.deregister_table(TABLE)?;
        drop(planning);
        let parameters = query.parameters.into_iter().map(|(name, value)| (name, value.into()));
        frame?.with_param_values(ParamValues::Map(parameters.collect()))
    }
}

/// One question to the engine.
struct Query {
    question: &'static str,
    sql: String,
    parameters: Vec<(String, ScalarValue)>,
}

/// Exactly these files as one table; a plain listing, so that a plan can travel to another machine.
fn listing(paths: &[PathBuf]) -> std::result::Result<ListingTable, DataFusionError> {
    let urls = paths.iter().map(|path| to_url(path)).collect::<std::result::Result<Vec<_>, _>>()?;
    let options = ListingOptions::new(Arc::new(ParquetFormat::default())).with_file_extension(".parquet");
    let config = ListingTableConfig::new_with_multi_paths(urls).with_listing_options(options);
    ListingTable::try_new(config.with_schema(EVENTS.clone()))
}

/// As a URL and not as a path, in which `*` and `[` would be patterns.
fn to_url(path: &Path) -> std::result::Result<ListingTableUrl, DataFusionError> {
    let url = Url::from_file_path(path)
        .map_err(|()| DataFusionError::Configuration(format!("{} is not an absolute path", path.display())))?;
    ListingTableUrl::try_new(url, None)
}

/// The engine does not say which file it could not read, so that it is looked for.
fn blame(paths: &[PathBuf], question: &'static str, error: DataFusionError) -> Error {
    let reads = |path: &PathBuf| scan(path, &[]).and_then(|mut batches| batches.try_for_each(|batch| batch.map(drop)));
    paths.iter().find_map(|path| reads(path).err()).unwrap_or_else(|| Error::Query { question, source: error.into() })
}

fn read_counts(batch: &RecordBatch) -> Decoded<Vec<EventCount>> {
    let names = column(batch, "name", &DataType::Utf8)?;
    let counts = column(batch, "events", &DataType::Int64)?;
    let first = column(batch, "first_time", &time_type())?;
    let last = column(batch, "last_time", &time_type())?;
    let time = |array: &ArrayRef, row| moment(array.as_primitive::<TimestampMicrosecondType>().value(row));
    (0..batch.num_rows())
        .map(|row| {
            Ok(EventCount {
                name: names.as_string::<i32>().value(row).to_owned(),
                count: count(&counts, row),
                first: time(&first, row)?,
                last: time(&last, row)?,
            })
        })
        .collect()
}

fn read_days(batch: &RecordBatch) -> Decoded<Vec<DailySales>> {
    let days = column(batch, "local_day", &DataType::Date32)?;
    let currencies = column(batch, "currency", &DataType::Utf8)?;
    let orders = column(batch, "orders", &DataType::Int64)?;
    let customers = column(batch, "customers", &DataType::Int64)?;
    let sum_type = DataType::Decimal128(38, crate::schema::DECIMAL_PLACES);
    let [units, revenue, refunded] = ["units", "revenue", "refunded"].map(|name| column(batch, name, &sum_type));
    let (units, revenue, refunded) = (units?, revenue?, refunded?);
    (0..batch.num_rows())
        .map(|row| {
            let day = days.as_primitive::<Date32Type>().value_as_date(row);
            Ok(DailySales {
                day: day.ok_or("a day is beyond the calendar")?,
                currency: currencies.as_string::<i32>().value(row).to_owned(),
                orders: count(&orders, row),
                customers: count(&customers, row),
                units: Quantity::from_ten_thousandths(sum(&units, row)?),
                revenue: Money::from_ten_thousandths(sum(&revenue, row)?),
                refunded: Money::from_ten_thousandths(sum(&refunded, row)?),
            })
        })
        .collect()
}

fn count(array: &ArrayRef, row: usize) -> u64 {
    array.as_primitive::<Int64Type>().value(row).cast_unsigned()
}

/// Why a sum could not be read, recognised by [`Engine::ask`].
const TOO_LARGE: &str = "the sum is too large";

/// The sum of no rows is null, and means nothing.
fn sum(array: &ArrayRef, row: usize) -> Decoded<i64> {
    if array.is_null(row) {
        return Ok(0);
    }
    word(array.as_primitive::<Decimal128Type>().value(row)).map_err(|_| TOO_LARGE.to_owned())
}
