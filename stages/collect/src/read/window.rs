//! The part of a file that is in memory: what is read from it leaves at the front, what follows comes in behind.

use std::io::{self, Read};

const CHUNK: usize = 256 * 1024;

/// A part of a file.
pub(super) struct Window {
    reader: Box<dyn Read + Send>,
    pub buffer: Vec<u8>,
    /// What lies between the two was read from the file and is not used yet.
    pub start: usize,
    pub end: usize,
    pub at_end: bool,
    /// Why the file ended where it should not have.
    pub cut: Option<String>,
}

impl Window {
    pub fn new(reader: Box<dyn Read + Send>) -> Self {
        Self { reader, buffer: vec![0; CHUNK], start: 0, end: 0, at_end: false, cut: None }
    }

    /// What is not used yet.
    pub fn rest(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Reads on; `line` is the one that is being read.
    ///
    /// # Errors
    /// When not a byte can be read. Later damage ends the file and is its `cut`.
    pub fn fill(&mut self, line: u64) -> io::Result<()> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if self.buffer.len() - self.end < CHUNK / 2 {
            self.buffer.resize(self.buffer.len() + CHUNK, 0);
        }
        match self.reader.read(&mut self.buffer[self.end..]) {
            Ok(0) => self.at_end = true,
            Ok(count) => self.end += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // Packed files say so when they were cut off; what was unpacked until then is as good as ever.
            Err(error) if line > 1 || self.end > 0 => {
                self.at_end = true;
                self.cut = Some(error.to_string());
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }
}
