//! Finished experiments from files.

use anyhow::Result;
use bellwether_collect::{ExperimentMapping, read_experiment};
use bellwether_domain::ExperimentDefinition;
use bellwether_evaluate::experiment::{Analysis, analyse};
use bellwether_store::Store;
use std::path::PathBuf;

/// Reads the files, keeps the sums, and analyses them. The same files again give the same experiment.
pub async fn import(
    store: &Store,
    files: &[PathBuf],
    mapping: &ExperimentMapping,
) -> Result<(ExperimentDefinition, Analysis)> {
    let (files, mapping) = (files.to_vec(), mapping.clone());
    let data = tokio::task::spawn_blocking(move || read_experiment(&files, &mapping)).await??;
    store.put_experiment(&data.definition, &data.summaries, &data.segments).await?;
    let analysis = analyse(&data.definition, &data.summaries, &data.segments)?;
    Ok((data.definition, analysis))
}
