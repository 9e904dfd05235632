//! Files of every sort through the whole of collecting, by its public interface only.

mod events;
mod experiments;
mod grouping;
mod guesses;
mod known_data;
mod limits;
mod mappings;
mod nasty_files;
mod packs;
mod queries;
mod segment;
mod support;
mod typed;
mod whole_files;
