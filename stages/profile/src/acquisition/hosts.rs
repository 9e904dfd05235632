//! Patterns of hosts, each with a value. Looked up by the labels of a host, so that hundreds of them cost as little as one.

use compact_str::CompactString;
use rustc_hash::FxHashMap;

/// Second-level names such as `co` in `co.uk` have no more letters.
const SECOND_LEVEL: usize = 3;
/// A country.
const COUNTRY: usize = 2;

/// Patterns of hosts: `example.com` stands for this host and all below it, `example.*` for the same in every country.
#[derive(Debug, Clone)]
pub(super) struct Hosts<T> {
    /// By the host.
    exact: FxHashMap<CompactString, T>,
    /// By what is before `.*`.
    anywhere: FxHashMap<CompactString, T>,
}

impl<T> Default for Hosts<T> {
    fn default() -> Self {
        Self { exact: FxHashMap::default(), anywhere: FxHashMap::default() }
    }
}

impl<T: Copy> Hosts<T> {
    /// Adds a pattern.
    ///
    /// # Errors
    /// What is wrong with it, and the value of whoever has it already.
    pub fn insert(&mut self, pattern: &str, value: T) -> Result<(), HostProblem<T>> {
        let pattern = pattern.to_lowercase();
        let is_label = |label: &str| !label.is_empty() && !label.contains(['*', '/', ':', '@', '?', '#', ' ']);
        let (table, host) = match pattern.strip_suffix(".*") {
            Some(stem) => (&mut self.anywhere, stem),
            None => (&mut self.exact, pattern.as_str()),
        };
        if !host.split('.').all(is_label) {
            return Err(HostProblem::NoHost);
        }
        match table.insert(host.into(), value) {
            Some(other) => Err(HostProblem::Taken(other)),
            None => Ok(()),
        }
    }

    /// The value of the longest pattern that a host fits. The host must be in lower case.
    pub fn get(&self, host: &str) -> Option<T> {
        let mut rest = host;
        loop {
            let found = self.exact.get(rest).or_else(|| self.in_any_country(rest));
            if let Some(value) = found {
                return Some(*value);
            }
            (_, rest) = rest.split_once('.')?;
        }
    }

    fn in_any_country(&self, host: &str) -> Option<&T> {
        let (stem, ending) = host.rsplit_once('.')?;
        self.anywhere.get(stem).or_else(|| {
            let (stem, second) = stem.rsplit_once('.')?;
            let is_country = ending.len() == COUNTRY && second.len() <= SECOND_LEVEL;
            is_country.then(|| self.anywhere.get(stem)).flatten()
        })
    }
}

/// Why a pattern cannot be added.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum HostProblem<T> {
    /// It is none.
    NoHost,
    /// It was added before, with this value.
    Taken(T),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(patterns: &[&'static str]) -> Hosts<&'static str> {
        let mut hosts = Hosts::default();
        patterns.iter().for_each(|pattern| hosts.insert(pattern, *pattern).unwrap());
        hosts
    }

    #[test]
    fn the_longest_pattern_counts() {
        let hosts = hosts(&["google.*", "mail.google.com", "so.com", "yahoo.*", "example.*", "shop.example.com"]);
        let check = |host: &str, expected: Option<&str>| assert_eq!(hosts.get(host), expected, "{host}");
        check("google.com", Some("google.*"));
        check("www.google.co.uk", Some("google.*"));
        check("www.google.com.hk", Some("google.*"));
        check("mail.google.com", Some("mail.google.com"));
        check("a.mail.google.com", Some("mail.google.com"));
        check("mail.google.de", Some("google.*"));
        check("www.so.com", Some("so.com"));
        check("also.com", None);
        check("notgoogle.com", None);
        check("google.evil.com", None);
        check("google.com.evil.org", None);
        check("google", None);
        check("shop.example.com", Some("shop.example.com"));
        check("", None);
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for pattern in ["", "*", "a.*.b", "https://a.b", "a.b/c", "a..b", ".a", "a b", "*.a"] {
            assert_eq!(Hosts::default().insert(pattern, 1), Err(HostProblem::NoHost), "{pattern}");
        }
        let mut hosts = Hosts::default();
        hosts.insert("a.b", 1).unwrap();
        assert_eq!(hosts.insert("A.B", 2), Err(HostProblem::Taken(1)));
        assert_eq!(hosts.insert("a.*", 2), Ok(()));
    }
}
