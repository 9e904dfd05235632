//! While the server runs: queries of the data folder's `queries`, as often as they say.

use super::{Processing, run};
use crate::{context::Context, import};
use anyhow::{Context as _, Result};
use bellwether_collect::Mapping;
use std::{path::Path, sync::Arc, time::Duration};
use tokio::{task::JoinSet, time::sleep};

/// The folder's name.
const FOLDER: &str = "queries";
/// How long to wait after a failure: at first, and at the most.
const PATIENCE: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(300));

/// The queries under way.
pub struct Schedule(JoinSet<()>);

impl Schedule {
    /// Reads the folder and keeps the rules of its sources. What is wrong with one mapping does not keep the others.
    pub async fn read(context: &Context) -> Result<Vec<Mapping>> {
        let mut mappings: Vec<Mapping> = Vec::new();
        for path in mappings_in(&context.folder.path(FOLDER))? {
            match read(&path) {
                Ok(mapping) if mappings.iter().any(|known| known.source() == mapping.source()) => {
                    let source = mapping.source();
                    tracing::error!(file = %path.display(), source, "another query has this source; it is not carried out");
                }
                Ok(mapping) => mappings.push(mapping),
                Err(error) => {
                    tracing::error!(file = %path.display(), "the query is not carried out: {error:#}");
                }
            }
        }
        let rows: Vec<_> = mappings.iter().filter_map(Mapping::rows).collect();
        import::adopt_rules(context, &rows).await?;
        Ok(mappings)
    }

    /// Begins to carry them out, each by itself.
    pub fn start(context: &Arc<Context>, mappings: Vec<Mapping>) -> Self {
        let mut tasks = JoinSet::new();
        for mapping in mappings {
            tasks.spawn(repeat(Arc::clone(context), mapping));
        }
        Self(tasks)
    }

    /// Ends at any moment: what is not finished goes on with the next start.
    pub async fn stop(mut self) {
        self.0.shutdown().await;
    }
}

fn mappings_in(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let entries = std::fs::read_dir(folder).and_then(Iterator::collect::<std::io::Result<Vec<_>>>);
    let entries = entries.with_context(|| format!("cannot read {}", folder.display()))?;
    let mut paths: Vec<_> = entries.iter().map(std::fs::DirEntry::path).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> Result<Mapping> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mapping = Mapping::parse(&path.display().to_string(), &text)?;
    let query = mapping.rows().and_then(|rows| rows.query()).context("it has no [query]")?;
    query.every.context("it does not say how often: add `every` to [query], for example every = \"5m\"")?;
    Ok(mapping)
}

async fn repeat(context: Arc<Context>, mapping: Mapping) {
    let Some(rows) = mapping.rows() else { return };
    let Some(every) = rows.query().and_then(|query| query.every) else { return };
    let source = rows.source();
    let mut patience = PATIENCE.0;
    loop {
        let wait = match run(&context, rows, Processing::Server, |_| {}).await {
            Ok(ran) => {
                patience = PATIENCE.0;
                let (read, events, rejected) = (ran.rows, ran.events, ran.rejected);
                tracing::info!(source, rows = read, events, rejected, "the query was carried out");
                bellwether_api::query_done(source, read, context.clock.now());
                every
            }
            Err(error) => {
                let wait = patience.min(every.max(PATIENCE.0));
                tracing::error!(source, seconds = wait.as_secs(), "the query failed and is tried again: {error:#}");
                bellwether_api::query_failed(source);
                patience = PATIENCE.1.min(2 * patience);
                wait
            }
        };
        sleep(wait).await;
    }
}
