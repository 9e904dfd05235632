//! Writes events of the clickstream as calls of the Segment tracking API, one a line.
//!
//!     clickstream --events 1000000 --seed 1 [--with-message-id false] > events.jsonl

use front_door_bench::{arguments::Arguments, clickstream::Clickstream};
use std::{
    io::{BufWriter, Write},
    process::ExitCode,
};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("clickstream: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let mut arguments = Arguments::of_process()?;
    let events: u64 = arguments.required("events")?;
    let seed = arguments.optional("seed")?.unwrap_or(1);
    let with_message_id = arguments.optional("with-message-id")?.unwrap_or(true);
    arguments.finish()?;
    let mut stream = Clickstream::new(seed);
    let mut output = BufWriter::new(std::io::stdout().lock());
    let mut line = Vec::new();
    for _ in 0..events {
        line.clear();
        stream.next_event().write_call(&mut line, with_message_id);
        line.push(b'\n');
        output.write_all(&line).map_err(|error| format!("cannot write: {error}"))?;
    }
    output.flush().map_err(|error| format!("cannot write: {error}"))
}
