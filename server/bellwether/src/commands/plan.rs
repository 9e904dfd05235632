//! `bellwether plan`: the tracking plan.

use crate::{
    cli::{
        CheckPlanOptions, ImportPlanOptions, LearnPlanOptions, PlanCommand, PlanKeyOptions, PlanModeOption,
        PlanModeOptions,
    },
    config::Config,
    context::Context,
};
use anyhow::{Context as _, Result, bail};
use bellwether_api::plan::{
    learn::{self, PlanProposal},
    recent::RecentEvents,
    trial::{self, TrialResult},
};
use bellwether_domain::{NewPlanChange, PlanChange, PlanContent, PlanKey, PlanMode, PlanVersion};
use bellwether_plan::{DocumentFormat, LearnOptions, PlanDocument, PlannedEvent, Schema};
use chrono::TimeDelta;
use std::{io::Write, path::Path};

/// Who changes the plan here.
const AUTHOR: &str = "command line";
/// Events that are learned from, about.
const EVENTS: u64 = 200_000;

/// Does what was asked.
pub async fn plan(config: Config, command: PlanCommand) -> Result<()> {
    match command {
        PlanCommand::Learn(options) => learn_plan(&Context::open_existing(config).await?, options).await,
        PlanCommand::Show(options) => show(&Context::open_as_it_is(config).await?, options).await,
        PlanCommand::Check(options) => check(config, options).await,
        // A plan may come before the first event.
        PlanCommand::Import(options) => import(&Context::open(config).await?, options).await,
        PlanCommand::Export { file } => export(&Context::open_as_it_is(config).await?, &file).await,
        PlanCommand::Mode(options) => mode(&Context::open_as_it_is(config).await?, options).await,
    }
}

fn say(text: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout(), "{text}")?)
}

async fn learn_plan(context: &Context, options: LearnPlanOptions) -> Result<()> {
    let since = context.clock.now() - TimeDelta::days(options.days.into());
    let recent = RecentEvents::since(&context.store, &context.lake, since, EVENTS).await?;
    let learning = LearnOptions { required_share: options.required_share };
    let (event, source) = (options.event.clone(), options.source.clone());
    let work = move || learn::learn(&recent, event.as_deref(), source.as_deref(), learning);
    let learned = tokio::task::spawn_blocking(work).await??;
    for name in &learned.too_varied {
        eprintln!("{name}: its events are too varied for a schema of the size that is taken; write it by hand");
    }
    if learned.events == 0 {
        bail!("no such event came in the last {} days; look further back with --days", options.days);
    }
    learned.proposals.iter().for_each(|proposal| eprintln!("{}", sentence(proposal)));
    let entry = |proposal: PlanProposal| PlannedEvent {
        event: proposal.event,
        source: options.source.clone(),
        mode: PlanMode::Watch,
        schema: serde_json::Value::Object(proposal.schema.0.into_iter().collect()),
    };
    let events = learned.proposals.into_iter().map(entry).collect();
    write(&PlanDocument { unplanned: PlanMode::Watch, events }, options.output.as_deref())
}

fn sentence(proposal: &PlanProposal) -> String {
    let PlanProposal { event, events, would_fail, .. } = proposal;
    format!("{event}: learned from {events} events; {would_fail} of them would not keep to it")
}

fn write(document: &PlanDocument, file: Option<&Path>) -> Result<()> {
    match file.filter(|file| *file != Path::new("-")) {
        None => Ok(write!(std::io::stdout(), "{}", document.write(DocumentFormat::Json)?)?),
        Some(file) => {
            let text = document.write(DocumentFormat::of(&file.to_string_lossy()))?;
            std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))?;
            eprintln!("written to {}", file.display());
            Ok(())
        }
    }
}

async fn show(context: &Context, options: PlanKeyOptions) -> Result<()> {
    let Some(event) = options.event else { return list(&context.store.plan().await?) };
    let key = PlanKey { event, source: options.source };
    let history = context.store.plan_history(Some(&key)).await?;
    let Some(newest) = history.first() else { bail!(no_such(&key)) };
    let schema = newest.content.as_ref().and_then(|content| content.schema.as_deref()).unwrap_or("{}");
    let schema: serde_json::Value = serde_json::from_str(schema)?;
    say(&format!("{key}: {}\n{}\n", state(newest), serde_json::to_string_pretty(&schema)?))?;
    history.iter().try_for_each(|change| say(&line(change)))
}

fn list(changes: &[PlanChange]) -> Result<()> {
    let policy = changes.iter().find(|change| change.key.is_none());
    let mode = policy.and_then(|change| change.content.as_ref()).map_or(PlanMode::Watch, |content| content.mode);
    say(&format!("events that the plan does not name: {}", mode.as_str()))?;
    let entries: Vec<&PlanChange> =
        changes.iter().filter(|change| change.key.is_some() && change.content.is_some()).collect();
    if entries.is_empty() {
        return say("the plan is empty; `bellwether plan learn` proposes one");
    }
    for change in entries {
        let key = change.key.as_ref().map(ToString::to_string).unwrap_or_default();
        say(&format!("{key}: {}", state(change)))?;
    }
    Ok(())
}

