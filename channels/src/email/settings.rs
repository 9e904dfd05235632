//! How to reach a mail server.

use serde::{Deserialize, Serialize, Serializer};
use std::{fmt, time::Duration};

/// A text that is used and never shown: not by `Debug`, not in a log, not in printed settings.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// Hides `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(hidden)")
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("(hidden)")
    }
}

/// How the connection is protected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsMode {
    /// Not at all. For a server on the same machine only.
    None,
    /// Begins in the clear and must be upgraded before anything else is said; a server that cannot is refused.
    #[default]
    Starttls,
    /// Encrypted from the first byte.
    Tls,
}

impl TlsMode {
    /// The port that servers of this kind listen on.
    pub const fn usual_port(self) -> u16 {
        match self {
            Self::None => 25,
            Self::Starttls => 587,
            Self::Tls => 465,
        }
    }
}

/// How to reach a mail server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpSettings {
    /// Its name; the certificate must be for this name.
    pub host: String,
    /// Its port; the usual one of the TLS mode when absent.
    #[serde(default)]
    pub port: Option<u16>,
    /// How the connection is protected.
    #[serde(default)]
    pub tls: TlsMode,
    /// For servers that want to know who sends.
    #[serde(default)]
    pub username: Option<String>,
    /// Goes with the user name.
    #[serde(default)]
    pub password: Option<Secret>,
    /// What we call ourselves; `[127.0.0.1]` when absent.
    #[serde(default)]
    pub hello_name: Option<String>,
    /// Seconds that one step (connect, one command, one message) may take.
    #[serde(default = "default_timeout_seconds")]
    pub timeout_seconds: u64,
    /// Connections at once.
    #[serde(default = "default_connections")]
    pub connections: usize,
}

const fn default_timeout_seconds() -> u64 {
    30
}

const fn default_connections() -> usize {
    4
}

impl SmtpSettings {
    /// A server by its name, everything else as usual.
    pub fn new(host: impl Into<String>) -> Self {
        Self {
            host: host.into(),
            port: None,
            tls: TlsMode::default(),
            username: None,
            password: None,
            hello_name: None,
            timeout_seconds: default_timeout_seconds(),
            connections: default_connections(),
        }
    }

    /// The port that is used.
    pub fn effective_port(&self) -> u16 {
        self.port.unwrap_or(self.tls.usual_port())
    }

    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds.max(1))
    }
}
