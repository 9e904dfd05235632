//! What every command that touches data works with: the folder, the three stores, the clock.

use crate::{clock::SystemClock, config::Config, data_folder::DataFolder, files, import, installation};
use anyhow::{Context as _, Result, bail};
use bellwether_domain::Clock;
use bellwether_inbox::Inbox;
use bellwether_lake::Lake;
#[cfg(debug_assertions)]
use bellwether_pipeline::faults::{self, Fault};
use bellwether_store::{Store, StoreTarget};
use std::{io::ErrorKind, path::Path, sync::Arc};

/// An open data folder.
pub struct Context {
    pub config: Config,
    pub folder: DataFolder,
    pub store: Store,
    pub inbox: Arc<Inbox>,
    pub lake: Arc<Lake>,
    pub clock: Arc<dyn Clock>,
}

impl Context {
    /// Takes the data folder and opens everything in it; creates what is missing.
    pub async fn open(config: Config) -> Result<Self> {
        let folder = DataFolder::take(&config.data.dir)?;
        let target = match config.data.database_url.reveal() {
            Some(url) => StoreTarget::Postgres(url.to_owned()),
            None => StoreTarget::Sqlite(folder.path("store.sqlite")),
        };
        let store = Store::open_exclusive(&target).await.context("cannot open the Store")?;
        let inbox = Arc::new(open_inbox(&folder.path("inbox.sqlite")).context("cannot open the inbox")?);
        #[cfg(debug_assertions)]
        faults::be_careless();
        let lake = Arc::new(Lake::open(&folder.path("lake")).context("cannot open the Lake")?);
        installation::tie_together(&store, &inbox).await?;
        Ok(Self { config, folder, store, inbox, lake, clock: Arc::new(SystemClock) })
    }

    /// The same, but refuses a folder in which nothing was ever imported, and first brings to the end what an import
    /// that was stopped has left: nobody is shown half of what was acknowledged.
    pub async fn open_existing(config: Config) -> Result<Self> {
        let context = Self::open_as_it_is(config).await?;
        import::catch_up(&context).await?;
        Ok(context)
    }

    /// The same without catching up, for whoever looks at what is there.
    pub async fn open_as_it_is(config: Config) -> Result<Self> {
        if !config.data.dir.join("inbox.sqlite").exists() {
            bail!(
                "there is no data in {} yet; run `bellwether demo`, or `bellwether import FILE --mapping MAPPING`",
                config.data.dir.display()
            );
        }
        Self::open(config).await
    }

    /// Writes settings of the shop into its folder, so that every later command knows them. Those that the folder has
    /// already stay.
    pub fn keep_settings(&self, section: &str, settings: toml::Table) -> Result<()> {
        let path = self.folder.path(crate::FOLDER_CONFIGURATION);
        let mut kept: toml::Table = match std::fs::read_to_string(&path) {
            Ok(text) => text.parse().with_context(|| format!("cannot read {}", path.display()))?,
            Err(error) if error.kind() == ErrorKind::NotFound => toml::Table::new(),
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        };
        let before = kept.clone();
        if let toml::Value::Table(kept) = kept.entry(section).or_insert_with(|| toml::Table::new().into()) {
            for (key, value) in settings {
                kept.entry(key).or_insert(value);
            }
        }
        if kept == before { Ok(()) } else { files::replace(&path, kept.to_string().as_bytes()) }
    }

    /// A setting of the shop in its folder as it is now, also where an import has put it there since the start.
    pub fn kept_setting(&self, section: &str, key: &str) -> Result<Option<String>> {
        let path = self.folder.path(crate::FOLDER_CONFIGURATION);
        let kept: toml::Table = match std::fs::read_to_string(&path) {
            Ok(text) => text.parse().with_context(|| format!("cannot read {}", path.display()))?,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        };
        Ok(kept.get(section).and_then(|section| section.get(key)?.as_str()).map(str::to_owned))
    }

    /// A secret of this installation, made once: links in messages are signed with it.
    pub fn secret(&self) -> Result<[u8; 32]> {
        read_or_make_secret(&self.folder.path("secret"))
    }
}

fn open_inbox(path: &Path) -> bellwether_inbox::Result<Inbox> {
    #[cfg(debug_assertions)]
    if faults::is_on(Fault::NoSync) {
        return Inbox::open_carelessly(path);
    }
    Inbox::open(path)
}

/// Makes one only where there is none: a secret that cannot be read for another reason must not be replaced.
fn read_or_make_secret(path: &Path) -> Result<[u8; 32]> {
    match std::fs::read(path) {
        Ok(bytes) => bytes.try_into().map_err(|_| {
            anyhow::anyhow!(
                "{} is damaged; restore it from a backup, or delete it and lose the links in old messages",
                path.display()
            )
        }),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let secret = files::random()?;
            files::replace(path, &secret)?;
            Ok(secret)
        }
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_made_once_and_never_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secret");
        let made = read_or_make_secret(&path).unwrap();
        assert_eq!(read_or_make_secret(&path).unwrap(), made);
        assert!(!folder.path().join("secret.new").exists());
        std::fs::write(&path, "short").unwrap();
        assert!(read_or_make_secret(&path).unwrap_err().to_string().contains("is damaged"));
        // Not readable for another reason than that it is not there.
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        assert!(read_or_make_secret(&path).unwrap_err().to_string().contains("cannot read"));
        assert!(path.is_dir());
    }
}
