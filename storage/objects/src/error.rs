//! What can go wrong with a store, in words for whoever has to mend it.

use object_store::client::{HttpError, HttpErrorKind};
use std::error::Error as StdError;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why an object cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was given is no address.
    #[error("`{}` is no address of an object: {problem}; write s3://BUCKET/KEY", shown(given))]
    Address {
        /// What was given.
        given: String,
        /// What is wrong with it.
        problem: String,
    },
    /// The settings cannot be used.
    #[error("{0}")]
    Settings(String),
    /// The bucket is not there.
    #[error(
        "there is no bucket `{bucket}` at {place}; check its name, and the endpoint (AWS_ENDPOINT_URL or s3.endpoint)"
    )]
    NoBucket {
        /// Its name.
        bucket: String,
        /// Where it was looked for.
        place: String,
    },
    /// Neither an object nor a folder.
    #[error(
        "there is nothing at {address} ({place}): no object has this key, and none is in a folder of this name; keys are told apart by upper and lower case"
    )]
    NotFound {
        /// What was looked for.
        address: String,
        /// Where.
        place: String,
    },
    /// The store does not know the access key.
    #[error(
        "{place} does not know the access key for {address} ({said}); check AWS_ACCESS_KEY_ID or s3.access_key_id, and whether it is for this store"
    )]
    UnknownKey {
        /// What was asked for.
        address: String,
        /// Where.
        place: String,
        /// What the server said.
        said: String,
    },
    /// The access key and its secret do not go together.
    #[error(
        "{place} refused the signature for {address} ({said}); check AWS_SECRET_ACCESS_KEY or s3.secret_access_key, and the clock of this machine"
    )]
    WrongSecret {
        /// What was asked for.
        address: String,
        /// Where.
        place: String,
        /// What the server said.
        said: String,
    },
    /// Keys that were lent are over, or lack their token.
    #[error(
        "the key for {address} is no longer good ({said}); get a new AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN"
    )]
    Expired {
        /// What was asked for.
        address: String,
        /// What the server said.
        said: String,
    },
    /// The key may not do this.
    #[error(
        "{place} does not let this key read {address} ({said}); it needs s3:GetObject on the objects and s3:ListBucket on the bucket (without the latter, an object that is not there looks the same)"
    )]
    Denied {
        /// What was asked for.
        address: String,
        /// Where.
        place: String,
        /// What the server said.
        said: String,
    },
    /// The bucket lies elsewhere.
    #[error(
        "{address} is not in the region {region}{}; set AWS_REGION or s3.region to the bucket's, and for another store than Amazon's also AWS_ENDPOINT_URL",
        right.as_ref().map(|right| format!(", but in {right}")).unwrap_or_default()
    )]
    WrongRegion {
        /// What was asked for.
        address: String,
        /// Where it was looked for.
        region: String,
        /// Where it is, if the server said so.
        right: Option<String>,
    },
    /// It is not what it was any more.
    #[error("{address} changed while it was read; run it again, and what it is now is read from its beginning")]
    Changed {
        /// Which object.
        address: String,
    },
    /// Nobody answers.
    #[error(
        "cannot reach {place} for {address}: {reason}; check the endpoint (AWS_ENDPOINT_URL or s3.endpoint) and the network, and run it again: what was fetched is kept"
    )]
    Unreachable {
        /// What was asked for.
        address: String,
        /// Where.
        place: String,
        /// Why not.
        reason: String,
    },
    /// Whatever else.
    #[error("{place} could not give {address}: {said}; run it again, and what was fetched is kept")]
    Server {
        /// What was asked for.
        address: String,
        /// Where.
        place: String,
        /// What the server said.
        said: String,
    },
}

/// Keys that somebody wrote into an address stay out of messages.
fn shown(given: &str) -> &str {
    given.rfind('@').map_or(given, |at| &given[at..])
}

/// Whom is asked, and where.
#[derive(Debug)]
pub(crate) struct Asked {
    pub bucket: String,
    pub place: String,
    pub region: String,
}

