//! `bellwether store`: the shops and branches that receipts come from.

use super::source::say;
use crate::{
    cli::{ListFormat, SetStoreOptions, StoreCommand},
    config::Config,
    context::Context,
};
use anyhow::{Context as _, Result, bail};
use bellwether_domain::{Branch, BranchChange, BranchCode, Place};
use bellwether_store::BranchTotal;
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use std::{collections::BTreeMap, path::Path};

/// The columns of a file, which are the words of `store set`, too.
const COLUMNS: [&str; 10] =
    ["code", "name", "city", "address", "country", "latitude", "longitude", "opened", "closed", "tags"];

/// Does what was asked.
pub async fn store(config: Config, command: StoreCommand) -> Result<()> {
    match command {
        StoreCommand::List { format } => list(&Context::open_existing(config).await?, format).await,
        StoreCommand::Set(options) => set(&Context::open(config).await?, *options).await,
        StoreCommand::Import { file } => import(config, &file).await,
    }
}

async fn set(context: &Context, options: SetStoreOptions) -> Result<()> {
    let SetStoreOptions { code, name, city, address, country, latitude, longitude, opened, closed, tags } = options;
    let values = [Some(code), name, city, address, country, latitude, longitude, opened, closed, tags];
    let said = COLUMNS.into_iter().zip(values).filter_map(|(column, value)| Some((column, value?)));
    let (code, change) = change_of(&said.collect())?;
    let changed = put(context, &code, change).await?;
    say(&format!("store `{}` is {}", changed.code, shown_name(&changed)))
}

/// All of the file or nothing of it: it is read to its end before anything is changed.
async fn import(config: Config, file: &Path) -> Result<()> {
    let shown = file.display();
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {shown}"))?;
    let text = std::str::from_utf8(&bytes).with_context(|| format!("{shown} is not UTF-8; save it as UTF-8"))?;
    let changes = changes_of(text).with_context(|| format!("{shown}: nothing was changed"))?;
    let context = Context::open(config).await?;
    for FileRow { line, code, change } in &changes {
        // Against what is stored, before anything is changed.
        let stored = context.store.branch(code.as_str()).await?;
        let stored = stored.unwrap_or_else(|| Branch::new(code.clone(), context.clock.now()));
        change
            .clone()
            .apply(stored)
            .with_context(|| format!("{shown}: nothing was changed: line {line}, store `{code}`"))?;
    }
    for FileRow { code, change, .. } in &changes {
        put(&context, code, change.clone()).await?;
    }
    say(&format!("{} stores of {shown}", changes.len()))
}

async fn put(context: &Context, code: &BranchCode, change: BranchChange) -> Result<Branch> {
    let apply = |branch: Branch| change.apply(branch);
    let changed = context.store.change_branch(code, context.clock.now(), apply).await?;
    changed.with_context(|| format!("store `{code}`"))
}

/// What one row of a file says.
#[derive(Debug, PartialEq)]
struct FileRow {
    line: u64,
    code: BranchCode,
    change: BranchChange,
}

/// The rows of a file, each checked as far as it can be without the store that it changes.
fn changes_of(text: &str) -> Result<Vec<FileRow>> {
    let text = text.trim_start_matches('\u{feff}');
    let head = text.lines().next().unwrap_or_default();
    let delimiter = *[b',', b';', b'\t']
        .iter()
        .max_by_key(|sign| head.bytes().filter(|byte| byte == *sign).count())
        .unwrap_or(&b',');
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(text.as_bytes());
    let names: Vec<String> = reader.headers().context("line 1")?.iter().map(str::to_lowercase).collect();
    if let Some(unknown) = names.iter().find(|name| !COLUMNS.contains(&name.as_str())) {
        bail!("line 1: the column `{unknown}` is not known; known are {}", COLUMNS.join(", "));
    }
    if !names.iter().any(|name| name == "code") {
        bail!("line 1: there is no column `code`");
    }
    let mut changes: Vec<FileRow> = Vec::new();
    for row in reader.records() {
        let row = row?;
        let line = row.position().map_or(0, csv::Position::line);
        let said = names.iter().map(String::as_str).zip(row.iter().map(str::to_owned)).collect();
        let (code, change) = change_of(&said).with_context(|| format!("line {line}"))?;
        if changes.iter().any(|row| row.code == code) {
            bail!("line {line}: the store `{code}` stands in a line before");
        }
        let fresh = Branch::new(code.clone(), DateTime::UNIX_EPOCH);
        change.clone().apply(fresh).with_context(|| format!("line {line}, store `{code}`"))?;
        changes.push(FileRow { line, code, change });
    }
    Ok(changes)
}

