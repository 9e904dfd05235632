//! Layers of settings, merged key by key, each value remembering where it came from.

use super::Config;
use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};
use toml::{Table, Value};

const ENVIRONMENT_PREFIX: &str = "BELLWETHER_";
/// Variables of the tests and tools, which are no settings; and how those begin that name servers for tests.
const NOT_SETTINGS: [&str; 9] = [
    "BELLWETHER_DATA",
    "BELLWETHER_CONFIG",
    "BELLWETHER_REQUIRE_ALL",
    "BELLWETHER_BINARY",
    "BELLWETHER_URL",
    "BELLWETHER_KILLS",
    "BELLWETHER_PULLS",
    "BELLWETHER_ROUND",
    bellwether_pipeline::faults::VARIABLE,
];
const OF_TESTS: &str = "BELLWETHER_TEST_";

/// How the names of settings end whose values are not shown.
const SECRETS: [&str; 4] = ["password", "database_url", "secret_access_key", "session_token"];
/// Variables that other tools for object stores know too, the ones that count more behind the others.
const OF_OBJECT_STORES: [(&str, &str); 7] = [
    ("AWS_ENDPOINT_URL", "s3.endpoint"),
    ("AWS_ENDPOINT_URL_S3", "s3.endpoint"),
    ("AWS_DEFAULT_REGION", "s3.region"),
    ("AWS_REGION", "s3.region"),
    ("AWS_ACCESS_KEY_ID", "s3.access_key_id"),
    ("AWS_SECRET_ACCESS_KEY", "s3.secret_access_key"),
    ("AWS_SESSION_TOKEN", "s3.session_token"),
];

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Built in.
    Default,
    /// A configuration file.
    File(PathBuf),
    /// An environment variable.
    Environment(String),
    /// The command line.
    Flag,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path) => write!(f, "{}", path.display()),
            Self::Environment(name) => f.write_str(name),
            Self::Flag => f.write_str("command line"),
        }
    }
}

/// A configuration that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read the configuration file {path}: {source}")]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not TOML.
    #[error("{path} is not valid TOML: {source}")]
    Syntax {
        /// Which file.
        path: PathBuf,
        /// Where and why.
        source: toml::de::Error,
    },
    /// A setting that does not exist.
    #[error(
        "there is no setting `{key}` (from {origin}); did you mean `{nearest}`? `bellwether config` lists them all"
    )]
    UnknownKey {
        /// What was given.
        key: String,
        /// From where.
        origin: Origin,
        /// The most similar one that exists.
        nearest: String,
    },
    /// A value that does not fit.
    #[error("setting {key} = {value} (from {origin}) cannot be used: {reason}")]
    BadValue {
        /// Which setting.
        key: String,
        /// What was given.
        value: String,
        /// From where.
        origin: Origin,
        /// Why not.
        reason: String,
    },
}

/// Settings by `section.key`, later layers over earlier ones.
#[derive(Debug)]
pub struct Layers {
    values: BTreeMap<String, (Value, Origin)>,
}

impl Layers {
    /// The built-in defaults.
    pub fn defaults() -> Self {
        let table = Table::try_from(Config::default()).unwrap_or_default();
        let mut values = BTreeMap::new();
        for (section, content) in table {
            for (key, value) in content.as_table().into_iter().flatten() {
                // Secrets print as a placeholder; their default is empty.
                let value =
                    if value.as_str() == Some("(not set)") { Value::String(String::new()) } else { value.clone() };
                values.insert(format!("{section}.{key}"), (value, Origin::Default));
            }
        }
        Self { values }
    }

