//! What a person sees while something long runs: a bar on a terminal, a line per stage elsewhere.

use indicatif::{ProgressBar, ProgressStyle};
use std::{
    io::IsTerminal,
    time::{Duration, Instant},
};

/// The stages of a long command, each with a line that ends in what was found.
pub struct Stages {
    number: usize,
    total: usize,
    terminal: bool,
}

/// One stage under way.
pub struct Stage {
    bar: Option<ProgressBar>,
    name: String,
    title: String,
    started: Instant,
}

impl Stages {
    /// `total` stages are to come.
    pub fn new(total: usize) -> Self {
        Self { number: 0, total, terminal: std::io::stderr().is_terminal() }
    }

    /// The next stage begins.
    pub fn start(&mut self, name: &str) -> Stage {
        self.number += 1;
        let title = format!("[{}/{}] {name:<12}", self.number, self.total);
        let bar = self.terminal.then(|| {
            let bar = ProgressBar::new_spinner();
            let style = ProgressStyle::with_template("{prefix} {spinner} {msg}");
            bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
            bar.set_prefix(title.clone());
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Stage { bar, name: name.to_owned(), title, started: Instant::now() }
    }
}

impl Stage {
    /// What is going on now.
    pub fn say(&self, message: impl Into<String>) {
        if let Some(bar) = &self.bar {
            bar.set_message(message.into());
        }
    }

    /// Items and how many a second, with what it is about.
    pub fn count(&self, items: u64, of_what: &str) {
        self.say(format!("{} {of_what} ({}/s)", thousands(items), thousands(self.rate(items))));
    }

    /// Items a second so far.
    pub fn rate(&self, items: u64) -> u64 {
        (items as f64 / self.started.elapsed().as_secs_f64().max(1e-3)) as u64
    }

    /// The stage is over; gives how long it took.
    pub fn done(self, found: impl AsRef<str>) -> Duration {
        let took = self.started.elapsed();
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
        eprintln!("{} {} ({:.2} s)", self.title, found.as_ref(), took.as_secs_f64());
        tracing::debug!(stage = self.name, seconds = took.as_secs_f64(), "stage done");
        took
    }
}

/// `541,909`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `12.3 MB`.
pub fn megabytes(bytes: u64) -> String {
    format!("{}.{} MB", thousands(bytes / 1_000_000), bytes % 1_000_000 / 100_000)
}

#[cfg(test)]
mod tests {
    #[test]
    fn bytes_are_shown_as_megabytes() {
        for (bytes, text) in [(0, "0.0 MB"), (99_999, "0.0 MB"), (1_250_000, "1.2 MB"), (1_234_567_890, "1,234.5 MB")] {
            assert_eq!(super::megabytes(bytes), text);
        }
    }

    #[test]
    fn thousands_are_separated() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (541_909, "541,909"), (1_234_567, "1,234,567")]
        {
            assert_eq!(super::thousands(number), text);
        }
    }
}
