//! What every command that touches data works with: the folder, the three stores, the clock.

use crate::{clock::SystemClock, config::Config, data_folder::DataFolder};
use anyhow::{Context as _, Result, bail};
use bellwether_domain::Clock;
use bellwether_inbox::Inbox;
use bellwether_lake::Lake;
use bellwether_store::{Store, StoreTarget};
use std::{path::Path, sync::Arc};

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
        let store = Store::open(&target).await.context("cannot open the Store")?;
        let inbox = Arc::new(Inbox::open(&folder.path("inbox.sqlite")).context("cannot open the inbox")?);
        let lake = Arc::new(Lake::open(&folder.path("lake")).context("cannot open the Lake")?);
        Ok(Self { config, folder, store, inbox, lake, clock: Arc::new(SystemClock) })
    }

    /// The same, but refuses a folder in which nothing was ever imported.
    pub async fn open_existing(config: Config) -> Result<Self> {
        if !config.data.dir.join("inbox.sqlite").exists() {
            bail!(
                "there is no data in {} yet; run `bellwether demo`, or `bellwether import FILE --mapping MAPPING`",
                config.data.dir.display()
            );
        }
        Self::open(config).await
    }

    /// A secret of this installation, made once: links in messages are signed with it.
    pub fn secret(&self) -> Result<[u8; 32]> {
        read_or_make_secret(&self.folder.path("secret"))
    }
}

fn read_or_make_secret(path: &Path) -> Result<[u8; 32]> {
    if let Ok(bytes) = std::fs::read(path) {
        return bytes.try_into().map_err(|_| {
            anyhow::anyhow!(
                "{} is damaged; restore it from a backup, or delete it and lose the links in old messages",
                path.display()
            )
        });
    }
    use std::io::{Read, Write};
    let mut secret = [0; 32];
    std::fs::File::open("/dev/urandom")?.read_exact(&mut secret)?;
    let temporary = path.with_extension("new");
    let mut options = std::fs::OpenOptions::new();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.write(true).create(true).truncate(true).open(&temporary)?;
    file.write_all(&secret)?;
    file.sync_all()?;
    std::fs::rename(&temporary, path)?;
    Ok(secret)
}