/// What these words say. An empty one takes away what was there.
fn change_of(said: &BTreeMap<&str, String>) -> Result<(BranchCode, BranchChange)> {
    let text = |column: &str| said.get(column).map(|value| value.trim().to_owned());
    let day = |column: &str| -> Result<Option<Option<NaiveDate>>> {
        let read = |text: String| match text.as_str() {
            "" => Ok(None),
            day => day.parse().map(Some).with_context(|| format!("`{column}` is `{day}`; write a day as 2026-03-01")),
        };
        text(column).map(read).transpose()
    };
    let code = text("code").unwrap_or_default().parse::<BranchCode>()?;
    let change = BranchChange {
        name: text("name"),
        city: text("city"),
        address: text("address"),
        country: text("country"),
        place: place(text("latitude"), text("longitude"))?,
        opened: day("opened")?,
        closed: day("closed")?,
        tags: text("tags").map(|tags| tags.split(',').map(str::to_owned).collect()),
    };
    Ok((code, change))
}

fn place(latitude: Option<String>, longitude: Option<String>) -> Result<Option<Option<Place>>> {
    let (latitude, longitude) = match (latitude.as_deref(), longitude.as_deref()) {
        (None, None) => return Ok(None),
        (Some(""), Some("")) => return Ok(Some(None)),
        (Some(latitude), Some(longitude)) => (latitude, longitude),
        _ => bail!("`latitude` and `longitude` go together"),
    };
    let degrees = |column: &str, text: &str| {
        text.parse::<f64>().with_context(|| format!("`{column}` is `{text}`; write degrees as 48.2082"))
    };
    Ok(Some(Some(Place { latitude: degrees("latitude", latitude)?, longitude: degrees("longitude", longitude)? })))
}

fn shown_name(branch: &Branch) -> &str {
    if branch.name.is_empty() { "without a name" } else { &branch.name }
}

/// A store as `list` shows it.
#[derive(Debug, Serialize)]
struct Row {
    code: String,
    name: String,
    city: String,
    country: String,
    events: u64,
    orders: u64,
    refunds: u64,
    /// By currency, as texts: amounts are decimal.
    revenue: BTreeMap<String, String>,
    last_event_at: Option<DateTime<Utc>>,
}

impl Row {
    fn new(branch: Branch, totals: &[BranchTotal]) -> Self {
        let of_it = || totals.iter().filter(|total| total.code == branch.code);
        let in_money = of_it().filter(|total| !total.currency.is_empty());
        Self {
            events: of_it().map(|total| total.events).sum(),
            orders: of_it().map(|total| total.orders).sum(),
            refunds: of_it().map(|total| total.refunds).sum(),
            revenue: in_money.map(|total| (total.currency.clone(), total.revenue.to_string())).collect(),
            last_event_at: of_it().map(|total| total.last_event_at).max(),
            code: branch.code.to_string(),
            name: branch.name,
            city: branch.city,
            country: branch.country,
        }
    }
}

