//! From the configuration to what campaigns need.

use crate::{
    config::{Config, SmtpSection, TlsMode},
    context::Context,
};
use anyhow::{Context as _, Result, bail};
use bellwether_channels::{
    Channel,
    email::{Outbox, Secret, Smtp, SmtpSettings, TlsMode as ChannelTls},
};
use bellwether_domain::Campaign;
use bellwether_engage::{
    AudienceOptions, CampaignReport, CampaignRun, ContentSettings, RunOptions, RunProgress, StoreAudience,
    UnsubscribeKey, run_campaign,
};
use chrono::{DateTime, Offset, Utc};
use chrono_tz::Tz;

/// Runs a campaign to its end, or goes on with a run that was interrupted.
pub async fn run(
    context: &Context,
    zone: Tz,
    slug: &str,
    progress: &(dyn Fn(RunProgress) + Send + Sync),
) -> Result<CampaignReport> {
    let campaign = context.store.campaign_by_slug(slug).await?;
    let campaign = campaign
        .with_context(|| format!("there is no campaign `{slug}`; `bellwether campaign list` shows what there is"))?;
    let channel = channel(context, &campaign)?;
    let run = CampaignRun {
        store: &context.store,
        channel: channel.as_ref(),
        audience: &StoreAudience::new(&context.store, AudienceOptions::for_campaign(&campaign)),
        content: &content_settings(&context.config, zone, context.clock.now())?,
        unsubscribe_key: &UnsubscribeKey::from_secret(&context.secret()?),
        clock: context.clock.as_ref(),
        progress,
        options: RunOptions::default(),
    };
    run_campaign(&run, slug)
        .await
        .with_context(|| format!("campaign `{slug}` stopped; run it again to go on, nobody gets a message twice"))
}

fn channel(context: &Context, campaign: &Campaign) -> Result<Box<dyn Channel>> {
    match campaign.channel.as_str() {
        "outbox" => Ok(Box::new(Outbox::new(context.folder.path("outbox")))),
        "smtp" => Ok(Box::new(Smtp::new(smtp_settings(&context.config.smtp)?))),
        other => bail!("campaign `{}` wants channel `{other}`; there are outbox and smtp", campaign.slug),
    }
}

fn smtp_settings(section: &SmtpSection) -> Result<SmtpSettings> {
    if section.host.is_empty() {
        bail!(
            "channel smtp needs a mail server; set smtp.host (and smtp.port, smtp.tls, smtp.username, smtp.password)"
        );
    }
    let username = (!section.username.is_empty()).then(|| section.username.clone());
    Ok(SmtpSettings {
        port: Some(section.port),
        tls: match section.tls {
            TlsMode::None => ChannelTls::None,
            TlsMode::Starttls => ChannelTls::Starttls,
            TlsMode::Tls => ChannelTls::Tls,
        },
        username,
        password: section.password.reveal().map(Secret::new),
        connections: section.connections as usize,
        ..SmtpSettings::new(section.host.clone())
    })
}

/// What every message of the shop has in common.
pub fn content_settings(config: &Config, zone: Tz, now: DateTime<Utc>) -> Result<ContentSettings> {
    let (from_name, from_address) = split_sender(&config.engage.from)?;
    let public_url = config.server.public_url.trim_end_matches('/');
    Ok(ContentSettings {
        shop_name: config.shop.name.clone(),
        shop_url: config.engage.shop_url.clone(),
        postal_address: Some(config.engage.postal_address.clone()).filter(|address| !address.is_empty()),
        from_name,
        from_address,
        reply_to: None,
        unsubscribe_base: format!("{public_url}/u/"),
        unsubscribe_mailto: None,
        product_url: Some(config.engage.product_url.clone()).filter(|url| !url.is_empty()),
        currency: config.shop.currency.clone(),
        utc_offset_minutes: now.with_timezone(&zone).offset().fix().local_minus_utc() / 60,
    })
}

/// `Name <address>`.
fn split_sender(sender: &str) -> Result<(String, String)> {
    let parts = sender.trim().strip_suffix('>').and_then(|rest| rest.rsplit_once('<'));
    let (name, address) = parts.with_context(|| {
        format!("setting engage.from = `{sender}` is not a sender; write it as Name <shop@example.com>")
    })?;
    Ok((name.trim().trim_matches('"').to_owned(), address.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_has_a_name_and_an_address() {
        let check = |sender: &str, name: &str, address: &str| {
            assert_eq!(split_sender(sender).unwrap(), (name.to_owned(), address.to_owned()));
        };
        check("Online Retail <shop@example.com>", "Online Retail", "shop@example.com");
        check("\"Café, Ltd\" <a@b.example>", "Café, Ltd", "a@b.example");
        assert!(split_sender("shop@example.com").unwrap_err().to_string().contains("Name <shop@example.com>"));
    }
}
