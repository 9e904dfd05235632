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
use chrono_tz::Tz;
use std::net::IpAddr;

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
        content: &content_settings(&context.config, zone)?,
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
    let password = section.password.reveal().map(Secret::new);
    if username.is_some() != password.is_some() {
        bail!("smtp.username and smtp.password go together; set both, or neither for a server that asks for none");
    }
    if password.is_some() && section.tls == TlsMode::None && !is_this_machine(&section.host) {
        bail!(
            "smtp.tls = none would send the password readable over the network to {}; use starttls or tls",
            section.host
        );
    }
    Ok(SmtpSettings {
        port: Some(section.port).filter(|port| *port != 0),
        tls: match section.tls {
            TlsMode::None => ChannelTls::None,
            TlsMode::Starttls => ChannelTls::Starttls,
            TlsMode::Tls => ChannelTls::Tls,
        },
        username,
        password,
        hello_name: Some(section.hello_name.clone()).filter(|name| !name.is_empty()),
        timeout_seconds: section.timeout_seconds,
        connections: section.connections as usize,
        ..SmtpSettings::new(section.host.clone())
    })
}

fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// What every message of the shop has in common.
pub fn content_settings(config: &Config, zone: Tz) -> Result<ContentSettings> {
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
        time_zone: zone,
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

    #[track_caller]
    fn smtp(toml: &str) -> Result<SmtpSettings> {
        smtp_settings(&toml::from_str(toml).unwrap())
    }

    #[test]
    fn the_port_follows_the_protection() {
        let port = |toml: &str| smtp(toml).unwrap().effective_port();
        assert_eq!(port("host = 'mail.example'"), 587);
        assert_eq!(port("host = 'mail.example'\ntls = 'tls'"), 465);
        assert_eq!(port("host = 'mail.example'\ntls = 'none'"), 25);
        assert_eq!(port("host = 'mail.example'\ntls = 'tls'\nport = 2465"), 2465);
    }

    #[test]
    fn a_password_is_whole_and_never_readable_on_the_way() {
        let refused = |toml: &str| smtp(toml).unwrap_err().to_string();
        assert!(refused("host = 'm.example'\nusername = 'u'").contains("smtp.password"));
        assert!(refused("host = 'm.example'\npassword = 'p'").contains("smtp.username"));
        let plain = "tls = 'none'\nusername = 'u'\npassword = 'p'\n";
        assert!(refused(&format!("{plain}host = '192.168.0.7'")).contains("starttls"));
        smtp(&format!("{plain}host = '127.0.0.1'")).unwrap();
        let all = smtp(
            "host = 'm.example'\nusername = 'u'\npassword = 'p'\nhello_name = 'shop.example'\ntimeout_seconds = 5",
        );
        let all = all.unwrap();
        assert_eq!((all.hello_name.as_deref(), all.timeout_seconds), (Some("shop.example"), 5));
    }

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
