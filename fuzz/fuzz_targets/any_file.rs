//! Any file, by the mapping that is guessed for it: whatever is guessed is a mapping, and reads the file to its end.
#![no_main]

#[path = "../read.rs"]
mod read;

use bellwether_collect::{Mapping, guess_from_reader};
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

fuzz_target!(|file: &[u8]| {
    let Ok(guess) = guess_from_reader("file", Cursor::new(file.to_vec())) else { return };
    let mapping = Mapping::parse("guess.toml", &guess).unwrap_or_else(|error| panic!("{error}\n{guess}"));
    if let Some(rows) = mapping.rows() {
        read::check_file(file, rows);
    }
});
