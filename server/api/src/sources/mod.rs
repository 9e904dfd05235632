//! Sources: the places that events come from over HTTP. Made, shown, changed and removed here; what they send is taken
//! by `bellwether_intake`, which asks its `write_keys` who is sending and tells its `meters` how much.

pub mod change;
pub mod create;
pub mod hook;
pub mod hook_trial;
pub mod hook_workbench;
pub mod list;
pub mod remove;
pub mod rotate;
pub mod show;
pub mod summary;

use crate::{
    problem::{Problem, ProblemCode},
    state::ApiState,
};
use bellwether_domain::{Source, WriteKey};
use std::io::Read;

/// A key that nobody can guess.
fn new_key() -> Result<WriteKey, Problem> {
    random_bytes().map(WriteKey::from_random)
}

/// Bytes that nobody can guess.
pub(crate) fn random_bytes() -> Result<[u8; 16], Problem> {
    let mut bytes = [0; 16];
    let read = std::fs::File::open("/dev/urandom").and_then(|mut source| source.read_exact(&mut bytes));
    read.map_err(|error| {
        tracing::error!(%error, "cannot read random bytes from /dev/urandom");
        Problem::new(ProblemCode::Internal, "the server cannot make a key; its log says more")
    })?;
    Ok(bytes)
}

/// Changes sources to the end, even when whoever asked for it has gone: a change that was stored must also reach those who
/// look keys up, or a key that was replaced would still be taken.
async fn change_to_the_end<T: Send + 'static>(
    state: &ApiState,
    change: impl Future<Output = bellwether_store::Result<T>> + Send + 'static,
) -> Result<T, Problem> {
    let state = state.clone();
    let work = tokio::spawn(async move {
        let changed = change.await;
        // Also where it failed: an error of the connection does not say whether the change was stored.
        state.intake.write_keys.forget().await;
        changed
    });
    let changed = work.await.map_err(|error| {
        tracing::error!(%error, "a change of a source broke off");
        Problem::new(ProblemCode::Internal, "a fault of the server; its log says more")
    })?;
    Ok(changed?)
}

/// Changes the source that an address names.
async fn change_source(
    state: &ApiState,
    slug: String,
    change: impl FnOnce(&mut Source) + Send + 'static,
) -> Result<Source, Problem> {
    let (store, asked_for) = (state.store.clone(), slug.clone());
    let changed = change_to_the_end(state, async move { store.change_source(&asked_for, change).await }).await?;
    changed.ok_or_else(|| Problem::not_found("source", &slug))
}
