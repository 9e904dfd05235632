//! A body, unpacked, of bounded size however well it was packed.

use super::answer::NotTaken;
use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, StatusCode, header},
};
use flate2::read::MultiGzDecoder;
use futures_util::StreamExt as _;
use std::{
    io::Read,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

/// Whoever needs longer for half a megabyte has gone away.
const PATIENCE: Duration = Duration::from_secs(30);

/// Bytes of bodies that are in memory at a time, packed and unpacked. Anybody may send some; only when all of a body is there
/// it shows whether it is worth anything.
const ROOM: usize = 256 << 20;

/// How many bytes of bodies are in memory.
#[derive(Debug, Default)]
pub struct Room(AtomicUsize);

/// The part of it that one body takes, given back when this is dropped.
#[derive(Debug)]
pub struct Place {
    room: Arc<Room>,
    bytes: usize,
}

impl Place {
    pub fn new(room: &Arc<Room>) -> Self {
        Self { room: Arc::clone(room), bytes: 0 }
    }

    /// Takes more, unless others have taken all that there is.
    fn take(&mut self, bytes: usize) -> Result<(), NotTaken> {
        self.bytes += bytes;
        if self.room.0.fetch_add(bytes, Ordering::Relaxed) + bytes <= ROOM {
            return Ok(());
        }
        let why = "more is being sent at once than this server has memory for; send it again a little later";
        Err(NotTaken::Later(StatusCode::TOO_MANY_REQUESTS, why.to_owned()))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.room.0.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// Reads a body of at most `limit` bytes, before and after unpacking. What is larger is refused with the status `too_large`: SDKs
/// know only 400.
pub async fn read(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
    too_large: StatusCode,
    place: &mut Place,
) -> Result<Bytes, NotTaken> {
    let Ok(packed) = tokio::time::timeout(PATIENCE, whole(body, limit, too_large, place)).await else {
        let why = "the body did not arrive within 30 seconds; send it again";
        return Err(NotTaken::Later(StatusCode::REQUEST_TIMEOUT, why.to_owned()));
    };
    let packed = packed?;
    match headers.get(header::CONTENT_ENCODING).map(|value| value.as_bytes().to_ascii_lowercase()).as_deref() {
        None | Some(b"" | b"identity") => Ok(packed),
        Some(b"gzip" | b"x-gzip") => {
            let unpacked = unpack(&packed, limit, too_large)?;
            place.take(unpacked.len())?;
            Ok(unpacked)
        }
        Some(other) => {
            let why =
                format!("the body is packed as `{}`; send it as it is, or as gzip", String::from_utf8_lossy(other));
            Err(refused(StatusCode::UNSUPPORTED_MEDIA_TYPE, &why))
        }
    }
}

/// All parts as one. What comes in one part, as most bodies do, is not copied.
async fn whole(body: Body, limit: usize, too_large: StatusCode, place: &mut Place) -> Result<Bytes, NotTaken> {
    let ended = |_| refused(StatusCode::BAD_REQUEST, "the body ended before it was whole; send it again");
    let mut parts = body.into_data_stream();
    let Some(first) = parts.next().await.transpose().map_err(ended)? else { return Ok(Bytes::new()) };
    place.take(first.len())?;
    let (mut length, mut others) = (first.len(), Vec::new());
    while let Some(part) = parts.next().await {
        let part = part.map_err(ended)?;
        length += part.len();
        if length > limit {
            break;
        }
        place.take(part.len())?;
        others.push(part);
    }
    match length {
        length if length > limit => Err(too_long(limit, too_large)),
        _ if others.is_empty() => Ok(first),
        _ => {
            let mut whole = Vec::with_capacity(length);
            whole.extend_from_slice(&first);
            others.iter().for_each(|part| whole.extend_from_slice(part));
            Ok(whole.into())
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
        let mut place = Place::new(&Arc::default());
        read(&headers, Body::from(body), limit, StatusCode::PAYLOAD_TOO_LARGE, &mut place).await
    }

    #[tokio::test]
    async fn bodies_come_out_as_they_were() {
        let text = b"{\"a\":1}".to_vec();
        assert_eq!(check(None, text.clone(), 7).await.unwrap(), text);
        assert_eq!(check(Some("GZIP"), gzip(&text), 100).await.unwrap(), text);
    }

    #[tokio::test]
    async fn parts_are_put_together() {
        let read_in = async |limit| {
            let body =
                Body::from_stream(futures_util::stream::iter(["{\"a\"", ":", "1}"].map(Ok::<_, std::io::Error>)));
            let mut place = Place::new(&Arc::default());
            read(&HeaderMap::new(), body, limit, StatusCode::BAD_REQUEST, &mut place).await
        };
        assert_eq!(read_in(7).await.unwrap(), "{\"a\":1}");
        assert_eq!(read_in(6).await, Err(too_long(6, StatusCode::BAD_REQUEST)));
    }

    #[tokio::test]
    async fn where_others_have_taken_all_memory_a_body_has_to_come_again() {
        let room: Arc<Room> = Arc::default();
        let mut others = Place::new(&room);
        others.take(ROOM - 5).unwrap();
        let send = async || {
            let mut place = Place::new(&room);
            read(&HeaderMap::new(), Body::from("123456"), 10, StatusCode::BAD_REQUEST, &mut place).await
        };
        assert!(matches!(send().await, Err(NotTaken::Later(StatusCode::TOO_MANY_REQUESTS, _))));
        drop(others);
        assert_eq!(send().await.unwrap(), "123456");
        assert_eq!(room.0.load(Ordering::Relaxed), 0);
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
