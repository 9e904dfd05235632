//! `bellwether campaign`: list campaigns, run one.

use super::timezone;
use crate::{cli::CampaignCommand, config::Config, context::Context, engage};
use anyhow::Result;
use bellwether_domain::Campaign;

/// Does what was asked.
pub async fn campaign(config: Config, command: CampaignCommand) -> Result<()> {
    let context = Context::open_existing(config).await?;
    match command {
        CampaignCommand::List => list(&context).await,
        CampaignCommand::Run { slug } => {
            let zone = timezone(&context.config)?;
            let report = engage::run(&context, zone, &slug, &|now| tracing::debug!(?now, "campaign")).await?;
            println!("{}", super::demo::words::sent(&[report]));
            Ok(())
        }
    }
}

async fn list(context: &Context) -> Result<()> {
    for campaign in context.store.campaigns().await? {
        let counts = context.store.message_counts(campaign.run_id()).await?;
        let counts: Vec<String> = counts.iter().map(|(state, messages)| format!("{messages} {state}")).collect();
        println!("{:24} {:10} {:40} {}", campaign.slug, campaign.state.name(), campaign.name.en, counts.join(", "));
    }
    Ok(())
}

/// Every campaign with the short name of its segment.
pub(super) async fn with_segments(context: &Context) -> Result<Vec<(Campaign, String)>> {
    let segments = context.store.segments().await?;
    let slug = |campaign: &Campaign| {
        let segment = segments.iter().find(|segment| segment.id == campaign.audience.segment);
        segment.map(|segment| segment.slug.clone()).unwrap_or_default()
    };
    let campaigns = context.store.campaigns().await?;
    Ok(campaigns.into_iter().map(|campaign| (campaign.clone(), slug(&campaign))).collect())
}
