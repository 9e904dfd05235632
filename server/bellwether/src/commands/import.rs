//! `bellwether import`: files, objects and rows of queries by a mapping.

use super::source::say;
use crate::{
    cli::ImportOptions,
    config::Config,
    context::Context,
    experiment,
    import::{self as road, Imported, Road},
    objects::{self, Found, Progress},
    progress::{Stage, Stages, megabytes, thousands},
    query::{self, Processing},
};
use anyhow::{Context as _, Result, bail};
use bellwether_collect::{DryRun, ExperimentMapping, Mapping, RowMapping, files_of};
use bellwether_imports::{PREVIEW_ROWS, rows};
use bellwether_objects::{Address, Bucket, Object};
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
        (_, Some(rows)) if options.dry_run => {
            for named in all_named(&config, &options).await? {
                dry_run(&named, rows).await?;
            }
            Ok(())
        }
        (_, Some(rows)) => all(config, &options, rows).await,
        (Mapping::Experiment(_), _) if options.files.iter().any(|path| address(path).is_some()) => {
            bail!("an experiment is read from files; fetch the object first")
        }
        (Mapping::Experiment(mapping), _) if !options.dry_run => finished_experiment(config, &options, mapping).await,
        _ => bail!("--dry-run shows orders and events; an experiment is read in one go"),
    }
}

/// Prints a draft of a mapping for a file.
pub fn guess(file: &Path) -> Result<()> {
    let draft = rows::guess(file)?;
    Ok(std::io::stdout().write_all(draft.as_bytes())?)
}

/// What was named on the command line.
enum Named {
    /// A file, or one in a folder.
    File(PathBuf),
    /// What an address stands for.
    Objects(Found),
}

fn address(path: &Path) -> Option<&str> {
    path.to_str().filter(|text| Address::is_meant(text))
}

/// The files that were named, those in folders that were named, and what addresses stand for.
async fn all_named(config: &Config, options: &ImportOptions) -> Result<Vec<Named>> {
    let mut named = Vec::new();
    for path in &options.files {
        match address(path) {
            Some(address) => named.push(Named::Objects(objects::find(&config.s3, address).await?)),
            None => named.extend(files_of(path)?.into_iter().map(Named::File)),
        }
    }
    Ok(named)
}

async fn dry_run(named: &Named, mapping: RowMapping<'_>) -> Result<()> {
    match named {
        Named::File(file) => show(&file.display().to_string(), rows::open(file, mapping)?.dry_run(PREVIEW_ROWS)?),
        Named::Objects(found) => objects_dry_run(found, mapping).await,
    }
}

/// Shows the first object only: the others would have to be fetched too.
async fn objects_dry_run(found: &Found, mapping: RowMapping<'_>) -> Result<()> {
    let Found { bucket, objects, passed_over } = found;
    let Some(first) = objects.first() else { return Ok(()) };
    let shown = objects::dry_run(bucket, first, mapping, PREVIEW_ROWS).await?;
    show(&bucket.address(&first.key).to_string(), shown)?;
    let bytes: u64 = objects.iter().map(|object| object.size).sum();
    if objects.len() > 1 {
        say(&format!("the first of {} objects, {} in all", objects.len(), megabytes(bytes)))?;
    }
    tell_passed_over(*passed_over);
    Ok(())
}

fn tell_passed_over(objects: usize) {
    if objects > 0 {
        eprintln!("{objects} objects do not look like files of rows and are passed over");
    }
}

async fn query_dry_run(mapping: RowMapping<'_>) -> Result<()> {
    match query::dry_run(mapping, PREVIEW_ROWS).await? {
        Some(shown) => show(&format!("query of {}", mapping.source()), shown),
        None => say(&format!("the query of {} has no rows behind its start", mapping.source())),
    }
}

fn show(name: &str, shown: DryRun) -> Result<()> {
    let times = if shown.time_format.is_empty() { String::new() } else { format!(", times as {}", shown.time_format) };
    say(&format!("{name}: {} rows read{times}", shown.rows))?;
    for row in shown.before {
        let values: Vec<String> = row.values.iter().map(|(name, value)| format!("{name}={value}")).collect();
        say(&format!("line {}: {}", row.line, values.join(" ")))?;
    }
    for event in shown.events {
        say(&serde_json::to_string_pretty(&event)?)?;
    }
    for reject in shown.rejects {
        say(&place_and(&reject.detail, reject.origin.line))?;
    }
    Ok(())
}

/// Most details say the line themselves.
fn place_and(detail: &str, line: Option<u64>) -> String {
    match line {
        Some(line) if !detail.starts_with(&format!("line {line}")) => format!("line {line}: {detail}"),
        _ => detail.to_owned(),
    }
}

async fn all(config: Config, options: &ImportOptions, mapping: RowMapping<'_>) -> Result<()> {
    let context = Context::open(config).await?;
    let named = all_named(&context.config, options).await?;
    let count = |named: &Named| if let Named::Objects(found) = named { found.objects.len() } else { 1 };
    let mut stages = Stages::new(named.iter().map(count).sum());
    for named in &named {
        match named {
            Named::File(path) => file(&context, path, mapping, stages.start("Import")).await?,
            Named::Objects(Found { bucket, objects, passed_over }) => {
                tell_passed_over(*passed_over);
                for one in objects {
                    object(&context, bucket, one, mapping, stages.start("Import")).await?;
                }
            }
        }
    }
    println!("`bellwether refresh` brings segments and recommendations up to date.");
    Ok(())
}

async fn file(context: &Context, path: &Path, mapping: RowMapping<'_>, stage: Stage) -> Result<()> {
    let mut road = Road::open(context, mapping).await?;
    let imported = road.import(path, mapping, |now| stage.count(now.rows, "rows")).await?;
    let rate = stage.rate(imported.record.rows);
    stage.done(road::sentence(&imported, rate));
    road::warn_of_rejects(&imported.record);
    Ok(())
}

async fn object(
    context: &Context,
    bucket: &Bucket,
    object: &Object,
    mapping: RowMapping<'_>,
    stage: Stage,
) -> Result<()> {
    let mut road = Road::open(context, mapping).await?;
    let tell = |progress| match progress {
        Progress::Fetched(bytes, of) => stage.say(format!("{} of {} fetched", megabytes(bytes), megabytes(of))),
        Progress::Rows(rows) => stage.count(rows, "rows"),
    };
    let imported: Imported = objects::import(context, &mut road, bucket, object, mapping, tell).await?;
    let rate = stage.rate(imported.record.rows);
    let name = format!("{} ({})", bucket.address(&object.key), megabytes(object.size));
    stage.done(road::sentence_of(&name, &imported, rate));
    road::warn_of_rejects(&imported.record);
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
