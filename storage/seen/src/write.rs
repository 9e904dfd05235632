//! Writes runs: of ids in any order, and of several runs.

use crate::{
    Error, Result,
    filter::Filter,
    run::{FOOTER, ID, IDS_OF_A_PAGE, MAGIC},
};
use bellwether_domain::{EventId, FileId, SeenRun};
use chrono::{DateTime, Utc};
use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fs::{self, File},
    io::{self, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

/// The ending of a run.
pub const EXTENSION: &str = ".ids";
/// The ending of a file that is being written. Found at another time, it is what a crash has left.
pub const TEMPORARY: &str = ".tmp";
/// What is read or written at a time.
const BUFFER: usize = 256 << 10;

/// Writes a run of these ids.
pub fn write_run(folder: &Path, id: FileId, mut ids: Vec<EventId>, received: Option<DateTime<Utc>>) -> Result<SeenRun> {
    ids.sort_unstable();
    ids.dedup();
    let number = ids.len() as u64;
    let sorted = ids.into_iter().map(|id| Ok(id.as_uuid().as_u128()));
    write(folder, id, sorted, number, received)
}

/// Writes one run of several. Its id is of theirs, so that a second attempt replaces what the first has left.
pub fn merge_runs(folder: &Path, runs: &[SeenRun]) -> Result<SeenRun> {
    let mut ids: Vec<_> = runs.iter().map(|run| *run.id.as_uuid().as_bytes()).collect();
    ids.sort_unstable();
    let id = FileId::derive(&[b"merged ids", ids.as_flattened()]);
    let at_most = runs.iter().map(|run| run.ids).sum();
    let received = runs.iter().filter_map(|run| run.received).max();
    let sources = runs.iter().map(|run| Source::open(folder, run)).collect::<Result<_>>()?;
    write(folder, id, Merged::new(sources)?, at_most, received)
}

fn write(
    folder: &Path,
    id: FileId,
    sorted: impl Iterator<Item = Result<u128>>,
    at_most: u64,
    received: Option<DateTime<Utc>>,
) -> Result<SeenRun> {
    let name = format!("{id}{EXTENSION}");
    let path = folder.join(&name);
    let temporary = folder.join(format!("{name}{TEMPORARY}"));
    let written = fill(&temporary, sorted, at_most).and_then(|written| {
        fs::rename(&temporary, &path).map_err(Error::io(&path, "rename"))?;
        sync_folder(folder)?;
        Ok(written)
    });
    if written.is_err() {
        // What is wrong has been said already; a file that stays here is swept at the next start.
        let _ = fs::remove_file(&temporary);
    }
    written.map(|(ids, bytes)| SeenRun { id, path: name, ids, bytes, received })
}

/// Gives how many ids there were, and the size of the file.
fn fill(path: &Path, sorted: impl Iterator<Item = Result<u128>>, at_most: u64) -> Result<(u64, u64)> {
    let failed = || Error::io(path, "write");
    let mut file = BufWriter::with_capacity(BUFFER, File::create_new(path).map_err(failed())?);
    let mut filter = Filter::for_ids(at_most);
    let (mut ids, mut body) = (0u64, Vec::new());
    for id in sorted {
        let id = id?;
        filter.insert(id);
        if ids % IDS_OF_A_PAGE as u64 == 0 {
            body.extend(id.to_be_bytes());
        }
        file.write_all(&id.to_be_bytes()).map_err(failed())?;
        ids += 1;
    }
    body.extend(filter.to_bytes());
    let mut footer = Vec::with_capacity(FOOTER);
    footer.extend(MAGIC);
    footer.extend(ids.to_le_bytes());
    footer.extend(blake3::hash(&body).as_bytes());
    file.write_all(&body).and_then(|()| file.write_all(&footer)).map_err(failed())?;
    let file = file.into_inner().map_err(|error| failed()(error.into_error()))?;
    keep(&file).map_err(failed())?;
    Ok((ids, file.metadata().map_err(failed())?.len()))
}

/// Makes the names in a folder durable.
pub fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder).and_then(|folder| keep(&folder)).map_err(Error::io(folder, "sync"))
}

/// Whether the disk is told to keep files. In a release build always.
#[cfg(debug_assertions)]
static CARELESS: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

/// From now on files of this process are written without telling the disk to keep them. Only for the test that shows what would be
/// lost.
#[cfg(debug_assertions)]
pub fn write_carelessly() {
    CARELESS.store(true, std::sync::atomic::Ordering::Relaxed);
}

/// Tells the disk to keep a file, or the names in a folder.
fn keep(file: &File) -> io::Result<()> {
    #[cfg(debug_assertions)]
    if CARELESS.load(std::sync::atomic::Ordering::Relaxed) {
        return Ok(());
    }
    file.sync_all()
}

/// The ids of a run, one by one.
struct Source {
    path: PathBuf,
    file: BufReader<io::Take<File>>,
}

impl Source {
    fn open(folder: &Path, run: &SeenRun) -> Result<Self> {
        let path = folder.join(&run.path);
        let file = File::open(&path).map_err(Error::io(&path, "open"))?;
        Ok(Self { file: BufReader::with_capacity(BUFFER, file.take(run.ids * ID as u64)), path })
    }

    fn next(&mut self) -> Result<Option<u128>> {
        let mut id = [0; ID];
        match self.file.read_exact(&mut id) {
            Ok(()) => Ok(Some(u128::from_be_bytes(id))),
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
            Err(error) => Err(Error::io(&self.path, "read")(error)),
        }
    }
}

/// Several runs as one, sorted; what is in two of them once.
struct Merged {
    sources: Vec<Source>,
    next: BinaryHeap<Reverse<(u128, usize)>>,
    last: Option<u128>,
}

impl Merged {
    fn new(sources: Vec<Source>) -> Result<Self> {
        let mut merged = Self { next: BinaryHeap::with_capacity(sources.len()), sources, last: None };
        (0..merged.sources.len()).try_for_each(|number| merged.advance(number))?;
        Ok(merged)
    }

    fn advance(&mut self, number: usize) -> Result<()> {
        if let Some(id) = self.sources[number].next()? {
            self.next.push(Reverse((id, number)));
        }
        Ok(())
    }
}

impl Iterator for Merged {
    type Item = Result<u128>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let Reverse((id, number)) = self.next.pop()?;
            if let Err(error) = self.advance(number) {
                return Some(Err(error));
            }
            if self.last.replace(id) != Some(id) {
                return Some(Ok(id));
            }
        }
    }
}
