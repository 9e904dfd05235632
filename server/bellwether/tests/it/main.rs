//! The real binary, as people use it.

mod another_shop;
mod crash;
mod door;
mod experiment;
mod folder;
mod installation;
mod mappings;
mod objects;
mod one_definition;
mod parquet;
mod postgres;
mod queries;
mod real_data;
mod replay;
mod retention;
mod send;
mod small_shops;
mod sources;
mod stores;
mod support;
