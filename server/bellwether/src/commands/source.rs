//! `bellwether source`: the places that events come from over HTTP.

use super::{source_hook, timezone};
use crate::{
    cli::{AddSourceOptions, ListFormat, SourceCommand, SourceKindOption},
    config::Config,
    context::Context,
    files,
};
use anyhow::{Context as _, Result};
use bellwether_domain::{Hook, Source, SourceKind, WriteKey};
use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::Serialize;
use std::io::Write;

/// Days that the list counts, today among them.
const DAYS: u64 = 30;

/// Does what was asked.
pub async fn source(config: Config, command: SourceCommand) -> Result<()> {
    match command {
        SourceCommand::Add(options) => add(config, options).await,
        SourceCommand::List { format } => list(&Context::open_as_it_is(config).await?, format).await,
        SourceCommand::Rotate(source) => {
            let key = new_key()?;
            let changed = change(config, &source.slug, |source| source.write_key = key).await?;
            say_key(&changed)
        }
        SourceCommand::Disable(source) => {
            change(config, &source.slug, |source| source.enabled = false).await?;
            say(&format!("the events of source `{}` are refused from now on", source.slug))
        }
        SourceCommand::Enable(source) => {
            change(config, &source.slug, |source| source.enabled = true).await?;
            say(&format!("the events of source `{}` are taken from now on", source.slug))
        }
        SourceCommand::Hook(options) => source_hook::change(config, options).await,
        SourceCommand::Remove(source) => remove(&Context::open_as_it_is(config).await?, &source.slug).await,
    }
}

async fn add(config: Config, options: AddSourceOptions) -> Result<()> {
    let name = options.name.parse().context("cannot add the source")?;
    let hook = options.hook.map(|system| Hook::new(system.into()));
    anyhow::ensure!(hook.is_none() || options.kind == SourceKindOption::Webhook, "--hook goes with --kind webhook");
    // The first source may come before the first import.
    let context = Context::open(config).await?;
    let (key, now) = (new_key()?, context.clock.now());
    let source = context.store.create_source(&name, options.kind.into(), hook, &key, now).await?;
    let address = context.config.server.public_url.trim_end_matches('/');
    if source.hook.is_some() {
        return say(&format!(
            "source          {slug}\naddress         {address}/v1/hooks/{slug}\nnext            bellwether source hook {slug} --secret-file FILE; see docs/hooks.md",
            slug = source.slug
        ));
    }
    say_key(&source)?;
    say(&format!("start sending   {address}/sources/{} shows how, while `bellwether serve` runs", source.slug))
}

/// The source of the little shop at `/demo`, which shows what the browser SDK sends. One that exists stays as it is.
pub(super) async fn add_demonstration(context: &Context) -> Result<()> {
    if context.store.source_by_slug(bellwether_intake::DEMO_SOURCE).await?.is_none() {
        let (name, key) = ("Demonstration shop".parse()?, new_key()?);
        context.store.create_source(&name, SourceKind::Website, None, &key, context.clock.now()).await?;
    }
    Ok(())
}

pub(super) async fn change(config: Config, slug: &str, change: impl FnOnce(&mut Source) + Send) -> Result<Source> {
    let context = Context::open_as_it_is(config).await?;
    context.store.change_source(slug, change).await?.with_context(|| no_such_source(slug))
}

async fn remove(context: &Context, slug: &str) -> Result<()> {
    if !context.store.delete_source(slug).await? {
        anyhow::bail!(no_such_source(slug));
    }
    say(&format!("source `{slug}` is gone; its events and its history stay"))
}

pub(super) fn no_such_source(slug: &str) -> String {
    format!("there is no source `{slug}`; `bellwether source list` names those that there are")
}

fn new_key() -> Result<WriteKey> {
    Ok(WriteKey::from_random(files::random()?))
}

fn say_key(source: &Source) -> Result<()> {
    say(&format!("source          {}\nwrite key       {}", source.slug, source.write_key.reveal()))
}

pub(super) fn say(text: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}

/// A source as `list` shows it.
#[derive(Debug, Serialize)]
struct Row {
    slug: String,
    name: String,
    kind: SourceKind,
    enabled: bool,
    write_key: String,
    created_at: DateTime<Utc>,
    last_event_at: Option<DateTime<Utc>>,
    events_30_days: u64,
    rejected_30_days: u64,
}

async fn list(context: &Context, format: ListFormat) -> Result<()> {
    let rows = rows(context).await?;
    match format {
        ListFormat::Json => say(&serde_json::to_string_pretty(&rows)?),
        ListFormat::Text if rows.is_empty() => {
            say("there is no source yet; `bellwether source add \"Online shop\" --kind website` adds one")
        }
        ListFormat::Text => say(&table(&rows)),
    }
}

async fn rows(context: &Context) -> Result<Vec<Row>> {
    let today = context.clock.now().with_timezone(&timezone(&context.config)?).date_naive();
    let first = today.checked_sub_days(Days::new(DAYS - 1)).unwrap_or(NaiveDate::MIN);
    let activity = context.store.source_activity(first).await?;
    let last = context.store.last_source_activity().await?;
    let row = |source: Source| {
        let days = activity.iter().filter(|day| day.source == source.slug);
        let (events, rejected) = days.fold((0, 0), |sum, day| (sum.0 + day.events, sum.1 + day.rejected));
        Row {
            last_event_at: last.get(&source.slug).and_then(|last| last.event_at),
            slug: source.slug.to_string(),
            name: source.name.to_string(),
            kind: source.kind,
            enabled: source.enabled,
            write_key: source.write_key.reveal().to_owned(),
            created_at: source.created_at,
            events_30_days: events,
            rejected_30_days: rejected,
        }
    };
    Ok(context.store.sources().await?.into_iter().map(row).collect())
}

/// Without the keys: a terminal is easily looked at by somebody else.
fn table(rows: &[Row]) -> String {
    let head = ["SOURCE", "KIND", "STATE", "LAST EVENT", "EVENTS", "REJECTED", "NAME"].map(str::to_owned);
    let mut lines = vec![head];
    lines.extend(rows.iter().map(|row| {
        [
            row.slug.clone(),
            row.kind.as_str().to_owned(),
            if row.enabled { "enabled" } else { "disabled" }.to_owned(),
            row.last_event_at.map_or_else(|| "never".to_owned(), |at| at.format("%Y-%m-%d %H:%M UTC").to_string()),
            row.events_30_days.to_string(),
            row.rejected_30_days.to_string(),
            row.name.clone(),
        ]
    }));
    let width = |column: usize| lines.iter().map(|line| line[column].len()).max().unwrap_or(0);
    let widths: [usize; 6] = std::array::from_fn(width);
    let line = |line: &[String; 7]| {
        let [slug, kind, state, last, events, rejected, name] = line;
        let [a, b, c, d, e, f] = widths;
        format!("{slug:a$}  {kind:b$}  {state:c$}  {last:d$}  {events:>e$}  {rejected:>f$}  {name}")
    };
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}

impl From<SourceKindOption> for SourceKind {
    fn from(kind: SourceKindOption) -> Self {
        match kind {
            SourceKindOption::Website => Self::Website,
            SourceKindOption::Server => Self::Server,
            SourceKindOption::Mobile => Self::Mobile,
            SourceKindOption::Webhook => Self::Webhook,
        }
    }
}
