//! From a campaign's templates and one person to a finished message: subject, body in both forms, unsubscribe link and headers.

use crate::{
    Person, Tracking, UnsubscribeKey,
    template::{BodyTemplate, Locale, Object, SubjectTemplate, TemplateError, Value, escape},
};
use bellwether_channels::{Mailbox, OutgoingMessage};
use bellwether_domain::{Campaign, Language, Message, MessageId};
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::Serialize;
use std::fmt::Write as _;

/// What every message of a shop has in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentSettings {
    /// The shop's name, as its customers know it.
    pub shop_name: String,
    /// Where the buttons lead.
    pub shop_url: String,
    /// The postal address that the law of many countries wants at the end of advertising.
    pub postal_address: Option<String>,
    /// Who the messages come from.
    pub from_name: String,
    /// `local@domain`.
    pub from_address: String,
    /// Where answers go, if not to the sender.
    pub reply_to: Option<String>,
    /// An `http(s)` address; the token is put behind it.
    pub unsubscribe_base: String,
    /// An address that takes unsubscriptions by mail, if there is one.
    pub unsubscribe_mailto: Option<String>,
    /// An item's page, with `{product}` where its number goes.
    pub product_url: Option<String>,
    /// ISO 4217.
    pub currency: String,
    /// Counts who opens messages and follows their links; `None` for nobody.
    pub tracking: Option<Tracking>,
    /// The mail service behind the channel, where it tells later what became of a message.
    pub mail_service: Option<MailService>,
    /// The zone of the shop's days: each date in a message is that day's, summer time or not.
    pub time_zone: Tz,
}

/// A mail service that tells what became of a message, by the message's id if that is sent along in a header of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailService {
    /// Amazon SES.
    Ses,
    /// SendGrid.
    Sendgrid,
    /// Mailgun, which keeps our `Message-ID`.
    Mailgun,
    /// Postmark.
    Postmark,
}

impl MailService {
    fn header(self, id: MessageId) -> Option<(String, String)> {
        let (name, value) = match self {
            Self::Ses => ("X-SES-MESSAGE-TAGS", format!("bellwether-message={id}")),
            Self::Sendgrid => ("X-SMTPAPI", format!(r#"{{"unique_args":{{"bellwether_message":"{id}"}}}}"#)),
            Self::Mailgun => return None,
            Self::Postmark => ("X-PM-Metadata-bellwether-message", id.to_string()),
        };
        Some((name.to_owned(), value))
    }
}

/// Why a campaign's content cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ContentError {
    /// A template is wrong.
    #[error("{part} in {language}: {source}")]
    Template {
        /// `subject` or `body`.
        part: &'static str,
        /// `en` or `zh-CN`.
        language: &'static str,
        /// What is wrong.
        source: TemplateError,
    },
    /// Marketing without a way out is refused.
    #[error(
        "body in {language}: there is no unsubscribe link; put <a href=\"{{{{ unsubscribe_url }}}}\"> into the template, outside of conditions"
    )]
    NoUnsubscribeLink {
        /// `en` or `zh-CN`.
        language: &'static str,
    },
    /// The subject came out empty.
    #[error("subject in {language}: it is empty for customer {user_id}")]
    EmptySubject {
        /// `en` or `zh-CN`.
        language: &'static str,
        /// For whom.
        user_id: String,
    },
    /// The unsubscribe address would be no link.
    #[error("`unsubscribe_base` is `{0}` and must be an http or https address without spaces")]
    UnsubscribeBase(String),
}

/// A message as somebody would see it, without sending it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// One line.
    pub subject: String,
    /// A whole HTML document.
    pub html: String,
    /// The same as plain text.
    pub text: String,
    /// What the MJML renderer does not like.
    pub warnings: Vec<String>,
}

/// A campaign's compiled content. Can be used from many threads at once.
#[derive(Debug)]
pub struct ContentRenderer {
    languages: [Compiled; 2],
    settings: ContentSettings,
    key: UnsubscribeKey,
    /// Only where the campaign lets it.
    tracking: Option<Tracking>,
}

#[derive(Debug)]
struct Compiled {
    code: &'static str,
    subject: SubjectTemplate,
    body: BodyTemplate,
    shared: Object,
    locale: Locale,
}

