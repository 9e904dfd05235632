//! A part of a query's rows in two files: the rows, and, once they are on the disk, what is to be known of them.

use crate::files;
use anyhow::{Context as _, Result};
use bellwether_collect::TypedRows;
use bellwether_query::{Cursor, Row};
use serde::{Deserialize, Serialize};
use std::{
    fs::{File, OpenOptions},
    io::{self, BufRead, BufReader, BufWriter, ErrorKind, Write},
    ops::ControlFlow,
    path::{Path, PathBuf},
};

/// A part is large enough.
const ROWS: u64 = 50_000;
const BYTES: u64 = 64 * 1024 * 1024;

/// What is to be known of a part.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Part {
    pub number: u64,
    pub columns: Vec<String>,
    pub rows: u64,
    /// The cursor behind its rows.
    pub to: Option<Cursor>,
    /// Of its rows.
    pub digest: String,
    /// Whether the query ended with it.
    pub is_last: bool,
    /// Whether an earlier process has left it.
    #[serde(skip)]
    pub was_left: bool,
}

/// Where a query's part lies.
pub(super) struct PartFiles {
    rows: PathBuf,
    about: PathBuf,
}

impl PartFiles {
    pub fn new(folder: &Path) -> Self {
        Self { rows: folder.join("part.rows"), about: folder.join("part.json") }
    }

    /// The part that is there as a whole.
    pub fn left(&self) -> Result<Option<Part>> {
        let text = match std::fs::read(&self.about) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", self.about.display())),
        };
        let part: Part = serde_json::from_slice(&text).with_context(|| {
            format!("{} is damaged; remove it, and its rows are asked for again", self.about.display())
        })?;
        Ok(Some(Part { was_left: true, ..part }))
    }

    /// First what says that it is whole: a crash in between leaves rows that the next part is written over.
    pub fn remove(&self) -> Result<()> {
        for path in [&self.about, &self.rows] {
            match std::fs::remove_file(path) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                Err(error) => return Err(error).with_context(|| format!("cannot remove {}", path.display())),
            }
        }
        Ok(())
    }

    pub fn writer(&self, number: u64) -> Result<PartWriter> {
        let mut options = OpenOptions::new();
        // What lies in a data folder is its owner's business.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.write(true).create(true).truncate(true).open(&self.rows);
        let file = file.with_context(|| format!("cannot write {}", self.rows.display()))?;
        let part = Part {
            number,
            columns: Vec::new(),
            rows: 0,
            to: None,
            digest: String::new(),
            is_last: false,
            was_left: false,
        };
        Ok(PartWriter { file: BufWriter::new(file), digest: blake3::Hasher::new(), bytes: 0, part })
    }

    /// Makes the rows durable and then says that they are there; nothing where there are none.
    pub fn finish(&self, writer: PartWriter, is_last: bool) -> Result<Option<Part>> {
        let PartWriter { file, digest, mut part, .. } = writer;
        if part.rows == 0 {
            return Ok(None);
        }
        let file = file.into_inner().map_err(io::IntoInnerError::into_error);
        file.and_then(|file| file.sync_all()).with_context(|| format!("cannot write {}", self.rows.display()))?;
        part.digest = digest.finalize().to_hex().to_string();
        part.is_last = is_last;
        files::replace(&self.about, &serde_json::to_vec(&part)?)?;
        Ok(Some(part))
    }

    pub fn open(&self, part: &Part) -> Result<PartRows> {
        let file = File::open(&self.rows).with_context(|| format!("cannot read {}", self.rows.display()))?;
        Ok(PartRows { lines: BufReader::new(file), columns: part.columns.clone(), left: part.rows })
    }
}

/// Writes the rows of a part.
pub(super) struct PartWriter {
    file: BufWriter<File>,
    digest: blake3::Hasher,
    bytes: u64,
    part: Part,
}

impl PartWriter {
    /// Takes a row, unless the part is large enough and ends before it. Rows of one cursor are never divided: a later run
    /// goes on behind it.
    pub fn take(&mut self, row: Row<'_>) -> Result<ControlFlow<()>, String> {
        let is_large = self.part.rows >= ROWS || self.bytes >= BYTES;
        if is_large && row.cursor.is_some() && row.cursor != self.part.to.as_ref() {
            return Ok(ControlFlow::Break(()));
        }
        if self.part.rows == 0 {
            self.part.columns = columns(row.json).map_err(|error| error.to_string())?;
        }
        for bytes in [row.json.as_bytes(), b"\n"] {
            self.digest.update(bytes);
            self.file.write_all(bytes).map_err(|error| format!("cannot keep the query's rows: {error}"))?;
        }
        self.part.rows += 1;
        self.bytes += row.json.len() as u64 + 1;
        if self.part.to.as_ref() != row.cursor {
            self.part.to = row.cursor.cloned();
        }
        Ok(ControlFlow::Continue(()))
    }

    pub fn rows(&self) -> u64 {
        self.part.rows
    }
}

/// The names of a row's values, in order.
pub(super) fn columns(row: &str) -> serde_json::Result<Vec<String>> {
    struct Names(Vec<String>);
    impl<'de> serde::de::Visitor<'de> for Names {
        type Value = Vec<String>;
        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a row")
        }
        fn visit_map<A: serde::de::MapAccess<'de>>(mut self, mut map: A) -> Result<Vec<String>, A::Error> {
            while let Some((name, _)) = map.next_entry::<String, serde::de::IgnoredAny>()? {
                self.0.push(name);
            }
            Ok(self.0)
        }
    }
    serde::Deserializer::deserialize_map(&mut serde_json::Deserializer::from_str(row), Names(Vec::new()))
}

/// Reads the rows of a part.
pub(super) struct PartRows {
    lines: BufReader<File>,
    columns: Vec<String>,
    left: u64,
}

impl TypedRows for PartRows {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn next_row(&mut self, into: &mut String) -> io::Result<bool> {
        if self.left == 0 {
            return Ok(false);
        }
        self.left -= 1;
        self.lines.read_line(into)?;
        match into.pop() {
            Some('\n') => Ok(true),
            _ => Err(io::Error::new(ErrorKind::UnexpectedEof, "the kept rows of the query were cut off")),
        }
    }
}

/// Rows in memory, for a dry run.
pub(super) struct FewRows {
    pub columns: Vec<String>,
    pub rows: std::vec::IntoIter<String>,
}

impl TypedRows for FewRows {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn next_row(&mut self, into: &mut String) -> io::Result<bool> {
        Ok(self.rows.next().inspect(|row| into.push_str(row)).is_some())
    }
}
