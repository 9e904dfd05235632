//! Sources to raw events: mapping language, delimited files, encodings.
