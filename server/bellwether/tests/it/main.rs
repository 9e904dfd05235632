//! The real binary, as people use it.

mod another_shop;
mod crash;
mod experiment;
mod folder;
mod real_data;
mod send;
mod support;
