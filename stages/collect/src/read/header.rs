//! The names of the columns.

use crate::{
    error::{Error, Result},
    nearest::{listed, nearest},
};

/// The names of a file's columns, in order.
#[derive(Debug, Clone)]
pub(crate) struct Columns {
    file: String,
    names: Vec<String>,
}

impl Columns {
    pub fn new(file: &str, names: impl IntoIterator<Item = String>) -> Self {
        let names =
            names.into_iter().map(|name| name.trim_matches(['\u{feff}', ' ', '\t', '\u{a0}']).to_owned()).collect();
        Self { file: file.to_owned(), names }
    }

    pub fn names(&self) -> &[String] {
        &self.names
    }

    pub fn name(&self, index: usize) -> &str {
        self.names.get(index).map_or("", String::as_str)
    }

    /// The position of a column that the mapping names under `key`.
    pub fn index(&self, column: &str, key: &str) -> Result<usize> {
        let wanted = column.trim();
        let mut positions = self.names.iter().enumerate().filter(|(_, name)| *name == wanted).map(|(index, _)| index);
        match (positions.next(), positions.count()) {
            (Some(index), 0) => Ok(index),
            (Some(_), more) => Err(Error::RepeatedColumn {
                file: self.file.clone(),
                column: column.to_owned(),
                key: key.to_owned(),
                times: more + 1,
            }),
            (None, _) => Err(Error::MissingColumn {
                file: self.file.clone(),
                column: column.to_owned(),
                key: key.to_owned(),
                hint: self.hint(wanted),
            }),
        }
    }

    fn hint(&self, wanted: &str) -> String {
        let near = nearest(wanted, self.names.iter().map(String::as_str));
        if !near.is_empty() {
            return format!("did you mean {}?", listed(&near));
        }
        let shown: Vec<&str> = self.names.iter().map(String::as_str).take(20).collect();
        let more = if self.names.len() > shown.len() { " …" } else { "" };
        format!(
            "its header has: {}{more}. Without a header in the file, set file.header = false, and the columns are c1, c2, …",
            shown.join(", ")
        )
    }
}