impl ContentRenderer {
    /// Compiles both languages. Refuses content that cannot be sent to anybody.
    pub fn new(campaign: &Campaign, settings: ContentSettings, key: UnsubscribeKey) -> Result<Self, ContentError> {
        let base = &settings.unsubscribe_base;
        let is_web = base.starts_with("https://") || base.starts_with("http://");
        if !is_web || !base.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b'"' | b',')) {
            return Err(ContentError::UnsubscribeBase(base.clone()));
        }
        let compile = |language| Compiled::new(campaign, &settings, language);
        let languages = [compile(Language::English)?, compile(Language::Chinese)?];
        let tracking = settings.tracking.clone().filter(|_| campaign.content.tracked);
        Ok(Self { languages, settings, key, tracking })
    }

    /// The finished message of a ledger entry. `date` is when it was reserved, so that a second rendering gives the same bytes.
    pub fn render(
        &self,
        message: &Message,
        person: &Person,
        date: DateTime<Utc>,
    ) -> Result<OutgoingMessage, ContentError> {
        let url = self.unsubscribe_url(message.id);
        let (compiled, facts) = self.facts(person, &url, date);
        let subject = compiled.subject(&facts, person)?;
        let body = compiled.body.render(&compiled.shared, &facts, &compiled.locale).map_err(|e| compiled.in_body(e))?;
        compiled.require_link(&body.html, &url)?;
        // The plain text stays as it is: an address that a reader can see should be the one that he gets to.
        let html = match &self.tracking {
            Some(tracking) => tracking.track(&body.html, message.id, &self.settings.unsubscribe_base),
            None => body.html,
        };
        Ok(OutgoingMessage {
            id: message.id,
            from: Mailbox::new(Some(&self.settings.from_name), &self.settings.from_address),
            reply_to: self.settings.reply_to.as_deref().map(|address| Mailbox::new(None, address)),
            to: Mailbox::new(person.name.as_deref().map(one_line).as_deref(), &message.address),
            subject,
            html,
            text: body.text,
            headers: self.headers(message.id, &url),
            date,
        })
    }

    /// What a person would get. The link in it leads nowhere.
    pub fn preview(&self, person: &Person, now: DateTime<Utc>) -> Result<Preview, ContentError> {
        let url = format!("{}preview", self.settings.unsubscribe_base);
        let (compiled, facts) = self.facts(person, &url, now);
        let subject = compiled.subject(&facts, person)?;
        let body = compiled.body.render(&compiled.shared, &facts, &compiled.locale).map_err(|e| compiled.in_body(e))?;
        compiled.require_link(&body.html, &url)?;
        let warnings =
            compiled.body.warnings(&compiled.shared, &facts, &compiled.locale).map_err(|e| compiled.in_body(e))?;
        Ok(Preview { subject, html: body.html, text: body.text, warnings })
    }

    /// The link that ends the messages to the receiver of this one.
    pub fn unsubscribe_url(&self, id: MessageId) -> String {
        format!("{}{}", self.settings.unsubscribe_base, self.key.token(id))
    }

    fn facts(&self, person: &Person, unsubscribe_url: &str, now: DateTime<Utc>) -> (&Compiled, Object) {
        let compiled = &self.languages[usize::from(person.language == Language::Chinese)];
        let mut facts = person.facts(now, self.settings.time_zone, |product| self.product_url(product));
        facts.insert("unsubscribe_url".into(), Value::scalar(unsubscribe_url.to_owned()));
        (compiled, facts)
    }

    fn product_url(&self, product: &str) -> Option<String> {
        Some(self.settings.product_url.as_ref()?.replace("{product}", &percent_encoded(product)))
    }

    /// RFC 2369 and RFC 8058, and what the mail service wants to know a message by: mail programs show their own unsubscribe button, which works with one click.
    fn headers(&self, id: MessageId, url: &str) -> Vec<(String, String)> {
        let mut unsubscribe = format!("<{url}>");
        if let Some(address) = &self.settings.unsubscribe_mailto {
            let _ = write!(unsubscribe, ", <mailto:{address}?subject=unsubscribe%20{}>", self.key.token(id));
        }
        let mut headers = vec![
            ("List-Unsubscribe".to_owned(), unsubscribe),
            ("List-Unsubscribe-Post".to_owned(), "List-Unsubscribe=One-Click".to_owned()),
        ];
        headers.extend(self.settings.mail_service.and_then(|service| service.header(id)));
        headers
    }
}

impl Compiled {
    fn new(campaign: &Campaign, settings: &ContentSettings, language: Language) -> Result<Self, ContentError> {
        let code = code(language);
        let body_source = campaign.content.body.get(language);
        if !body_source.contains("unsubscribe_url") {
            return Err(ContentError::NoUnsubscribeLink { language: code });
        }
        let in_part = |part| move |source| ContentError::Template { part, language: code, source };
        Ok(Self {
            code,
            subject: SubjectTemplate::compile(campaign.content.subject.get(language)).map_err(in_part("subject"))?,
            body: BodyTemplate::compile(body_source).map_err(in_part("body"))?,
            shared: shared_facts(campaign, settings, language),
            locale: Locale { language, currency: settings.currency.clone(), zone: settings.time_zone },
        })
    }

    fn subject(&self, facts: &Object, person: &Person) -> Result<String, ContentError> {
        let subject = self.subject.render(&self.shared, facts, &self.locale);
        let subject =
            subject.map_err(|source| ContentError::Template { part: "subject", language: self.code, source })?;
        if subject.is_empty() {
            return Err(ContentError::EmptySubject { language: self.code, user_id: person.user_id.clone() });
        }
        Ok(subject)
    }

    fn in_body(&self, source: TemplateError) -> ContentError {
        ContentError::Template { part: "body", language: self.code, source }
    }

    /// In what was rendered, so that no condition can hide the link from somebody.
    fn require_link(&self, html: &str, url: &str) -> Result<(), ContentError> {
        if html.contains(&format!("href=\"{}\"", escape(url))) {
            Ok(())
        } else {
            Err(ContentError::NoUnsubscribeLink { language: self.code })
        }
    }
}

fn shared_facts(campaign: &Campaign, settings: &ContentSettings, language: Language) -> Object {
    let text = |text: &str| Value::scalar(text.to_owned());
    let mut shop = Object::from_iter([
        ("name".into(), text(&settings.shop_name)),
        ("url".into(), text(&settings.shop_url)),
        ("email".into(), text(&settings.from_address)),
    ]);
    if let Some(address) = &settings.postal_address {
        shop.insert("address".into(), text(address));
    }
    let facts =
        Object::from_iter([("slug".into(), text(&campaign.slug)), ("name".into(), text(campaign.name.get(language)))]);
    Object::from_iter([
        ("shop".into(), Value::Object(shop)),
        ("campaign".into(), Value::Object(facts)),
        ("language".into(), text(code(language))),
    ])
}

pub(crate) const fn code(language: Language) -> &'static str {
    match language {
        Language::English => "en",
        Language::Chinese => "zh-CN",
    }
}

/// A name from a source may contain anything; in a header it is one line.
fn one_line(name: &str) -> String {
    name.split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn percent_encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
