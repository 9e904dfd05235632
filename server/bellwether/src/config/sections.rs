//! The sections of the configuration, each with its defaults. `bellwether config` prints these docs' subject: what is
//! in force and where it came from.

use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, net::SocketAddr, path::PathBuf};

/// Everything that can be configured.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where state lives.
    pub data: DataSection,
    /// The HTTP server.
    pub server: ServerSection,
    /// What arrives.
    pub events: EventsSection,
    /// Files that are given to the running server.
    pub imports: ImportsSection,
    /// The event files.
    pub lake: LakeSection,
    /// How long events are kept.
    pub retention: RetentionSection,
    /// The shop that this installation serves.
    pub shop: ShopSection,
    /// Campaigns.
    pub engage: EngageSection,
    /// The mail server, for campaigns of channel `smtp`.
    pub smtp: SmtpSection,
    /// How people came.
    pub acquisition: AcquisitionSection,
    /// The object store that is imported from.
    pub s3: S3Section,
    /// Logs.
    pub log: LogSection,
    /// Whether somebody said what the shop's currency is; otherwise it is that of the first import.
    #[serde(skip)]
    pub currency_is_set: bool,
}

/// Where state lives.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DataSection {
    /// The data folder.
    pub dir: PathBuf,
    /// `postgres://…` to keep the Store in PostgreSQL; empty for SQLite in the data folder.
    pub database_url: Secret,
}

/// The HTTP server.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ServerSection {
    /// Address and port. Anything but loopback needs `admin_password`.
    pub listen: SocketAddr,
    /// The administrator's password; empty means that the console is open to whoever can reach loopback.
    pub admin_password: Secret,
    /// The address that people reach this server by, for links in messages.
    pub public_url: String,
}

/// What arrives.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EventsSection {
    /// For how many days an event that comes again over HTTP, by its source and `messageId`, is known and not counted twice.
    /// What came from a file is known for ever.
    pub deduplicate_days: u16,
}

/// Files that are given to the running server.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ImportsSection {
    /// The largest file that the console takes, in megabytes (1,000,000 bytes). The command line has no limit.
    pub max_upload_mb: u64,
    /// For how many days a file is kept that nobody imports, and what is known of one that was imported.
    pub keep_days: u16,
}

/// The event files.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LakeSection {
    /// Seconds that events wait for others before they get a file, where few come. Until then they are in the inbox, and the
    /// timeline shows them.
    pub seconds_until_file: u64,
}

/// How long events are kept in the event files; see docs/retention.md.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionSection {
    /// How often a server looks for events past their time, in minutes; and how long the machine's clock must have gone evenly
    /// before it removes any.
    pub every_minutes: u16,
    /// Days, for events that have no number of their own; 0 for ever.
    pub default_days: Days,
    /// Days by the event's name, `{ "Page Viewed" = 90, "Order Completed" = 0 }`; 0 for ever.
    pub events: BTreeMap<String, Days>,
}

impl Default for RetentionSection {
    fn default() -> Self {
        Self { every_minutes: 60, default_days: Days::default(), events: BTreeMap::new() }
    }
}

/// A number of days; 0 stands for all time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "i64")]
pub struct Days(pub u16);

impl TryFrom<i64> for Days {
    type Error = String;

    fn try_from(days: i64) -> Result<Self, String> {
        const MOST: u16 = 36_500;
        let valid = u16::try_from(days).ok().filter(|days| *days <= MOST);
        valid.map(Self).ok_or_else(|| format!("{days} is no number of days from 0 (for ever) to {MOST}"))
    }
}

/// The shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ShopSection {
    /// What it is called in messages and in the console.
    pub name: String,
    /// ISO 4217; where nobody sets it, that of the first import.
    pub currency: String,
    /// IANA time zone of its days.
    pub timezone: String,
}

/// Campaigns.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EngageSection {
    /// The sender of e-mails: `Name <address>`.
    pub from: String,
    /// Which channel carries campaigns: `outbox` (a folder of .eml files) or `smtp`.
    pub channel: String,
    /// Where the buttons in messages lead.
    pub shop_url: String,
    /// An item's page, with `{product}` where its number goes; empty where items have no pages.
    pub product_url: String,
    /// The postal address that the law of many countries wants at the end of advertising.
    pub postal_address: String,
    /// Whether it is counted who opens messages and follows their links: `auto` (where `server.public_url` leads to more than this
    /// machine), `on` or `off`. A campaign can say no for itself.
    pub track: Track,
}

/// Whether opens and clicks are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Track {
    /// Where others than this machine can follow the links.
    #[default]
    Auto,
    /// Always.
    On,
    /// Never.
    Off,
}

