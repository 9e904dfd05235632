//! `bellwether refresh`: segments, features and recommendations up to date with what was imported.

use super::{campaign, demo::words, timezone};
use crate::{
    config::Config,
    context::Context,
    progress::{Stages, thousands},
    refresh::{self as batch, Past, RecommendationSummary},
};
use anyhow::Result;
use bellwether_domain::ProfileFeatures;

/// Runs every batch step on what is there.
pub async fn refresh(config: Config) -> Result<()> {
    let context = Context::open_existing(config).await?;
    let mut stages = Stages::new(5);
    let known = clean_and_profile(&context, &mut stages).await?;
    let found = understand(&context, &known, &mut stages).await?;
    look_back(&context, &known.past, &found, &mut stages).await
}

/// The past and everybody's numbers.
pub(super) struct Known {
    pub past: Past,
    pub features: Vec<ProfileFeatures>,
}

/// Loads the past, judges it as a whole, computes everybody's features.
pub(super) async fn clean_and_profile(context: &Context, stages: &mut Stages) -> Result<Known> {
    let stage = stages.start("Clean");
    let past = Past::load(&context.store, &context.lake, timezone(&context.config)?).await?;
    let quality = batch::quality(&context.store, &past).await?;
    stage.done(words::cleaned(&context.store.rule_counts().await?, &quality));
    if past.in_the_future > 0 {
        eprintln!(
            "{} orders are dated in the future and count for nothing that looks back; correct their dates and import the file into a fresh data folder",
            thousands(past.in_the_future)
        );
    }
    let stage = stages.start("Profile");
    let features = bellwether_profile::features(&past.history, &past.profiles, &past.categories, past.end);
    stage.done(format!(
        "{} customers, {} of them with an order",
        thousands(past.profiles.len() as u64),
        thousands(features.len() as u64)
    ));
    Ok(Known { past, features })
}

/// Segments and recommendations.
pub(super) async fn understand(context: &Context, known: &Known, stages: &mut Stages) -> Result<RecommendationSummary> {
    let stage = stages.start("Segment");
    let segments = batch::segments(&context.store, known.features.clone(), known.past.end).await?;
    stage.done(words::segmented(&segments));
    let stage = stages.start("Recommend");
    let found = batch::recommendations(&context.store, &known.past, context.clock.now()).await?;
    stage.done(words::recommended(&found));
    Ok(found)
}

/// The backtest.
pub(super) async fn look_back(
    context: &Context,
    past: &Past,
    found: &RecommendationSummary,
    stages: &mut Stages,
) -> Result<()> {
    let stage = stages.start("Look back");
    let campaigns = campaign::with_segments(context).await?;
    let currency = &context.config.shop.currency;
    let result = batch::backtest(&context.store, past, &campaigns, found.evaluation.as_ref().ok(), currency).await?;
    stage.done(words::looked_back(&result));
    Ok(())
}