fn state(change: &PlanChange) -> String {
    match &change.content {
        Some(content) => format!("{}, version {}", content.mode.as_str(), change.version),
        None => format!("taken out of the plan by version {}", change.version),
    }
}

fn line(change: &PlanChange) -> String {
    let PlanChange { at, author, note, .. } = change;
    let note = if note.is_empty() { String::new() } else { format!(": {note}") };
    format!("{}  {}  {author}{note}", at.format("%Y-%m-%d %H:%M"), state(change))
}

fn read(file: &Path) -> Result<PlanDocument> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    PlanDocument::read(&text, DocumentFormat::of(&file.to_string_lossy())).with_context(|| file.display().to_string())
}

async fn check(config: Config, options: CheckPlanOptions) -> Result<()> {
    let document = read(&options.file)?;
    say(&format!("{} is a plan of {} entries", options.file.display(), document.events.len()))?;
    if !options.events {
        return Ok(());
    }
    let context = Context::open_existing(config).await?;
    let recent = trial::events_to_try(&context.store, &context.lake, context.clock.now()).await?;
    let results = tokio::task::spawn_blocking(move || try_all(&recent, &document)).await??;
    let failed = results.iter().filter(|(_, result)| result.failed > 0).count();
    results.iter().try_for_each(|(key, result)| say(&tried(key, result)))?;
    match failed {
        0 => Ok(()),
        failed => bail!("events of {failed} entries do not keep to the plan"),
    }
}

fn try_all(recent: &RecentEvents, document: &PlanDocument) -> Result<Vec<(PlanKey, TrialResult)>> {
    let entries: Vec<(PlanKey, Schema)> =
        document.events.iter().map(|entry| Ok((entry.key(), Schema::new(&entry.schema)?))).collect::<Result<_>>()?;
    let results = trial::trials(recent, &entries)?;
    Ok(entries.into_iter().map(|(key, _)| key).zip(results).collect())
}

fn tried(key: &PlanKey, result: &TrialResult) -> String {
    if result.tried == 0 {
        return format!("{key}: no such event came lately, so nothing was tried");
    }
    let problems = result.problems.iter().take(3).map(|problem| {
        let path = if problem.path.is_empty() { "(all of it)" } else { &problem.path };
        format!("\n  {path}: {} ({} events)", problem.rule, problem.events)
    });
    let problems: String = problems.collect();
    format!("{key}: {} of the last {} events do not keep to it{problems}", result.failed, result.tried)
}

async fn import(context: &Context, options: ImportPlanOptions) -> Result<()> {
    let document = read(&options.file)?;
    let changes = document.changes(&context.store.plan().await?);
    let made = context.store.change_plan(&changes, AUTHOR, &options.note, context.clock.now()).await?;
    for change in &made {
        let key = change.key.as_ref().map_or_else(|| "events that are not named".to_owned(), ToString::to_string);
        say(&format!("{key}: {}", state(change)))?;
    }
    say(&format!("{} changes; the plan has {} entries", made.len(), document.events.len()))
}

async fn export(context: &Context, file: &Path) -> Result<()> {
    write(&PlanDocument::of(&context.store.plan().await?), Some(file))
}

async fn mode(context: &Context, options: PlanModeOptions) -> Result<()> {
    let mode = PlanMode::from(options.mode);
    let key = options.event.map(|event| PlanKey { event, source: options.source });
    let (content, based_on) = match &key {
        None => (PlanContent { mode, schema: None }, None),
        Some(key) => {
            let stands = context.store.plan_history(Some(key)).await?.into_iter().next();
            let stands = stands.and_then(|change| Some((change.version, change.content?)));
            let (version, content) = stands.with_context(|| no_such(key))?;
            (PlanContent { mode, ..content }, Some(version))
        }
    };
    let change = NewPlanChange { key: key.clone(), content: Some(content), based_on };
    let made = context.store.change_plan(&[change], AUTHOR, &options.note, context.clock.now()).await?;
    let version = made.first().map_or(PlanVersion::default(), |change| change.version);
    let what = key.map_or_else(|| "events that the plan does not name".to_owned(), |key| key.to_string());
    match made.is_empty() {
        true => say(&format!("{what}: it was {} already", mode.as_str())),
        false => say(&format!("{what}: {} from now on, version {version}", mode.as_str())),
    }
}

fn no_such(key: &PlanKey) -> String {
    format!("the plan does not name `{key}`; `bellwether plan show` lists what it names")
}

impl From<PlanModeOption> for PlanMode {
    fn from(mode: PlanModeOption) -> Self {
        match mode {
            PlanModeOption::Watch => Self::Watch,
            PlanModeOption::Flag => Self::Flag,
            PlanModeOption::Reject => Self::Reject,
        }
    }
}
