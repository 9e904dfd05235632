//! The laboratory as people use it: a command line in, a report, files and an exit status out.

mod cluster;
mod common;
mod describe;
mod experiment;
mod recommend;
mod rfm;
mod usage;