impl Asked {
    /// What the client says, in words. Of what the server answered only its code and message are told: the rest can hold
    /// the request as it was signed, with its token.
    pub fn failed(&self, key: &str, error: object_store::Error) -> Error {
        let (address, place) = (format!("s3://{}/{key}", self.bucket), self.place.clone());
        if let Some(reason) = not_reached(&error) {
            return Error::Unreachable { address, place, reason };
        }
        let text = error.to_string();
        let code = element(&text, "Code").unwrap_or_default();
        let said = match element(&text, "Message") {
            Some(message) if !code.is_empty() => format!("{code}: {message}"),
            _ if !code.is_empty() => code.to_owned(),
            _ => innermost(&error),
        };
        match (code, &error) {
            ("NoSuchBucket", _) => Error::NoBucket { bucket: self.bucket.clone(), place },
            ("InvalidAccessKeyId", _) => Error::UnknownKey { address, place, said },
            ("SignatureDoesNotMatch" | "RequestTimeTooSkewed", _) => Error::WrongSecret { address, place, said },
            ("ExpiredToken" | "InvalidToken" | "TokenRefreshRequired", _) => Error::Expired { address, said },
            ("PermanentRedirect" | "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException", _) => {
                let right = element(&text, "Region").map(str::to_owned);
                Error::WrongRegion { address, region: self.region.clone(), right }
            }
            _ if said.contains("incorrectly configured region") || said.contains("301 Moved Permanently") => {
                Error::WrongRegion { address, region: self.region.clone(), right: None }
            }
            (_, object_store::Error::NotFound { .. }) => Error::NotFound { address, place },
            (_, object_store::Error::Precondition { .. }) => Error::Changed { address },
            // It is in an archive, from which somebody has to restore it first.
            ("InvalidObjectState", _) => Error::Server { address, place, said },
            (_, object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. }) => {
                Error::Denied { address, place, said }
            }
            _ => Error::Server { address, place, said },
        }
    }
}

fn chain(error: &object_store::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    let first: &(dyn StdError + 'static) = error;
    std::iter::successors(Some(first), |error| (*error).source())
}

/// Why no answer came, if none came.
fn not_reached(error: &object_store::Error) -> Option<String> {
    let failed = chain(error).find_map(|cause| cause.downcast_ref::<HttpError>())?;
    let said = innermost(error);
    Some(match failed.kind() {
        HttpErrorKind::Timeout => format!("no answer in time ({said})"),
        _ => said,
    })
}

/// What lies under all of it, and no more of it than a line.
fn innermost(error: &object_store::Error) -> String {
    const LONGEST: usize = 200;
    let said = chain(error).last().map(ToString::to_string).unwrap_or_default();
    let line = said.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{} …", &line[..end]),
        None => line,
    }
}

/// The text of the first element of this name.
fn element<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let start = text.find(&format!("<{name}>"))? + name.len() + 2;
    let rest = &text[start..];
    rest.find(&format!("</{name}>")).map(|end| rest[..end].trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(answer: &str) -> String {
        let asked = Asked { bucket: "shop".into(), place: "Amazon S3".into(), region: "us-east-1".into() };
        asked.failed("a.csv", object_store::Error::Generic { store: "S3", source: answer.into() }).to_string()
    }

    /// Answers as Amazon documents them.
    #[test]
    fn what_the_server_said_becomes_what_to_do() {
        let malformed = "<Error><Code>AuthorizationHeaderMalformed</Code><Message>The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'</Message><Region>eu-west-1</Region></Error>";
        let elsewhere = "Received redirect without LOCATION, this normally indicates an incorrectly configured region";
        let expired = "<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message><Token-0>geheim</Token-0></Error>";
        let signature = "<Error><Code>SignatureDoesNotMatch</Code><Message>No match.</Message><CanonicalRequest>x-amz-security-token:geheim</CanonicalRequest></Error>";
        for (answer, expected) in [
            (malformed, "not in the region us-east-1, but in eu-west-1; set AWS_REGION"),
            (elsewhere, "not in the region us-east-1; set AWS_REGION"),
            (expired, "(ExpiredToken: The provided token has expired.); get a new"),
            (signature, "(SignatureDoesNotMatch: No match.); check AWS_SECRET_ACCESS_KEY"),
            ("<Error><Code>SlowDown</Code></Error>", "could not give s3://shop/a.csv: SlowDown"),
            ("<html>502</html>", "could not give s3://shop/a.csv: <html>502</html>"),
        ] {
            let said = failed(answer);
            assert!(said.contains(expected) && said.contains("s3://shop/a.csv"), "{said}");
            assert!(!said.contains("geheim"), "{said}");
        }
    }
}
