//! How far a query came, in the Store.

use super::{part::Part, source::Source, whole_import};
use anyhow::{Context as _, Result};
use bellwether_domain::ImportRecord;
use bellwether_inbox::ImportCursor;
use bellwether_query::Cursor;
use bellwether_store::Store;
use serde::{Deserialize, Serialize};

/// How far a query came, and what all its runs came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct State {
    /// The cursor's column; another one begins anew.
    column: Option<String>,
    pub cursor: Option<Cursor>,
    /// The number of the last part that is in.
    pub parts: u64,
    pub rows: u64,
    pub events: u64,
    pub rejected: u64,
}

impl State {
    pub async fn read(store: &Store, source: &Source<'_>) -> Result<Self> {
        let kept = store.result(&key(source)).await?;
        let kept: Option<Self> = kept.map(serde_json::from_value).transpose().context("how far the query came")?;
        let mut state = kept.unwrap_or_default();
        if state.column.as_deref() != source.cursor_column() {
            state.column = source.cursor_column().map(str::to_owned);
            state.cursor = None;
        }
        Ok(state)
    }

    pub async fn write(&self, store: &Store, source: &Source<'_>) -> Result<()> {
        Ok(store.put_result(&key(source), &serde_json::to_value(self)?).await?)
    }

    /// As it is when a part is in.
    pub fn behind(self, part: &Part, cursor: &ImportCursor) -> Self {
        Self {
            cursor: part.to.clone().or(self.cursor),
            parts: part.number,
            rows: self.rows + cursor.rows,
            events: self.events + cursor.events,
            rejected: self.rejected + cursor.rejected,
            column: self.column,
        }
    }

    pub fn record(&self, source: &Source<'_>) -> ImportRecord {
        ImportRecord {
            id: whole_import(source.source()),
            source: source.source().to_owned(),
            file: source.name(),
            rows: self.rows,
            events: self.events,
            rejected: self.rejected,
            complete: true,
        }
    }
}

fn key(source: &Source<'_>) -> String {
    format!("query/{}", source.source())
}
