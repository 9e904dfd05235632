//! `bellwether retention`: removes events that are past their time, or says how many they are.

use crate::{
    cli::RetentionOptions,
    config::Config,
    context::Context,
    progress::{Stages, thousands},
    retention::{Counts, Keeper},
};
use anyhow::Result;
use std::collections::BTreeMap;

/// Removes, and with `--dry-run` only counts.
pub async fn retention(config: Config, options: RetentionOptions) -> Result<()> {
    let context = Context::open_existing(config).await?;
    let mut keeper = Keeper::of(&context)?.alone();
    if keeper.rules().keep_everything() {
        println!(
            "all events are kept for ever; retention.default_days and retention.events say otherwise (docs/retention.md)"
        );
        return Ok(());
    }
    // What a process that was killed has left is in no list any more, and was to go.
    context.lake.sweep_orphans(&context.store.event_files().await?)?;
    let events = events_by_name(&context).await?;
    let now = context.clock.now();
    let stage = Stages::new(1).start("Retention");
    let total = keeper.old_files(now).await?.len();
    let mut looked_into = 0;
    let report = || {
        looked_into += 1;
        stage.say(format!("{looked_into} of {total} files"));
    };
    let past = match options.dry_run {
        true => keeper.count(now, report).await?,
        false => keeper.enforce(now, report).await?,
    };
    let sum: u64 = past.values().sum();
    let outcome = if options.dry_run { "past their time" } else { "removed" };
    stage.done(format!("{} of {} events {outcome}", thousands(sum), thousands(events.values().sum())));
    table(&keeper, &events, &past, outcome);
    if options.dry_run && sum > 0 {
        println!("`bellwether retention` removes them, and `bellwether serve` does so by itself");
    }
    Ok(())
}

async fn events_by_name(context: &Context) -> Result<BTreeMap<String, u64>> {
    let mut events = BTreeMap::new();
    for count in context.lake.event_counts(&context.store.event_files().await?).await? {
        *events.entry(count.name).or_default() += count.count;
    }
    Ok(events)
}

/// A line for every name that there are events of, and for every rule that there are none of: it may be misspelt.
fn table(keeper: &Keeper, events: &BTreeMap<String, u64>, past: &Counts, outcome: &str) {
    for (name, all) in events {
        let kept_for = match keeper.rules().days(name) {
            Some(days) => format!("{days} days"),
            None => "for ever".to_owned(),
        };
        let past = past.get(name.as_str()).copied().unwrap_or(0);
        println!("{name}: kept {kept_for}, {} of {} {outcome}", thousands(past), thousands(*all));
    }
    for name in keeper.rules().named().filter(|name| !events.contains_key(*name)) {
        println!("{name}: retention.events names it, and no event in the Lake is called so");
    }
}
