//! `bellwether import`: files by a mapping.

use crate::{
    cli::ImportOptions,
    config::Config,
    context::Context,
    experiment,
    import::{self as road, Road},
    progress::{Stages, thousands},
};
use anyhow::{Context as _, Result, bail};
use bellwether_collect::{ExperimentMapping, Importer, Mapping, OrderMapping};
use std::path::Path;

/// Rows that a dry run shows.
const DRY_RUN_ROWS: u64 = 20;

/// Imports what the mapping describes.
pub async fn import(config: Config, options: ImportOptions) -> Result<()> {
    let text = std::fs::read_to_string(&options.mapping)
        .with_context(|| format!("cannot read the mapping {}", options.mapping.display()))?;
    match Mapping::parse(&options.mapping.display().to_string(), &text)? {
        Mapping::Orders(mapping) if options.dry_run => {
            for file in &options.files {
                dry_run(file, &mapping)?;
            }
            Ok(())
        }
        Mapping::Orders(mapping) => orders(config, &options, &mapping).await,
        Mapping::Experiment(_) if options.dry_run => bail!("--dry-run shows orders; an experiment is read in one go"),
        Mapping::Experiment(mapping) => finished_experiment(config, &options, &mapping).await,
    }
}

fn dry_run(file: &Path, mapping: &OrderMapping) -> Result<()> {
    let shown = Importer::open(file, mapping)?.dry_run(DRY_RUN_ROWS)?;
    println!("{}: {} rows read, times as {}", file.display(), shown.rows, shown.time_format);
    for event in shown.events {
        println!("{}", serde_json::to_string_pretty(&event)?);
    }
    for reject in shown.rejects {
        println!("line {}: {}", reject.origin.line.unwrap_or(0), reject.detail);
    }
    Ok(())
}

async fn orders(config: Config, options: &ImportOptions, mapping: &OrderMapping) -> Result<()> {
    let context = Context::open(config).await?;
    let mut stages = Stages::new(options.files.len());
    for file in &options.files {
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
