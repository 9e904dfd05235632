//! `s3://bucket/key`.

use crate::error::{Error, Result};
use std::fmt;

const SCHEME: &str = "s3://";

/// Where objects are: a bucket and a key, or what keys begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The bucket's name.
    pub bucket: String,
    /// As in the store, nothing escaped; empty for the whole bucket. Behind a `/` at its end there is a folder.
    pub key: String,
}

impl Address {
    /// Whether a text is meant to be one.
    pub fn is_meant(text: &str) -> bool {
        text.get(..SCHEME.len()).is_some_and(|start| start.eq_ignore_ascii_case(SCHEME))
    }

    /// Reads `s3://bucket/key`.
    ///
    /// # Errors
    /// When it is none, or names a key that this client cannot ask for.
    pub fn parse(text: &str) -> Result<Self> {
        let fail = |problem: &str| Err(Error::Address { given: text.to_owned(), problem: problem.to_owned() });
        let Some(rest) = text.get(SCHEME.len()..).filter(|_| Self::is_meant(text)) else {
            return fail("it does not begin with s3://");
        };
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
        if bucket.is_empty() {
            return fail("it names no bucket");
        }
        if !bucket.chars().all(plain) {
            return fail(
                "a bucket's name has letters, digits, dots and hyphens only; keys of access do not belong here",
            );
        }
        if object_store::path::Path::parse(key).is_err() {
            return fail(
                "a key with an empty part, `.` or `..` between slashes, or control characters, cannot be asked for",
            );
        }
        Ok(Self { bucket: bucket.to_owned(), key: key.to_owned() })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}/{}", self.bucket, self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_bucket_and_maybe_a_key() {
        for (text, bucket, key) in [
            ("s3://shop", "shop", ""),
            ("S3://shop/", "shop", ""),
            ("s3://shop/2024/订单 1.csv.gz", "shop", "2024/订单 1.csv.gz"),
            ("s3://shop/2024/", "shop", "2024/"),
            ("s3://shop/a%20b", "shop", "a%20b"),
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!((address.bucket.as_str(), address.key.as_str()), (bucket, key), "{text}");
        }
    }

    #[test]
    fn what_is_none_says_why() {
        for (text, expected) in [
            ("s3:///key", "names no bucket"),
            ("s3://AKIA:secret@shop/key", "do not belong here"),
            ("s3://shop/a//b", "empty part"),
            ("s3://shop/../b", "`..`"),
            ("https://shop/b", "begin with s3://"),
        ] {
            let error = Address::parse(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
            assert!(!error.contains("AKIA:secret"), "{error}");
        }
    }
}
