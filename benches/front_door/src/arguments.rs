//! `--name value` pairs of a command line.

use std::{collections::BTreeMap, fmt::Display, str::FromStr};

/// What was typed and not asked for yet.
#[derive(Debug)]
pub struct Arguments(BTreeMap<String, String>);

impl Arguments {
    /// Those of this process.
    ///
    /// # Errors
    /// A sentence, when they are no pairs.
    pub fn of_process() -> Result<Self, String> {
        Self::read(std::env::args().skip(1))
    }

    fn read(mut typed: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut pairs = BTreeMap::new();
        while let Some(name) = typed.next() {
            let name = name.strip_prefix("--").ok_or_else(|| format!("`{name}` is no option: they begin with `--`"))?;
            let value = typed.next().ok_or_else(|| format!("`--{name}` needs a value behind it"))?;
            pairs.insert(name.to_owned(), value);
        }
        Ok(Self(pairs))
    }

    /// The value of an option, where it was given.
    ///
    /// # Errors
    /// A sentence, when it cannot be read.
    pub fn optional<T: FromStr<Err: Display>>(&mut self, name: &str) -> Result<Option<T>, String> {
        let Some(text) = self.0.remove(name) else { return Ok(None) };
        text.parse().map(Some).map_err(|error| format!("`--{name} {text}`: {error}"))
    }

    /// The value of an option that must be given.
    ///
    /// # Errors
    /// A sentence, when it is missing or cannot be read.
    pub fn required<T: FromStr<Err: Display>>(&mut self, name: &str) -> Result<T, String> {
        self.optional(name)?.ok_or_else(|| format!("`--{name}` is missing"))
    }

    /// Refuses options that nobody asked for.
    ///
    /// # Errors
    /// A sentence that names the first of them.
    pub fn finish(self) -> Result<(), String> {
        self.0.into_keys().next().map_or(Ok(()), |name| Err(format!("there is no option `--{name}`")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_read_by_name_and_nothing_is_overlooked() {
        let read = |typed: &str| Arguments::read(typed.split(' ').map(str::to_owned));
        let mut arguments = read("--seconds 5 --rate 2.5").unwrap();
        assert_eq!(arguments.required::<u32>("seconds"), Ok(5));
        assert_eq!(arguments.optional::<u32>("seed"), Ok(None));
        assert_eq!(arguments.required::<u32>("key"), Err("`--key` is missing".into()));
        assert_eq!(arguments.finish(), Err("there is no option `--rate`".into()));
        assert!(read("seconds 5").unwrap_err().starts_with("`seconds`"));
        assert!(read("--seconds").unwrap_err().contains("needs a value"));
        assert!(read("--seconds x").unwrap().required::<u32>("seconds").unwrap_err().starts_with("`--seconds x`"));
    }
}
