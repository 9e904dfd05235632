//! A body, unpacked, of bounded size however well it was packed.

use super::answer::NotTaken;
use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, StatusCode, header},
};
use flate2::read::MultiGzDecoder;
use std::{io::Read, time::Duration};

/// Whoever needs longer for half a megabyte has gone away.
const PATIENCE: Duration = Duration::from_secs(30);

/// Reads a body of at most `limit` bytes, before and after unpacking. What is larger is refused with the status `too_large`: SDKs
/// know only 400.
pub async fn read(headers: &HeaderMap, body: Body, limit: usize, too_large: StatusCode) -> Result<Bytes, NotTaken> {
    let packed = match tokio::time::timeout(PATIENCE, to_bytes(body, limit)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) if is_too_long(&error) => return Err(too_long(limit, too_large)),
        Ok(Err(_)) => {
            return Err(refused(StatusCode::BAD_REQUEST, "the body ended before it was whole; send it again"));
        }
        Err(_) => {
            let why = "the body did not arrive within 30 seconds; send it again";
            return Err(NotTaken::Later(StatusCode::REQUEST_TIMEOUT, why.to_owned()));
        }
    };
    match headers.get(header::CONTENT_ENCODING).map(|value| value.as_bytes().to_ascii_lowercase()).as_deref() {
        None | Some(b"" | b"identity") => Ok(packed),
        Some(b"gzip" | b"x-gzip") => unpack(&packed, limit, too_large),
        Some(other) => {
            let why =
                format!("the body is packed as `{}`; send it as it is, or as gzip", String::from_utf8_lossy(other));
            Err(refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, &why))
        }
    }
}

fn unpack(packed: &[u8], limit: usize, too_large: StatusCode) -> Result<Bytes, NotTaken> {
    let mut unpacked = Vec::with_capacity(limit.min(8 * packed.len()));
    // One byte more than is allowed tells that there is more.
    let read = MultiGzDecoder::new(packed).take(limit as u64 + 1).read_to_end(&mut unpacked);
    match read {
        Ok(_) if unpacked.len() > limit => Err(too_long(limit, too_large)),
        Ok(_) => Ok(unpacked.into()),
        Err(error) => Err(refused(StatusCode::BAD_REQUEST, &format!("the body is no whole gzip file ({error})"))),
    }
}

fn is_too_long(error: &axum::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.to_string().contains("length limit exceeded") {
            return true;
        }
        cause = error.source();
    }
    false
}

fn too_long(limit: usize, status: StatusCode) -> NotTaken {
    refused(status, &format!("the body has more than {limit} bytes; send less at once"))
}

fn refused(status: StatusCode, why: &str) -> NotTaken {
    NotTaken::Refused(status, why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(text).unwrap();
        packer.finish().unwrap()
    }

    async fn check(encoding: Option<&str>, body: Vec<u8>, limit: usize) -> Result<Bytes, NotTaken> {
        let mut headers = HeaderMap::new();
        if let Some(encoding) = encoding {
            headers.insert(header::CONTENT_ENCODING, encoding.parse().unwrap());
        }
        read(&headers, Body::from(body), limit, StatusCode::PAYLOAD_TOO_LARGE).await
    }

    #[tokio::test]
    async fn bodies_come_out_as_they_were() {
        let text = b"{\"a\":1}".to_vec();
        assert_eq!(check(None, text.clone(), 7).await.unwrap(), text);
        assert_eq!(check(Some("GZIP"), gzip(&text), 100).await.unwrap(), text);
    }

    #[tokio::test]
    async fn a_bomb_is_not_unpacked() {
        let bomb = gzip(&vec![b' '; 50_000_000]);
        assert!(bomb.len() < 100_000);
        assert_eq!(check(Some("gzip"), bomb, 500_000).await, Err(too_long(500_000, StatusCode::PAYLOAD_TOO_LARGE)));
        assert_eq!(check(None, vec![b' '; 8], 7).await, Err(too_long(7, StatusCode::PAYLOAD_TOO_LARGE)));
    }

    #[tokio::test]
    async fn what_cannot_be_unpacked_is_refused_with_a_reason() {
        let mut cut = gzip(b"{\"a\":1}");
        cut.truncate(12);
        for (encoding, body) in [("gzip", cut), ("br", vec![1]), ("gzip", b"{}".to_vec())] {
            assert!(matches!(check(Some(encoding), body, 100).await, Err(NotTaken::Refused(..))), "{encoding}");
        }
    }
}
