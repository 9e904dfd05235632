//! Finished experiments from files.

use anyhow::{Result, bail};
use bellwether_collect::{ExperimentData, ExperimentMapping, file_digest, read_experiment};
use bellwether_domain::{ExperimentDefinition, ImportId, ImportRecord};
use bellwether_evaluate::experiment::{Analysis, analyse, lost_unevenly};
use bellwether_store::Store;
use std::path::PathBuf;

/// What an experiment's files gave.
pub struct Imported {
    /// Who was compared with whom.
    pub definition: ExperimentDefinition,
    /// What came out.
    pub analysis: Analysis,
    /// The files' place among the imports.
    pub record: ImportRecord,
    /// What whoever imports should know of rows that could not be used; nothing where all could.
    pub warning: Option<String>,
}

/// Reads the files, analyses them, and keeps the sums. The same files again give the same experiment; files that cannot be
/// analysed leave nothing behind.
pub async fn import(store: &Store, files: &[PathBuf], mapping: &ExperimentMapping) -> Result<Imported> {
    if !mapping.covariates.is_empty() {
        bail!(
            "the mapping of `{}` names covariates, which the platform does not use; take the key out, or try them with `bellwether lab experiment --covariate COLUMN`",
            mapping.source
        );
    }
    let (paths, own) = (files.to_vec(), mapping.clone());
    let data = tokio::task::spawn_blocking(move || read_experiment(&paths, &own)).await??;
    let analysis = analyse(&data.definition, &data.summaries, &data.segments)?;
    let record = record(files, mapping, &data)?;
    store.put_experiment(&data.definition, &data.summaries, &data.segments).await?;
    store.replace_rejects(&mapping.source, &data.rejects).await?;
    store.put_import(&record).await?;
    Ok(Imported { warning: warning(&data, &analysis), definition: data.definition, analysis, record })
}

fn record(files: &[PathBuf], mapping: &ExperimentMapping, data: &ExperimentData) -> Result<ImportRecord> {
    let names: Vec<_> = files.iter().filter_map(|file| file.file_name()).map(|name| name.to_string_lossy()).collect();
    let digests = files.iter().map(|file| file_digest(file)).collect::<Result<Vec<_>, _>>()?;
    let key: Vec<&[u8]> =
        std::iter::once(mapping.source.as_bytes()).chain(digests.iter().map(|digest| digest.as_bytes())).collect();
    Ok(ImportRecord {
        id: ImportId::derive(&key),
        source: mapping.source.clone(),
        file: names.join(", "),
        rows: data.rows,
        events: 0,
        rejected: data.rejected,
        complete: true,
    })
}

fn warning(data: &ExperimentData, analysis: &Analysis) -> Option<String> {
    if data.rejected == 0 {
        return None;
    }
    let by_arm: Vec<String> =
        data.arms.iter().zip(&data.rejected_by_arm).map(|(arm, rows)| format!("{arm} {rows}")).collect();
    let mut warning = format!(
        "{} of {} rows could not be used ({}); they are in quarantine with their reasons (console: Data quality)",
        data.rejected,
        data.rows,
        by_arm.join(", ")
    );
    let kept = |arm: &String| analysis.arms.iter().find(|share| share.arm == *arm).map_or(0, |share| share.n);
    if lost_unevenly(&data.rejected_by_arm, &data.arms.iter().map(kept).collect::<Vec<_>>()) {
        warning += ".\nThe arms lost different parts of their rows, so those that are left may not be comparable; mend the file before you trust the result";
    }
    Some(warning)
}
