//! `bellwether import`: files by a mapping.

use crate::{
    cli::ImportOptions,
    config::Config,
    context::Context,
    experiment,
    import::{self as road, Road},
    progress::{Stages, thousands},
    query::{self, Processing},
};
use anyhow::{Context as _, Result, bail};
use bellwether_collect::{DryRun, ExperimentMapping, Mapping, RowMapping, files_of};
use bellwether_imports::{PREVIEW_ROWS, rows};
use std::{
    io::Write,
    path::{Path, PathBuf},
};

/// Imports what the mapping describes.
pub async fn import(config: Config, options: ImportOptions) -> Result<()> {
    let text = std::fs::read_to_string(&options.mapping)
        .with_context(|| format!("cannot read the mapping {}", options.mapping.display()))?;
    let mapping = Mapping::parse(&options.mapping.display().to_string(), &text)?;
    if options.files.is_empty() {
        return match mapping.rows().filter(|rows| rows.query().is_some()) {
            Some(rows) if options.dry_run => query_dry_run(rows).await,
            Some(rows) => query(config, rows).await,
            None => bail!("name the files to import, or add a [query] to the mapping (see docs/import.md)"),
        };
    }
    match (&mapping, mapping.rows()) {
        (_, Some(rows)) if options.dry_run => all_files(&options)?.iter().try_for_each(|file| dry_run(file, rows)),
        (_, Some(rows)) => files(config, &options, rows).await,
        (Mapping::Experiment(mapping), _) if !options.dry_run => finished_experiment(config, &options, mapping).await,
        _ => bail!("--dry-run shows orders and events; an experiment is read in one go"),
    }
}

/// Prints a draft of a mapping for a file.
pub fn guess(file: &Path) -> Result<()> {
    let draft = rows::guess(file)?;
    Ok(std::io::stdout().write_all(draft.as_bytes())?)
}

/// The files that were named, and those in folders that were named.
fn all_files(options: &ImportOptions) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in &options.files {
        files.append(&mut files_of(path)?);
    }
    Ok(files)
}

fn dry_run(file: &Path, mapping: RowMapping<'_>) -> Result<()> {
    show(&file.display().to_string(), rows::open(file, mapping)?.dry_run(PREVIEW_ROWS)?)
}

async fn query_dry_run(mapping: RowMapping<'_>) -> Result<()> {
    match query::dry_run(mapping, PREVIEW_ROWS).await? {
        Some(shown) => show(&format!("query of {}", mapping.source()), shown),
        None => {
            println!("the query of {} has no rows behind its start", mapping.source());
            Ok(())
        }
    }
}

fn show(name: &str, shown: DryRun) -> Result<()> {
    let times = if shown.time_format.is_empty() { String::new() } else { format!(", times as {}", shown.time_format) };
    println!("{name}: {} rows read{times}", shown.rows);
    for row in shown.before {
        let values: Vec<String> = row.values.iter().map(|(name, value)| format!("{name}={value}")).collect();
        println!("line {}: {}", row.line, values.join(" "));
    }
    for event in shown.events {
        println!("{}", serde_json::to_string_pretty(&event)?);
    }
    for reject in shown.rejects {
        println!("line {}: {}", reject.origin.line.unwrap_or(0), reject.detail);
    }
    Ok(())
}

async fn files(config: Config, options: &ImportOptions, mapping: RowMapping<'_>) -> Result<()> {
    let context = Context::open(config).await?;
    let files = all_files(options)?;
    let mut stages = Stages::new(files.len());
    for file in &files {
        let stage = stages.start("Import");
        let mut road = Road::open(&context, mapping).await?;
        let imported = road.import(file, mapping, |now| stage.count(now.rows, "rows")).await?;
        let rate = stage.rate(imported.record.rows);
        stage.done(road::sentence(&imported, rate));
        road::warn_of_rejects(&imported.record);
    }
    println!("`bellwether refresh` brings segments and recommendations up to date.");
    Ok(())
}

async fn query(config: Config, mapping: RowMapping<'_>) -> Result<()> {
    let context = Context::open(config).await?;
    let stage = Stages::new(1).start("Import");
    let mut road = Road::open(&context, mapping).await?;
    let ran = query::run(&context, mapping, Processing::Road(&mut road), |rows| stage.count(rows, "rows")).await?;
    stage.done(format!(
        "{}: {} new rows → {} events, {} rows in quarantine",
        ran.record.file,
        thousands(ran.rows),
        thousands(ran.events),
        thousands(ran.rejected)
    ));
    if ran.rejected > 0 {
        road::warn_of_rejects(&ran.record);
    }
    println!("`bellwether refresh` brings segments and recommendations up to date.");
    Ok(())
}

async fn finished_experiment(config: Config, options: &ImportOptions, mapping: &ExperimentMapping) -> Result<()> {
    let context = Context::open(config).await?;
    let imported = experiment::import(&context.store, &options.files, mapping).await?;
    println!("{}: {} rows", imported.definition.name.en, thousands(imported.record.rows));
    println!("{}", imported.analysis.verdict.sentence().en);
    if let Some(warning) = imported.warning {
        eprintln!("{warning}");
    }
    println!("`bellwether report` and the console show the rest.");
    Ok(())
}
