//! Which rules say how people came: those that somebody configured, those in the data folder, or those that are shipped.

use crate::config::Config;
use anyhow::{Context as _, Result};
use bellwether_profile::AcquisitionRules;
use std::{fs, io::ErrorKind, path::PathBuf};

/// The file in the data folder that stands in the place of the rules that are shipped.
const FOLDER_RULES: &str = "acquisition.toml";

/// The rules in force, and the file that they are from; none for those that are shipped.
///
/// # Errors
/// A file that was asked for and cannot be read; what is wrong in a file, with its line and column.
pub fn rules(config: &Config) -> Result<(AcquisitionRules, Option<PathBuf>)> {
    let configured = &config.acquisition.rules;
    let path = match configured.as_str() {
        "" => config.data.dir.join(FOLDER_RULES),
        path => PathBuf::from(path),
    };
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == ErrorKind::NotFound && configured.is_empty() => {
            return Ok((AcquisitionRules::shipped(), None));
        }
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read the rules of acquisition, {}", path.display()));
        }
    };
    let rules = AcquisitionRules::parse(&path.display().to_string(), &text)
        .context("the rules of acquisition cannot be used")?;
    Ok((rules, Some(path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(folder: &std::path::Path, rules: &str) -> Config {
        let mut config = Config::default();
        config.data.dir = folder.into();
        config.acquisition.rules = rules.to_owned();
        config
    }

    #[test]
    fn the_configured_file_comes_first_and_the_shipped_one_last() {
        let folder = tempfile::tempdir().unwrap();
        let one_rule = "[[rule]]\nchannel = \"direct\"\n";
        let (rules, path) = rules(&config(folder.path(), "")).unwrap();
        assert!(rules.rule_count() > 10 && rules.site_count() > 50 && path.is_none());
        fs::write(folder.path().join(FOLDER_RULES), one_rule).unwrap();
        let (rules, path) = super::rules(&config(folder.path(), "")).unwrap();
        assert_eq!((rules.rule_count(), path), (1, Some(folder.path().join(FOLDER_RULES))));
        let other = folder.path().join("other.toml");
        fs::write(&other, format!("[[rule]]\nwhen = {{ medium = [\"x\"] }}\nchannel = \"sms\"\n{one_rule}")).unwrap();
        let (rules, path) = super::rules(&config(folder.path(), other.to_str().unwrap())).unwrap();
        assert_eq!((rules.rule_count(), path), (2, Some(other)));
    }

    #[test]
    fn what_cannot_be_used_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let said = |rules: &str| format!("{:#}", super::rules(&config(folder.path(), rules)).unwrap_err());
        let missing = folder.path().join("none.toml");
        assert!(said(missing.to_str().unwrap()).contains("cannot read the rules of acquisition"));
        fs::write(folder.path().join(FOLDER_RULES), "\n[[rule]]\nchannel = \"none\"\n").unwrap();
        let said = said("");
        assert!(said.contains("acquisition.toml:3:11: unknown variant `none`"), "{said}");
    }
}
