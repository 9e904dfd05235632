//! Builds again when the console's build has changed, so that the binary embeds the present one.

use std::{fs, path::Path};

fn main() {
    let dist = Path::new("../../console/dist");
    // Cargo takes a missing folder for one that always changes, and would compile this crate anew every time. Where it
    // cannot be made, as in a read-only checkout, nothing but that time is lost.
    drop(fs::create_dir_all(dist));
    println!("cargo::rerun-if-changed={}", dist.display());
}
