//! One installation is one data folder and one Store. Parts of two are never used together: what one of them holds as
//! done the other would never have seen.

use crate::files;
use anyhow::{Result, bail};
use bellwether_inbox::Inbox;
use bellwether_store::Store;

/// The Store's key of the installation's id. Results whose kind begins so are no part of a digest.
const INSTALLATION: &str = "installation";

/// Checks that Store and inbox are of one installation; what is new becomes part of it.
pub async fn tie_together(store: &Store, inbox: &Inbox) -> Result<()> {
    let of_store = store.result(INSTALLATION).await?.and_then(|id| id.as_str().map(str::to_owned));
    match (inbox.installation()?, of_store) {
        (Some(folder), Some(store)) if folder == store => {}
        (Some(_), Some(_)) => bail!(
            "the Store belongs to another data folder than this one; use the folder and the database (setting data.database_url) that belong together"
        ),
        (None, Some(_)) => bail!(
            "the Store belongs to another data folder, and this one is new; use that folder, or an empty database (setting data.database_url)"
        ),
        (Some(id), None) => join(store, inbox, id).await?,
        (None, None) => {
            let id = files::random::<16>()?.map(|byte| format!("{byte:02x}")).concat();
            join(store, inbox, id).await?;
        }
    }
    check_offsets(store, inbox).await
}

/// The folder first: a crash in between leaves a folder that can still join the same Store.
async fn join(store: &Store, inbox: &Inbox, id: String) -> Result<()> {
    check_offsets(store, inbox).await?;
    inbox.join_installation(&id)?;
    Ok(store.put_result(INSTALLATION, &id.into()).await?)
}

/// What was applied must have been in this inbox, and what was not must still be there.
async fn check_offsets(store: &Store, inbox: &Inbox) -> Result<()> {
    let (applied, rolled, last) = (store.applied().await?, store.rolled().await?, inbox.last_offset()?);
    if applied > last {
        bail!(
            "the Store is ahead of the inbox: applied {} but the inbox ends at {}; parts of different installations were mixed, use those that belong together or restore both from one backup",
            applied.0,
            last.0
        );
    }
    let next = inbox.read_after(rolled, 1)?.first().map(|batch| batch.offset);
    if rolled < last && next != Some(rolled.next()) {
        bail!(
            "batch {} of the inbox is missing though the Store has not got it in the Lake yet; restore Store and data folder from one backup",
            rolled.next().0
        );
    }
    Ok(())
}
