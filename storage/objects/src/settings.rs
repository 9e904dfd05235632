//! How to get to a store.

use crate::error::{Error, Result};
use object_store::{
    BackoffConfig, ClientOptions, RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
};
use std::{fmt, time::Duration};
use url::Url;

/// Where no region is given: that of most stores that have none.
const REGION: &str = "us-east-1";
/// A part is not large; who needs longer for one is as good as gone.
const TIMEOUT: Duration = Duration::from_secs(300);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// About 3 seconds of trying: what was fetched until then stays, and whoever waits wants to know.
const RETRIES: usize = 4;

/// How to get to a store. Empty texts are what is not set.
#[derive(Clone, Default)]
pub struct Settings {
    /// `https://host[:port]`, or `http://…`, which is not encrypted; empty for Amazon's own.
    pub endpoint: String,
    /// Empty for `us-east-1`.
    pub region: String,
    /// The access key's id.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: String,
    /// For keys that were lent for a while.
    pub session_token: String,
    /// Whether the bucket's name is part of the host's: `https://bucket.host/key` instead of `https://host/bucket/key`.
    pub bucket_in_host: bool,
    /// Whether requests are not signed, for buckets that are open to everybody.
    pub anonymous: bool,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

impl Settings {
    /// What the place is called in messages, and what tells its buckets from those of others.
    pub fn place(&self) -> String {
        match self.endpoint.trim().trim_end_matches('/') {
            "" => "Amazon S3".to_owned(),
            endpoint => endpoint.to_owned(),
        }
    }

    /// The region in force.
    pub(crate) fn region(&self) -> &str {
        if self.region.is_empty() { REGION } else { &self.region }
    }

    pub(crate) fn client(&self, bucket: &str) -> Result<AmazonS3> {
        let (endpoint, plain) = self.endpoint_for(bucket)?;
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(bucket)
            .with_region(self.region())
            .with_virtual_hosted_style_request(self.bucket_in_host)
            .with_client_options(
                ClientOptions::new().with_timeout(TIMEOUT).with_connect_timeout(CONNECT_TIMEOUT).with_allow_http(plain),
            )
            .with_retry(RetryConfig {
                max_retries: RETRIES,
                retry_timeout: TIMEOUT,
                backoff: BackoffConfig { max_backoff: Duration::from_secs(2), ..BackoffConfig::default() },
            });
        if let Some(endpoint) = endpoint {
            builder = builder.with_endpoint(endpoint);
        }
        builder = match self.anonymous {
            true => builder.with_skip_signature(true),
            false => self.signed(builder)?,
        };
        builder.build().map_err(|error| Error::Settings(format!("the object store cannot be used: {error}")))
    }

    fn signed(&self, builder: AmazonS3Builder) -> Result<AmazonS3Builder> {
        if self.access_key_id.is_empty() || self.secret_access_key.is_empty() {
            return Err(Error::Settings(
                "there is no key for the object store: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment, or s3.access_key_id and s3.secret_access_key; for a bucket that is open to everybody, s3.anonymous = true"
                    .to_owned(),
            ));
        }
        let builder = builder.with_access_key_id(&self.access_key_id).with_secret_access_key(&self.secret_access_key);
        Ok(if self.session_token.is_empty() { builder } else { builder.with_token(&self.session_token) })
    }

    /// The endpoint as the client wants it, and whether it is not encrypted.
    fn endpoint_for(&self, bucket: &str) -> Result<(Option<String>, bool)> {
        if self.endpoint.trim().is_empty() {
            return Ok((None, false));
        }
        let fail = |problem: &str| {
            Error::Settings(format!(
                "the endpoint of the object store {problem}; write it as https://host or http://host:port (AWS_ENDPOINT_URL or s3.endpoint)"
            ))
        };
        let mut url = Url::parse(self.endpoint.trim()).map_err(|_| fail("is no address"))?;
        let plain = match url.scheme() {
            "http" => true,
            "https" => false,
            _ => return Err(fail("is neither https:// nor http://")),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(fail("holds a user or password, which do not belong there"));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(fail("has a part behind `?` or `#`"));
        }
        if self.bucket_in_host {
            let host =
                url.domain().ok_or_else(|| fail("has no name before which the bucket's could stand"))?.to_owned();
            let whole = format!("{bucket}.{host}");
            url.set_host(Some(&whole)).map_err(|_| fail("and the bucket's name make no host"))?;
        }
        Ok((Some(url.as_str().trim_end_matches('/').to_owned()), plain))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(endpoint: &str, bucket_in_host: bool) -> Settings {
        Settings { endpoint: endpoint.to_owned(), bucket_in_host, ..Settings::default() }
    }

    #[test]
    fn an_endpoint_is_encrypted_unless_it_says_http() {
        for (endpoint, in_host, expected) in [
            ("", false, (None, false)),
            ("http://127.0.0.1:9000", false, (Some("http://127.0.0.1:9000"), true)),
            ("https://minio.example/", false, (Some("https://minio.example"), false)),
            ("https://oss-cn-hangzhou.example", true, (Some("https://shop.oss-cn-hangzhou.example"), false)),
            ("https://cos.example:8443", true, (Some("https://shop.cos.example:8443"), false)),
        ] {
            let (found, plain) = settings(endpoint, in_host).endpoint_for("shop").unwrap();
            assert_eq!((found.as_deref(), plain), expected, "{endpoint}");
        }
    }

    #[test]
    fn an_endpoint_that_cannot_be_one_says_why_and_keeps_what_it_holds() {
        for (endpoint, in_host, expected) in [
            ("minio:9000", false, "neither https:// nor http://"),
            ("http://user:geheim@host", false, "do not belong there"),
            ("http://127.0.0.1:9000", true, "no name"),
            ("https://host/?x", false, "behind `?`"),
        ] {
            let error = settings(endpoint, in_host).endpoint_for("shop").unwrap_err().to_string();
            assert!(error.contains(expected) && !error.contains("geheim"), "{error}");
        }
    }

    #[test]
    fn without_a_key_it_is_said_which_variables_hold_one() {
        let error = settings("http://127.0.0.1:1", false).client("shop").unwrap_err().to_string();
        assert!(error.contains("AWS_SECRET_ACCESS_KEY") && error.contains("s3.anonymous"), "{error}");
        let keyed = Settings {
            access_key_id: "AKIA".into(),
            secret_access_key: "geheim".into(),
            session_token: "auch geheim".into(),
            ..settings("http://127.0.0.1:1", false)
        };
        assert!(!format!("{keyed:?} {:?}", keyed.client("shop").unwrap()).contains("geheim"));
    }
}