    /// Adds a TOML file.
    pub fn file(mut self, path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.into(), source })?;
        let table: Table = text.parse().map_err(|source| ConfigError::Syntax { path: path.into(), source })?;
        for (section, content) in table {
            let origin = Origin::File(path.into());
            match content {
                Value::Table(content) => {
                    for (key, value) in content {
                        self.set(&format!("{section}.{key}"), value, origin.clone())?;
                    }
                }
                value => self.set(&section, value, origin)?,
            }
        }
        Ok(self)
    }

    /// Adds environment variables, `BELLWETHER_SECTION_KEY`, and under them those of object stores.
    pub fn environment(mut self, variables: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        let variables: BTreeMap<String, String> = variables.collect();
        for (name, key) in OF_OBJECT_STORES {
            if let Some(value) = variables.get(name).filter(|value| !value.is_empty()) {
                self.set(key, Value::String(value.clone()), Origin::Environment(name.to_owned()))?;
            }
        }
        for (name, value) in variables {
            let Some(rest) = name.strip_prefix(ENVIRONMENT_PREFIX) else { continue };
            if NOT_SETTINGS.contains(&name.as_str()) || name.starts_with(OF_TESTS) {
                continue;
            }
            let key = rest.to_lowercase().replacen('_', ".", 1);
            self.set(&key, Value::String(value), Origin::Environment(name))?;
        }
        Ok(self)
    }

    /// Adds a flag.
    pub fn flag(mut self, key: &str, value: &str) -> Result<Self, ConfigError> {
        self.set(key, Value::String(value.to_owned()), Origin::Flag)?;
        Ok(self)
    }

    /// Checks every value and gives the typed configuration.
    pub fn resolve(&self) -> Result<Config, ConfigError> {
        let mut table = Table::new();
        for (key, (value, origin)) in &self.values {
            let (section, name) = key.split_once('.').unwrap_or((key, ""));
            let mut alone = Table::new();
            alone.insert(section.to_owned(), Value::Table(Table::from_iter([(name.to_owned(), value.clone())])));
            if let Err(error) = alone.try_into::<Config>() {
                return Err(ConfigError::BadValue {
                    key: key.clone(),
                    value: value.to_string(),
                    origin: origin.clone(),
                    reason: error.message().to_owned(),
                });
            }
            if let Value::Table(content) = table.entry(section).or_insert_with(|| Value::Table(Table::new())) {
                content.insert(name.to_owned(), value.clone());
            }
        }
        let config: Config = table.try_into().map_err(|error: toml::de::Error| ConfigError::BadValue {
            key: "configuration".into(),
            value: String::new(),
            origin: Origin::Default,
            reason: error.message().to_owned(),
        })?;
        let currency_is_set = self.values.get("shop.currency").is_some_and(|(_, origin)| *origin != Origin::Default);
        Ok(Config { currency_is_set, ..config })
    }

    /// Every setting with its origin, for people; secrets are not shown.
    pub fn explain(&self) -> Vec<(String, String, Origin)> {
        let secret = |key: &str| SECRETS.iter().any(|ending| key.ends_with(ending));
        self.values
            .iter()
            .map(|(key, (value, origin))| {
                let shown = match value.as_str() {
                    Some("") if secret(key) => "(not set)".to_owned(),
                    _ if secret(key) => "(set)".to_owned(),
                    _ => value.to_string(),
                };
                (key.clone(), shown, origin.clone())
            })
            .collect()
    }

    fn set(&mut self, key: &str, value: Value, origin: Origin) -> Result<(), ConfigError> {
        let Some((known, _)) = self.values.get(key) else {
            return Err(ConfigError::UnknownKey { key: key.to_owned(), origin, nearest: self.nearest(key) });
        };
        // Environment and flags bring text; the default says what it is meant to be.
        let value = match (known, &value) {
            (Value::Integer(_), Value::String(text)) => text.parse().map(Value::Integer).unwrap_or(value),
            (Value::Boolean(_), Value::String(text)) => text.parse().map(Value::Boolean).unwrap_or(value),
            (Value::Table(_), Value::String(text)) => table(text).unwrap_or(value),
            _ => value,
        };
        self.values.insert(key.to_owned(), (value, origin));
        Ok(())
    }

    fn nearest(&self, key: &str) -> String {
        let distance = |known: &String| edit_distance(key, known);
        self.values.keys().min_by_key(|known| distance(known)).cloned().unwrap_or_default()
    }
}

/// A table in one line, as in `{ "Page Viewed" = 90 }`.
fn table(text: &str) -> Option<Value> {
    format!("value = {text}").parse::<Table>().ok()?.remove("value")
}

fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, to) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = (diagonal + usize::from(from != *to)).min(above + 1).min(row[j] + 1);
            diagonal = above;
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment(pairs: &[(&str, &str)]) -> Result<Layers, ConfigError> {
        Layers::defaults().environment(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())))
    }

    fn layers_with_currency() -> Layers {
        Layers::defaults().flag("shop.currency", &Config::default().shop.currency).unwrap()
    }

    #[test]
    fn defaults_resolve_to_themselves() {
        let config = Layers::defaults().resolve().unwrap();
        assert_eq!(format!("{config:?}"), format!("{:?}", Config::default()));
    }

    #[test]
    fn every_setting_is_documented() {
        let text = include_str!("../../../../docs/configuration.md");
        for (key, _, _) in Layers::defaults().explain() {
            assert!(text.contains(&format!("| `{key}` |")), "docs/configuration.md does not say what {key} is");
        }
    }

    #[test]
    fn later_layers_win_and_say_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bellwether.toml");
        std::fs::write(&path, "[smtp]\nport = 25\n[shop]\nname = \"A\"\n").unwrap();
        let layers = Layers::defaults()
            .file(&path)
            .unwrap()
            .environment([("BELLWETHER_SMTP_PORT".to_owned(), "2525".to_owned())].into_iter())
            .unwrap()
            .flag("shop.name", "B")
            .unwrap();
        let config = layers.resolve().unwrap();
        assert_eq!((config.smtp.port, config.shop.name.as_str()), (2525, "B"));
        assert!(!config.currency_is_set);
        // Also where it is what it would be anyway.
        assert!(layers_with_currency().resolve().unwrap().currency_is_set);
        let origin = |key: &str| layers.values[key].1.clone();
        assert_eq!(origin("smtp.port"), Origin::Environment("BELLWETHER_SMTP_PORT".into()));
        assert_eq!(origin("shop.name"), Origin::Flag);
        assert_eq!(origin("smtp.host"), Origin::Default);
    }

    #[test]
    fn unknown_settings_name_the_nearest() {
        let error = environment(&[("BELLWETHER_SERVER_LISTENS", "x")]).unwrap_err().to_string();
        assert!(error.contains("did you mean `server.listen`?"), "{error}");
    }

    #[test]
    fn bad_values_name_setting_and_origin() {
        let error = environment(&[("BELLWETHER_SMTP_PORT", "many")]).unwrap().resolve().unwrap_err().to_string();
        assert!(
            error.starts_with("setting smtp.port = \"many\" (from BELLWETHER_SMTP_PORT) cannot be used"),
            "{error}"
        );
    }

    #[test]
    fn days_by_the_names_of_events_come_from_a_file_or_in_one_line() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("bellwether.toml");
        let read = |text: &str| {
            std::fs::write(&path, text).unwrap();
            Layers::defaults().file(&path).and_then(|layers| layers.resolve())
        };
        let config = read("[retention]\ndefault_days = 400\n[retention.events]\n\"Page Viewed\" = 90\n").unwrap();
        let in_one_line = environment(&[("BELLWETHER_RETENTION_EVENTS", r#"{ "Page Viewed" = 90 }"#)]).unwrap();
        for events in [config.retention.events, in_one_line.resolve().unwrap().retention.events] {
            assert_eq!(
                events.into_iter().map(|(name, days)| (name, days.0)).collect::<Vec<_>>(),
                [("Page Viewed".to_owned(), 90)]
            );
        }
        assert!(format!("{:?}", in_one_line.explain()).contains("\\\"Page Viewed\\\" = 90"));
        for (text, expected) in [
            ("[retention.events]\n\"Page Viewed\" = -1\n", "-1 is no number of days from 0 (for ever) to 36500"),
            ("[retention.events]\n\"Page Viewed\" = \"90\"\n", "invalid type: string \"90\""),
            ("[retention]\ndefault_days = 40000\n", "40000 is no number of days"),
            ("[retention]\ndays = 40\n", "there is no setting `retention.days`"),
        ] {
            let said = read(text).unwrap_err().to_string();
            assert!(said.contains(expected) && said.contains("bellwether.toml"), "{said}");
        }
    }

    #[test]
    fn secrets_are_never_shown() {
        let secrets = ["SMTP_PASSWORD", "DATA_DATABASE_URL", "S3_SECRET_ACCESS_KEY", "S3_SESSION_TOKEN"];
        let names = secrets.map(|name| format!("BELLWETHER_{name}"));
        let layers = environment(&names.each_ref().map(|name| (name.as_str(), "hunter2"))).unwrap();
        assert!(!format!("{:?}", layers.explain()).contains("hunter2"));
        assert!(!format!("{:?}", layers.resolve().unwrap()).contains("hunter2"));
        assert_eq!(layers.resolve().unwrap().smtp.password.reveal(), Some("hunter2"));
    }

    #[test]
    fn an_object_store_goes_by_the_names_that_other_tools_know() {
        let layers = environment(&[
            ("AWS_REGION", "eu-west-1"),
            ("AWS_DEFAULT_REGION", "eu-west-2"),
            ("AWS_ENDPOINT_URL", "http://all"),
            ("AWS_ENDPOINT_URL_S3", "http://objects"),
            ("AWS_ACCESS_KEY_ID", "theirs"),
            ("BELLWETHER_S3_ACCESS_KEY_ID", "ours"),
            ("AWS_SESSION_TOKEN", ""),
        ])
        .unwrap();
        let s3 = layers.resolve().unwrap().s3;
        assert_eq!((s3.region.as_str(), s3.endpoint.as_str()), ("eu-west-1", "http://objects"));
        assert_eq!(s3.access_key_id, "ours");
        assert_eq!(layers.values["s3.region"].1, Origin::Environment("AWS_REGION".into()));
        assert_eq!(layers.values["s3.session_token"].1, Origin::Default);
    }
}
