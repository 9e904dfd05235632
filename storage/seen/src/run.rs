//! A run: a file of sorted ids, and how to ask it.
//!
//! ```text
//! ids      16 bytes each, big-endian, sorted, no two equal
//! fences   the first id of every 1,024
//! filter   64 bytes for a block
//! footer   8 bytes "bwseen" and format, 8 bytes number of ids (little-endian), 32 bytes BLAKE3 of fences and filter
//! ```
//!
//! Footer, fences and filter are read when a run is opened, and held against the hash.

use crate::{
    Error, Result,
    filter::{self, BLOCK, Filter},
};
use bellwether_domain::{EventId, SeenRun};
use rustc_hash::FxHashSet;
use std::{
    fs::File,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
};

/// Ids between two fences: what one look-up reads.
pub const IDS_OF_A_PAGE: usize = 1_024;
/// Bytes of an id.
pub const ID: usize = 16;
/// What the footer begins with.
pub const MAGIC: [u8; 8] = *b"bwseen\x00\x01";
/// Bytes of the footer.
pub const FOOTER: usize = 48;

/// An open run.
pub struct Run {
    pub manifest: SeenRun,
    path: PathBuf,
    file: File,
    fences: Vec<u128>,
    filter: Option<Filter>,
}

/// Where what lies in a file of so many ids.
#[derive(Debug, Clone, Copy)]
struct Layout {
    ids: u64,
    fences: usize,
    blocks: usize,
}

impl Layout {
    fn of(ids: u64, bytes: u64) -> Option<Self> {
        let fences = usize::try_from(ids.div_ceil(IDS_OF_A_PAGE as u64)).ok()?;
        let before = ids.checked_mul(ID as u64)?.checked_add((fences * ID + FOOTER) as u64)?;
        // A merged run may have room in its filter for ids that came twice.
        let filter = bytes.checked_sub(before).filter(|filter| *filter > 0 && filter % BLOCK as u64 == 0)?;
        Some(Self { ids, fences, blocks: usize::try_from(filter).ok()? / BLOCK })
    }

    const fn fences_at(self) -> u64 {
        self.ids * ID as u64
    }

    const fn filter_at(self) -> u64 {
        self.fences_at() + (self.fences * ID) as u64
    }
}

impl Run {
    /// Opens a run, and checks that it is the one which the manifest lists.
    pub fn open(folder: &Path, manifest: &SeenRun) -> Result<Self> {
        let path = folder.join(&manifest.path);
        let file = File::open(&path).map_err(Error::io(&path, "open"))?;
        let bytes = file.metadata().map_err(Error::io(&path, "read"))?.len();
        let layout = Layout::of(manifest.ids, bytes)
            .filter(|_| bytes == manifest.bytes)
            .ok_or_else(|| Error::damaged(&path, "its size is not what the manifest says"))?;
        let mut rest = vec![0; layout.fences * ID + layout.blocks * BLOCK + FOOTER];
        file.read_exact_at(&mut rest, layout.fences_at()).map_err(Error::io(&path, "read"))?;
        let (body, footer) = rest.split_at(rest.len() - FOOTER);
        if footer[..8] != MAGIC || footer[8..16] != manifest.ids.to_le_bytes() {
            return Err(Error::damaged(&path, "its footer is not that of such a file"));
        }
        if footer[16..] != *blake3::hash(body).as_bytes() {
            return Err(Error::damaged(&path, "its hash is another"));
        }
        let (fences, filter) = body.split_at(layout.fences * ID);
        let fences = fences.as_chunks::<ID>().0.iter().map(|id| u128::from_be_bytes(*id)).collect();
        Ok(Self { manifest: manifest.clone(), path, file, fences, filter: Some(Filter::from_bytes(filter)) })
    }

    /// Bytes of its filter.
    pub fn filter_bytes(&self) -> usize {
        self.layout().map_or(0, |layout| layout.blocks * BLOCK)
    }

    /// Keeps the filter in memory, or leaves it on the disk.
    pub fn keep_filter(&mut self, keep: bool) -> Result<()> {
        match (keep, &self.filter) {
            (false, _) => self.filter = None,
            (true, Some(_)) => {}
            (true, None) => *self = Self::open(self.path.parent().unwrap_or(Path::new("")), &self.manifest)?,
        }
        Ok(())
    }

    /// Adds those of the ids that are here. They are sorted.
    pub fn find(&self, sorted: &[EventId], found: &mut FxHashSet<EventId>) -> Result<()> {
        let mut page = Page::default();
        for event in sorted {
            let id = event.as_uuid().as_u128();
            if self.may_hold(id)? && self.holds(id, &mut page)? {
                found.insert(*event);
            }
        }
        Ok(())
    }

    fn may_hold(&self, id: u128) -> Result<bool> {
        if let Some(filter) = &self.filter {
            return Ok(filter.may_hold(id));
        }
        let Some(layout) = self.layout() else { return Ok(true) };
        let mut block = [0; BLOCK];
        let at = layout.filter_at() + (filter::block_of(id, layout.blocks) * BLOCK) as u64;
        self.file.read_exact_at(&mut block, at).map_err(Error::io(&self.path, "read"))?;
        Ok(filter::bytes_may_hold(&block, id))
    }

    fn holds(&self, id: u128, page: &mut Page) -> Result<bool> {
        let Some(number) = self.fences.partition_point(|fence| *fence <= id).checked_sub(1) else { return Ok(false) };
        if page.number != Some(number) {
            self.read(number, page)?;
        }
        Ok(page.ids.as_chunks::<ID>().0.binary_search(&id.to_be_bytes()).is_ok())
    }

    fn read(&self, number: usize, page: &mut Page) -> Result<()> {
        let first = (number * IDS_OF_A_PAGE) as u64;
        let ids = (self.manifest.ids - first).min(IDS_OF_A_PAGE as u64) as usize;
        page.number = None;
        page.ids.resize(ids * ID, 0);
        self.file.read_exact_at(&mut page.ids, first * ID as u64).map_err(Error::io(&self.path, "read"))?;
        page.number = Some(number);
        Ok(())
    }

    fn layout(&self) -> Option<Layout> {
        Layout::of(self.manifest.ids, self.manifest.bytes)
    }
}

/// The ids that were read last: the next one is often among them.
#[derive(Default)]
struct Page {
    number: Option<usize>,
    ids: Vec<u8>,
}