/// The mail service behind the mail server.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailServiceName {
    /// None, or another one.
    #[default]
    None,
    /// Amazon SES.
    Ses,
    /// SendGrid.
    Sendgrid,
    /// Mailgun.
    Mailgun,
    /// Postmark.
    Postmark,
}

/// The mail server.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SmtpSection {
    /// Host name; empty while there is none.
    pub host: String,
    /// Port; 0 for the usual one of `tls`: 587, 465 or 25.
    pub port: u16,
    /// `none`, `starttls` or `tls`.
    pub tls: TlsMode,
    /// User name; empty without authentication.
    pub username: String,
    /// Password.
    pub password: Secret,
    /// What we call ourselves; empty for `[127.0.0.1]`.
    pub hello_name: String,
    /// Seconds that one step (connect, one command, one message) may take.
    pub timeout_seconds: u64,
    /// Connections at a time.
    pub connections: u32,
    /// The service behind the mail server, if it tells what becomes of messages: `none`, `ses`, `sendgrid`, `mailgun`, `postmark`.
    pub service: MailServiceName,
}

/// How the connection to the mail server is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TlsMode {
    /// Not at all; for a relay on this machine.
    None,
    /// Plain first, then STARTTLS, which is required.
    Starttls,
    /// TLS from the first byte.
    Tls,
}

/// How people came.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AcquisitionSection {
    /// A file of rules; empty for `acquisition.toml` in the data folder, or, where there is none, the rules that are shipped.
    pub rules: String,
}

/// The object store that is imported from. The variables that other tools know count too, over files and under our own.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct S3Section {
    /// `https://host[:port]`, or `http://…` for one that is not encrypted; empty for Amazon's own. `AWS_ENDPOINT_URL`.
    pub endpoint: String,
    /// Where the bucket is; empty for `us-east-1`. `AWS_REGION`.
    pub region: String,
    /// `AWS_ACCESS_KEY_ID`.
    pub access_key_id: String,
    /// `AWS_SECRET_ACCESS_KEY`.
    pub secret_access_key: Secret,
    /// For keys that are lent for a while. `AWS_SESSION_TOKEN`.
    pub session_token: Secret,
    /// Whether the bucket's name stands in front of the host's, as some stores want it.
    pub bucket_in_host: bool,
    /// Whether the bucket is open to everybody, so that no key is needed.
    pub anonymous: bool,
}

/// Logs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogSection {
    /// A filter such as `info` or `bellwether=debug,warn`.
    pub filter: String,
    /// `text` for people, or `json`: one object a line, for programs that collect logs.
    pub format: LogFormat,
}

/// How a line of the log is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// A value that is never printed.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The value, for whoever really needs it.
    pub fn reveal(&self) -> Option<&str> {
        (!self.0.is_empty()).then_some(self.0.as_str())
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "(not set)" } else { "(set)" })
    }
}

impl Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{self:?}"))
    }
}

impl Default for DataSection {
    fn default() -> Self {
        Self { dir: "bellwether-data".into(), database_url: Secret::default() }
    }
}

impl Default for ServerSection {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 4180)),
            admin_password: Secret::default(),
            public_url: "http://127.0.0.1:4180".into(),
        }
    }
}

impl Default for EventsSection {
    fn default() -> Self {
        Self { deduplicate_days: 7 }
    }
}

impl Default for ImportsSection {
    fn default() -> Self {
        Self { max_upload_mb: 8_000, keep_days: 7 }
    }
}

impl Default for LakeSection {
    fn default() -> Self {
        Self { seconds_until_file: 60 }
    }
}

impl Default for ShopSection {
    fn default() -> Self {
        Self { name: "My shop".into(), currency: "USD".into(), timezone: "UTC".into() }
    }
}

impl Default for EngageSection {
    fn default() -> Self {
        Self {
            from: "My shop <shop@example.com>".into(),
            channel: "outbox".into(),
            shop_url: "https://shop.example.com".into(),
            product_url: String::new(),
            postal_address: String::new(),
            track: Track::default(),
        }
    }
}

impl Default for SmtpSection {
    fn default() -> Self {
        Self {
            host: String::new(),
            port: 0,
            tls: TlsMode::Starttls,
            username: String::new(),
            password: Secret::default(),
            hello_name: String::new(),
            timeout_seconds: 30,
            connections: 4,
            service: MailServiceName::default(),
        }
    }
}

impl Default for LogSection {
    fn default() -> Self {
        Self { filter: "warn,bellwether=info".into(), format: LogFormat::default() }
    }
}
