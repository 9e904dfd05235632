//! `bellwether campaign`: add campaigns, list them, run one.

use super::timezone;
use crate::{
    cli::{AddOptions, CampaignCommand},
    config::Config,
    context::Context,
    engage,
};
use anyhow::{Context as _, Result, bail};
use bellwether_domain::Campaign;
use bellwether_engage::{CampaignTemplate, ContentRenderer, UnsubscribeKey, read_campaigns, retail_campaigns};

/// Does what was asked.
pub async fn campaign(config: Config, command: CampaignCommand) -> Result<()> {
    let context = Context::open_existing(config).await?;
    match command {
        CampaignCommand::List => list(&context).await,
        CampaignCommand::Add(options) => {
            let templates = templates(&context, &options)?;
            for template in &templates {
                let is_new = add(&context, template).await?;
                let word = if is_new { "added" } else { "exists, and stays as it is" };
                println!("{:32} {word}", template.slug);
            }
            println!("`bellwether campaign run NAME` sends one.");
            Ok(())
        }
        CampaignCommand::Run { slug } => {
            let zone = timezone(&context.config)?;
            let report = engage::run(&context, zone, &slug, &|now| tracing::debug!(?now, "campaign")).await?;
            println!("{}", super::demo::words::sent(&[report]));
            Ok(())
        }
    }
}

fn templates(context: &Context, options: &AddOptions) -> Result<Vec<CampaignTemplate>> {
    let Some(folder) = &options.folder else { return pack(context) };
    let templates = read_campaigns(folder)?;
    if templates.is_empty() {
        bail!(
            "there is no campaign in {}: a campaign is NAME.toml, NAME.en.mjml and NAME.zh-CN.mjml",
            folder.display()
        );
    }
    Ok(templates)
}

/// The campaigns that come with the program, for the channel of this installation.
pub(super) fn pack(context: &Context) -> Result<Vec<CampaignTemplate>> {
    let channel = &context.config.engage.channel;
    Ok(retail_campaigns()?.into_iter().map(|found| CampaignTemplate { channel: channel.clone(), ..found }).collect())
}

/// Adds a campaign as a draft; says whether it is new. One that exists stays as it is, edited or not.
pub(super) async fn add(context: &Context, template: &CampaignTemplate) -> Result<bool> {
    if context.store.campaign_by_slug(&template.slug).await?.is_some() {
        return Ok(false);
    }
    let segment = context.store.segment_by_slug(&template.segment).await?.with_context(|| {
        format!(
            "campaign `{}` is for segment `{}`, which does not exist; `bellwether refresh` makes segments from what was imported",
            template.slug, template.segment
        )
    })?;
    let campaign = template.campaign(segment.id);
    let content = engage::content_settings(context, timezone(&context.config)?)?;
    ContentRenderer::new(&campaign, content, UnsubscribeKey::from_secret(&context.secret()?))
        .with_context(|| format!("campaign `{}`", template.slug))?;
    context.store.put_campaign(&campaign).await?;
    Ok(true)
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
