//! Layers of settings, merged key by key, each value remembering where it came from.

use super::Config;
use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};
use toml::{Table, Value};

const ENVIRONMENT_PREFIX: &str = "BELLWETHER_";
/// Variables of the tests and tools, which are no settings.
const NOT_SETTINGS: [&str; 11] = [
    "BELLWETHER_DATA",
    "BELLWETHER_CONFIG",
    "BELLWETHER_TEST_MYSQL",
    "BELLWETHER_TEST_POSTGRES",
    "BELLWETHER_REQUIRE_ALL",
    "BELLWETHER_BINARY",
    "BELLWETHER_URL",
    "BELLWETHER_KILLS",
    "BELLWETHER_PULLS",
    "BELLWETHER_ROUND",
    bellwether_pipeline::faults::VARIABLE,
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

    /// Adds environment variables, `BELLWETHER_SECTION_KEY`.
    pub fn environment(mut self, variables: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigError> {
        for (name, value) in variables {
            let Some(rest) = name.strip_prefix(ENVIRONMENT_PREFIX) else { continue };
            if NOT_SETTINGS.contains(&name.as_str()) {
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
        let secret = |key: &str| key.ends_with("password") || key.ends_with("database_url");
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
    fn secrets_are_never_shown() {
        let layers = environment(&[("BELLWETHER_SMTP_PASSWORD", "hunter2")]).unwrap();
        assert!(!format!("{:?}", layers.explain()).contains("hunter2"));
        assert!(!format!("{:?}", layers.resolve().unwrap()).contains("hunter2"));
        assert_eq!(layers.resolve().unwrap().smtp.password.reveal(), Some("hunter2"));
    }
}
