//! `bellwether demo`: the whole way on bundled real data.
//!
//! Works in a data folder of its own. Can be stopped anywhere and run again: what is done is not done twice.

pub(super) mod words;

use super::{campaign, refresh, serve, source, timezone};
use crate::{
    cli::DemoOptions,
    config::Config,
    context::Context,
    experiment,
    import::{self, Road},
    progress::Stages,
    report,
};
use anyhow::{Result, bail};
use bellwether_collect::{ExperimentMapping, OrderMapping};
use bellwether_domain::Language;
use bellwether_engage::RunProgress;
use std::{
    path::{Path, PathBuf},
    time::Instant,
};

/// Runs all stages, then serves.
pub async fn demo(config: Config, options: DemoOptions) -> Result<()> {
    let examples = Examples::find(&options.examples)?;
    let config = demo_settings(config);
    let context = Context::open(config).await?;
    keep_settings(&context)?;
    let started = Instant::now();
    eprintln!("Bellwether demo: a year of a real gift shop. Data folder: {}", context.folder.root().display());
    run(&context, &examples).await?;
    source::add_demonstration(&context).await?;
    eprintln!("Done in {:.1} s.", started.elapsed().as_secs_f64());
    if options.no_serve { Ok(()) } else { serve::run(context).await }
}

async fn run(context: &Context, examples: &Examples) -> Result<()> {
    let mut stages = Stages::new(9);
    collect(context, examples, &mut stages).await?;
    let known = refresh::clean_and_profile(context, &mut stages).await?;
    let found = refresh::understand(context, &known, &mut stages).await?;
    define_campaigns(context).await?;
    engage(context, &mut stages).await?;
    refresh::look_back(context, &known.past, &found, &mut stages).await?;
    evaluate(context, examples, &mut stages).await?;
    write_report(context, &mut stages).await
}

async fn collect(context: &Context, examples: &Examples, stages: &mut Stages) -> Result<()> {
    let stage = stages.start("Collect");
    let text = std::fs::read_to_string(&examples.mapping)?;
    let mapping = OrderMapping::parse(&examples.mapping.display().to_string(), &text)?;
    let mut road = Road::open(context, &mapping).await?;
    let imported = road.import(&examples.orders, &mapping, |now| stage.count(now.rows, "rows")).await?;
    let rate = stage.rate(imported.record.rows);
    stage.done(import::sentence(&imported, rate));
    Ok(())
}

/// One campaign per segment that the pack knows. One that exists stays as it is, edited or not.
async fn define_campaigns(context: &Context) -> Result<()> {
    for template in campaign::pack(context)? {
        campaign::add(context, &template).await?;
    }
    Ok(())
}

async fn engage(context: &Context, stages: &mut Stages) -> Result<()> {
    let stage = stages.start("Engage");
    let zone = timezone(&context.config)?;
    let mut reports = Vec::new();
    for found in context.store.campaigns().await? {
        stage.say(found.name.get(Language::English));
        let progress = |now: RunProgress| stage.count(now.done, "people");
        reports.push(crate::engage::run(context, zone, &found.slug, &progress).await?);
    }
    stage.done(words::sent(&reports));
    Ok(())
}

async fn evaluate(context: &Context, examples: &Examples, stages: &mut Stages) -> Result<()> {
    let stage = stages.start("Evaluate");
    let text = std::fs::read_to_string(&examples.experiment)?;
    let mapping = ExperimentMapping::parse(&examples.experiment.display().to_string(), &text)?;
    let files = mapping.files_in(examples.experiment.parent().unwrap_or(Path::new(".")));
    let imported = experiment::import(&context.store, &files, &mapping).await?;
    stage.done(format!("{}: {}", imported.definition.name.en, imported.analysis.verdict.sentence().en));
    Ok(())
}

async fn write_report(context: &Context, stages: &mut Stages) -> Result<()> {
    let stage = stages.start("Report");
    let data = report::gather(context).await?;
    let path = context.folder.path("report.html");
    std::fs::write(&path, report::page(&data, Language::English))?;
    std::fs::write(context.folder.path("report.zh-CN.html"), report::page(&data, Language::Chinese))?;
    stage.done(format!("{}", path.display()));
    Ok(())
}

/// Where the bundled files are.
struct Examples {
    orders: PathBuf,
    mapping: PathBuf,
    experiment: PathBuf,
}

impl Examples {
    fn find(folder: &Path) -> Result<Self> {
        let examples = Self {
            orders: folder.join("retail/online_retail.csv.zst"),
            mapping: folder.join("retail/mapping.toml"),
            experiment: folder.join("open_bandit/mapping.toml"),
        };
        for path in [&examples.orders, &examples.mapping, &examples.experiment] {
            if !path.exists() {
                bail!(
                    "the demo's file {} is missing; run it from the project's folder, or say --examples FOLDER",
                    path.display()
                );
            }
        }
        Ok(examples)
    }
}

/// The demo is about a certain shop; what somebody set on purpose stays.
fn demo_settings(mut config: Config) -> Config {
    let defaults = Config::default();
    if config.shop.name == defaults.shop.name {
        config.shop.name = "Online Retail".into();
    }
    if !config.currency_is_set {
        (config.shop.currency, config.currency_is_set) = ("GBP".into(), true);
    }
    if config.shop.timezone == defaults.shop.timezone {
        config.shop.timezone = "Europe/London".into();
    }
    if config.engage.from == defaults.engage.from {
        config.engage.from = "Online Retail <shop@example.com>".into();
    }
    config
}

/// Writes the shop's settings into its folder, so that every later command knows them.
fn keep_settings(context: &Context) -> Result<()> {
    context.keep_settings("shop", toml::Table::try_from(&context.config.shop)?)?;
    context.keep_settings(
        "engage",
        toml::Table::from_iter([("from".to_owned(), context.config.engage.from.clone().into())]),
    )
}
