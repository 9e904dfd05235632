//! The configuration in force: defaults, then a file, then the environment, then flags.
//!
//! A key `listen` of section `server` is `listen` under `[server]` in the file, `BELLWETHER_SERVER_LISTEN` in the
//! environment and `--set server.listen=…` on the command line.

mod layers;
mod sections;

pub use layers::{Layers, Origin};
pub use sections::{Config, LogFormat, MailServiceName, SmtpSection, TlsMode, Track};