async fn list(context: &Context, format: ListFormat) -> Result<()> {
    let totals = context.store.branch_totals().await?;
    let branches = context.store.branches().await?;
    let rows: Vec<Row> = branches.into_iter().map(|branch| Row::new(branch, &totals)).collect();
    match format {
        ListFormat::Json => say(&serde_json::to_string_pretty(&rows)?),
        ListFormat::Text if rows.is_empty() => say(
            "there is no store yet; the first receipt with a `store_id` makes one, and so does `bellwether store set CODE --name NAME`",
        ),
        ListFormat::Text => say(&table(&rows)),
    }
}

fn table(rows: &[Row]) -> String {
    let mut lines = vec![["STORE", "ORDERS", "EVENTS", "LAST EVENT", "REVENUE", "NAME"].map(str::to_owned)];
    lines.extend(rows.iter().map(|row| {
        let revenue = row.revenue.iter().map(|(currency, amount)| format!("{amount} {currency}"));
        [
            row.code.clone(),
            row.orders.to_string(),
            row.events.to_string(),
            row.last_event_at.map_or_else(|| "never".to_owned(), |at| at.format("%Y-%m-%d %H:%M UTC").to_string()),
            revenue.collect::<Vec<_>>().join(", "),
            [row.name.as_str(), row.city.as_str()]
                .into_iter()
                .filter(|text| !text.is_empty())
                .collect::<Vec<_>>()
                .join(", "),
        ]
    }));
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: [usize; 5] = std::array::from_fn(width);
    let line = |line: &[String; 6]| {
        let [code, orders, events, last, revenue, name] = line;
        let [a, b, c, d, e] = widths;
        format!("{code:a$}  {orders:>b$}  {events:>c$}  {last:d$}  {revenue:>e$}  {name}").trim_end().to_owned()
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(text: &str) -> String {
        format!("{:#}", changes_of(text).unwrap_err())
    }

    #[test]
    fn files_are_read_whatever_divides_them() {
        for text in [
            "\u{feff}Code,Name,tags,latitude,longitude,opened\nVIE-01,Graben,\"flagship, mall\",48.2,16.4,2020-05-01\n",
            "code;name;tags;latitude;longitude;opened\r\nVIE-01; Graben ;flagship, mall;48.2;16.4;2020-05-01\r\n",
        ] {
            let changes = changes_of(text).unwrap();
            let [FileRow { code, change, .. }] = changes.as_slice() else { panic!("{changes:?}") };
            let branch = change.clone().apply(Branch::new(code.clone(), DateTime::UNIX_EPOCH)).unwrap();
            assert_eq!((code.as_str(), branch.name.as_str(), branch.tags.len()), ("VIE-01", "Graben", 2));
            assert_eq!(branch.place, Some(Place { latitude: 48.2, longitude: 16.4 }));
            // A column that the file does not have changes nothing.
            assert_eq!((change.city.clone(), change.closed), (None, None));
        }
    }

    #[test]
    fn an_empty_field_takes_away() {
        let changes = changes_of("code,name,opened,latitude,longitude\n7,,,,\n").unwrap();
        let expected = BranchChange {
            name: Some(String::new()),
            opened: Some(None),
            place: Some(None),
            ..BranchChange::default()
        };
        assert_eq!(changes, [FileRow { line: 2, code: "7".parse().unwrap(), change: expected }]);
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_line() {
        assert!(refused("code,nmae\n1,x\n").contains("line 1: the column `nmae` is not known; known are code, name"));
        assert!(refused("name\nx\n").contains("no column `code`"));
        assert!(refused("code,opened\n1,2020-01-01\n2,1.5.2020\n").contains("line 3: `opened` is `1.5.2020`"));
        assert!(
            refused("code,latitude,longitude\n1,91,0\n").contains("line 2, store `1`: `latitude` is from -90 to 90")
        );
        assert!(refused("code,latitude\n1,48\n").contains("line 2: `latitude` and `longitude` go together"));
        assert!(refused("code\n1\n1\n").contains("line 3: the store `1` stands in a line before"));
        assert!(refused("code\n\" \"\n").contains("line 2: a store's code is one line"));
        assert!(refused("code,name\n1,a,b\n").contains("line"));
    }
}
