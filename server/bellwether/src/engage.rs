//! From the configuration to what campaigns need.

use crate::{
    config::{Config, MailServiceName, SmtpSection, TlsMode, Track},
    context::Context,
    import,
};
use anyhow::{Context as _, Result, bail};
use bellwether_channels::{
    Channel,
    email::{Outbox, Secret, Smtp, SmtpSettings, TlsMode as ChannelTls},
};
use bellwether_domain::{
    Campaign, EventKind, Origin, RawEvent,
    feedback::{BOUNCE_TYPE, EMAIL_BOUNCED, OF_MESSAGE, OWN_MESSAGES, PERMANENT},
};
use bellwether_engage::{
    AudienceOptions, Bounce, Bounces, CampaignReport, CampaignRun, ContentSettings, EngageError, MailService,
    RunOptions, RunProgress, StoreAudience, Tracking, TrackingKey, UnsubscribeKey, run_campaign,
};
use bellwether_inbox::{BatchBuilder, Inbox};
use bellwether_intake::hosts::is_loopback_url;
use chrono_tz::Tz;
use serde_json::{json, value::RawValue};
use std::{net::IpAddr, sync::Arc};

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
        content: &content_settings(context, zone)?,
        unsubscribe_key: &UnsubscribeKey::from_secret(&context.secret()?),
        clock: context.clock.as_ref(),
        bounces: &InboxBounces(Arc::clone(&context.inbox)),
        progress,
        options: RunOptions::default(),
    };
    let outcome = run_campaign(&run, slug).await;
    // Also of a run that stopped: whose mailbox does not exist gets nothing more.
    import::catch_up(context).await?;
    outcome.with_context(|| format!("campaign `{slug}` stopped; run it again to go on, nobody gets a message twice"))
}

/// Takes bounces the way of all events.
struct InboxBounces(Arc<Inbox>);

impl Bounces for InboxBounces {
    fn tell<'a>(&'a self, bounces: &'a [Bounce]) -> bellwether_channels::Answer<'a, Result<(), EngageError>> {
        Box::pin(async move {
            let failed = |error: &dyn std::fmt::Display| EngageError::Bounces { detail: error.to_string() };
            let at = bounces.iter().map(|bounce| bounce.at).max().unwrap_or_default();
            let mut batch = BatchBuilder::default();
            for bounce in bounces {
                push_bounce(&mut batch, bounce).map_err(|error| failed(&error))?;
            }
            let (inbox, batch) = (Arc::clone(&self.0), batch.take());
            let appended = tokio::task::spawn_blocking(move || inbox.append(&[batch], None, at)).await;
            appended.map_err(|error| failed(&error))?.map(drop).map_err(|error| failed(&error))
        })
    }
}

/// Known by its message: who tells it twice has it counted once.
fn push_bounce(batch: &mut BatchBuilder, bounce: &Bounce) -> bellwether_inbox::Result<()> {
    let message = bounce.message.id;
    let properties = json!({ "message_id": message.to_string(), BOUNCE_TYPE: PERMANENT, "reason": bounce.reason });
    // A document of texts has a JSON whatever they are.
    let properties = RawValue::from_string(properties.to_string()).ok();
    batch.push_event(&RawEvent {
        message_id: format!("bounced-{message}").into(),
        kind: EventKind::Track,
        event: Some(EMAIL_BOUNCED.into()),
        user_id: None,
        anonymous_id: Some(format!("{OF_MESSAGE}{message}").into()),
        timestamp: bounce.at,
        utc_offset_minutes: 0,
        origin: Origin { source: OWN_MESSAGES.into(), line: None },
        order: None,
        traits: None,
        properties: properties.as_deref(),
        received_at: Some(bounce.at),
        context: None,
        name: None,
        category: None,
        group_id: None,
        previous_id: None,
    })
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
pub fn content_settings(context: &Context, zone: Tz) -> Result<ContentSettings> {
    let config = &context.config;
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
        tracking: is_tracked(config)
            .then(|| {
                let key = TrackingKey::from_secret(&context.secret()?);
                Ok::<_, anyhow::Error>(Tracking { base: public_url.to_owned(), key })
            })
            .transpose()?,
        mail_service: mail_service(config.smtp.service),
        time_zone: zone,
    })
}

/// By itself only where receivers can follow the links. On one's own machine messages would hold links that are dead as soon as
/// the server is not running, and nobody but oneself would follow them.
fn is_tracked(config: &Config) -> bool {
    match config.engage.track {
        Track::On => true,
        Track::Off => false,
        Track::Auto => {
            let url = &config.server.public_url;
            !url.is_empty() && !is_loopback_url(url)
        }
    }
}

const fn mail_service(name: MailServiceName) -> Option<MailService> {
    match name {
        MailServiceName::None => None,
        MailServiceName::Ses => Some(MailService::Ses),
        MailServiceName::Sendgrid => Some(MailService::Sendgrid),
        MailServiceName::Mailgun => Some(MailService::Mailgun),
        MailServiceName::Postmark => Some(MailService::Postmark),
    }
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
    fn messages_are_tracked_where_others_can_follow_their_links() {
        let check = |track: &str, url: &str, expected: bool| {
            let config = format!("[engage]\ntrack = '{track}'\n[server]\npublic_url = '{url}'");
            assert_eq!(is_tracked(&toml::from_str(&config).unwrap()), expected, "{config}");
        };
        check("auto", "https://bell.example", true);
        check("auto", "http://127.0.0.1:4180", false);
        check("auto", "http://localhost", false);
        check("auto", "", false);
        check("on", "http://127.0.0.1:4180", true);
        check("off", "https://bell.example", false);
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
