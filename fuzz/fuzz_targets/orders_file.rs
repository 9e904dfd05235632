//! A file of order lines by the mapping of the retail example: marks, quotes, encodings, dates, amounts, compression.
//!
//! Where batches end does not change what is read, and every record can be read again.
#![no_main]

#[path = "../read.rs"]
mod read;

use bellwether_collect::Mapping;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static MAPPING: LazyLock<Mapping> = LazyLock::new(|| {
    Mapping::parse("mapping.toml", include_str!("../../examples/retail/mapping.toml")).expect("the example's mapping")
});

fuzz_target!(|file: &[u8]| {
    read::check_file(file, MAPPING.rows().expect("it maps rows"));
});
