//! `bellwether doctor`: is the data folder sound, and what is in it?

use super::outbox_digest;
use crate::{cli::DoctorOptions, config::Config, context::Context, rebuild};
use anyhow::{Result, bail};
use std::path::Path;

/// About so many profiles are rebuilt and compared.
const SAMPLE: u64 = 1_000;

/// Checks that the parts belong together; with `--digest` prints a digest of all state.
pub async fn doctor(config: Config, options: DoctorOptions) -> Result<()> {
    let context = Context::open_as_it_is(config).await?;
    if options.digest {
        println!("{}", digest(&context).await?);
        return Ok(());
    }
    let problems = check(&context).await?;
    for problem in &problems {
        println!("problem: {problem}");
    }
    if !problems.is_empty() {
        bail!("{} problem(s) found", problems.len());
    }
    for unfinished in unfinished(&context).await? {
        println!("unfinished: {unfinished}");
    }
    println!("the data folder {} is sound", context.folder.root().display());
    Ok(())
}

/// What a process that was stopped left to do. Nothing of it is lost or wrong.
async fn unfinished(context: &Context) -> Result<Vec<String>> {
    let mut all = Vec::new();
    let (applied, rolled) = (context.store.applied().await?, context.store.rolled().await?);
    let last = context.inbox.last_offset()?;
    if applied < last {
        let (from, to) = (applied.0, last.0);
        all.push(format!(
            "the inbox ends at batch {to} and the Store stands at {from}; the next command that reads the data goes on there"
        ));
    }
    if rolled < applied {
        let (from, to) = (rolled.0, applied.0);
        all.push(format!(
            "the Store stands at batch {to} and the Lake at {from}; the next command that reads the data goes on there"
        ));
    }
    for import in context.inbox.import_cursors()?.into_iter().filter(|import| !import.complete) {
        all.push(format!(
            "the import of {} (source {}) stopped after {} rows; run it again to go on",
            import.file, import.source, import.rows
        ));
    }
    Ok(all)
}

/// A digest of the Store, the Lake and the outbox: equal digests mean the same result.
async fn digest(context: &Context) -> Result<String> {
    let mut hasher = blake3::Hasher::new();
    hasher.update(context.store.digest().await?.as_bytes());
    hasher.update(context.lake.digest(&context.store.event_files().await?).await?.as_bytes());
    outbox_digest::add(&mut hasher, &context.folder.path("outbox"))?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// Rebuilds some of the people from the event files. Where not all events are in files yet, nothing can be said.
async fn sample(context: &Context) -> Result<Option<String>> {
    let one_in = (context.store.profile_count().await? / SAMPLE).max(1);
    let found = rebuild::sample(context, one_in).await?;
    Ok((!found.is_equal()).then(|| {
        let (wrong, profiles) = (found.wrong(), found.profiles);
        format!(
            "of a sample of {profiles} profiles, and of all stores, {wrong} are not what the events say; `bellwether replay \
             --mend` puts them right"
        )
    }))
}

/// What is wrong with a file of a manifest, from afar.
fn wrong_file(path: &Path, bytes: u64) -> Option<String> {
    match std::fs::metadata(path) {
        Ok(found) if found.len() == bytes => None,
        Ok(found) => {
            let found = found.len();
            Some(format!("{} has {found} bytes instead of {bytes}; restore it from a backup", path.display()))
        }
        Err(error) => Some(format!("{}: {error}; restore it from a backup", path.display())),
    }
}

async fn check(context: &Context) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    let (applied, rolled) = (context.store.applied().await?, context.store.rolled().await?);
    if rolled > applied {
        problems.push(format!("the Lake is ahead of the Store: rolled {} but applied {}", rolled.0, applied.0));
    }
    let (lake, seen) = (context.folder.path("lake"), context.folder.path("seen"));
    let files = context.store.event_files().await?.into_iter().map(|file| (lake.join(file.path), file.bytes));
    let runs = context.store.seen_runs().await?.into_iter().map(|run| (seen.join(run.path), run.bytes));
    problems.extend(files.chain(runs).filter_map(|(path, bytes)| wrong_file(&path, bytes)));
    if applied == rolled && problems.is_empty() {
        problems.extend(sample(context).await?);
    }
    for campaign in context.store.campaigns().await? {
        let counts = context.store.message_counts(campaign.run_id()).await?;
        let waiting = counts.get("reserved").copied().unwrap_or(0);
        let complete = matches!(campaign.state, bellwether_domain::CampaignState::Completed { .. });
        if complete && waiting > 0 {
            problems
                .push(format!("campaign `{}` is completed but {waiting} messages are still reserved", campaign.slug));
        }
    }
    Ok(problems)
}
