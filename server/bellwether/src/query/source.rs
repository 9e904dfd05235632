//! A mapping's query: where it is asked, and where its parts lie.

use super::{
    part::{FewRows, Part, PartFiles, columns},
    state::State,
};
use crate::context::Context;
use anyhow::{Context as _, Result, bail, ensure};
use bellwether_collect::{DryRun, Importer, RowIds, RowMapping, mapping::QueryAddress, mapping::QueryMapping};
use bellwether_domain::ImportId;
use bellwether_query::{Cursor, CursorKind, Database, Query, Run};
use std::ops::ControlFlow;

/// A query that can be asked.
pub(super) struct Source<'m> {
    name: &'m str,
    query: &'m QueryMapping,
    database: Database,
    files: PartFiles,
}

impl<'m> Source<'m> {
    pub fn open(context: &Context, mapping: RowMapping<'m>) -> Result<Self> {
        let (query, database) = database(mapping)?;
        let folder = context.folder.path("spool").join(mapping.source());
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(Self { name: mapping.source(), query, database, files: PartFiles::new(&folder) })
    }

    pub fn source(&self) -> &str {
        self.name
    }

    pub fn cursor_column(&self) -> Option<&str> {
        self.query.cursor.as_ref().map(|cursor| cursor.column.as_str())
    }

    /// What it is called in lists.
    pub fn name(&self) -> String {
        format!("query on {}", self.database.shown())
    }

    /// What it is called in messages.
    pub fn shown(&self) -> String {
        format!("the query of {} on {}", self.name, self.database.shown())
    }

    pub fn import_of(&self, part: &Part) -> ImportId {
        ImportId::derive(&[self.name.as_bytes(), b"query", &part.number.to_le_bytes(), part.digest.as_bytes()])
    }

    /// The part that an earlier process has left and not brought to its end.
    pub fn left_part(&self, state: &State) -> Result<Option<Part>> {
        match self.files.left()? {
            Some(part) if part.number > state.parts => Ok(Some(part)),
            // It is in, and only was not removed any more.
            Some(_) => self.files.remove().map(|()| None),
            None => Ok(None),
        }
    }

    pub fn remove_part(&self) -> Result<()> {
        self.files.remove()
    }

    /// Asks for the rows behind the cursor and makes them durable; `None` where there are none.
    pub async fn fetch(&self, state: &State, report: &mut (dyn FnMut(u64) + Send)) -> Result<Option<Part>> {
        let mut writer = self.files.writer(state.parts + 1)?;
        let from = state.cursor.clone().or_else(|| start(self.query));
        let query = Query { sql: &self.query.sql, cursor: self.cursor_column(), from: from.as_ref() };
        let run = self.database.run(query, |row| {
            let taken = writer.take(row);
            if writer.rows() % 1000 == 0 {
                report(writer.rows());
            }
            taken
        });
        let ended = run.await.with_context(|| format!("asking for the rows of {}", self.name))?;
        self.files.finish(writer, ended == Run::Finished)
    }

    pub fn importer(&self, part: &Part, mapping: RowMapping<'_>) -> Result<Importer> {
        let rows = Box::new(self.files.open(part)?);
        Ok(Importer::from_rows(&self.name(), rows, ids(self.query, &part.columns)?, mapping)?)
    }
}

/// What a mapping makes of the first rows of its query, from its very beginning; `None` where there are none.
pub async fn dry_run(mapping: RowMapping<'_>, limit: u64) -> Result<Option<DryRun>> {
    let (query, database) = database(mapping)?;
    let mut rows: Vec<String> = Vec::new();
    let from = start(query);
    let column = query.cursor.as_ref().map(|cursor| cursor.column.as_str());
    let asked = Query { sql: &query.sql, cursor: column, from: from.as_ref() };
    let run = database.run(asked, |row| {
        rows.push(row.json.to_owned());
        Ok(if rows.len() as u64 >= limit { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    });
    run.await?;
    let Some(first) = rows.first() else { return Ok(None) };
    let columns = columns(first)?;
    let ids = ids(query, &columns)?;
    let few = Box::new(FewRows { columns, rows: rows.into_iter() });
    let name = format!("query on {}", database.shown());
    Ok(Some(Importer::from_rows(&name, few, ids, mapping)?.dry_run(limit)?))
}

fn database(mapping: RowMapping<'_>) -> Result<(&QueryMapping, Database)> {
    let query = mapping.query().context("the mapping has no [query]")?;
    let address = match &query.address {
        QueryAddress::Written(address) => address.clone(),
        QueryAddress::Variable(name) => match std::env::var(name) {
            Ok(address) if !address.trim().is_empty() => address.trim().to_owned(),
            _ => bail!(
                "the variable {name} is not set; it holds the address of the database for {} (query.url_env)",
                mapping.source()
            ),
        },
    };
    Ok((query, Database::new(&address)?))
}

fn start(query: &QueryMapping) -> Option<Cursor> {
    let cursor = query.cursor.as_ref()?;
    let kind = if cursor.is_number { CursorKind::Number } else { CursorKind::Text };
    Some(Cursor { kind, text: cursor.start.clone() })
}

fn ids(query: &QueryMapping, columns: &[String]) -> Result<RowIds> {
    for key in &query.key {
        ensure!(
            columns.contains(key),
            "the query's rows have no column `{key}`, which the mapping's `query.key` names; they have {}",
            columns.join(", ")
        );
    }
    Ok(if query.key.is_empty() { RowIds::Content } else { RowIds::Key(query.key.clone()) })
}
