//! What a decent engineer would write to take events into PostgreSQL: hyper, and `COPY` of whole requests into
//! `events (message_id text, body jsonb)`. A request is answered when its events are committed.
//!
//!     peer --listen 127.0.0.1:8401 --postgres postgres://… [--write group|each] [--writers 2]
//!
//! `group`: each of the writers takes whatever requests wait and commits them together. `each`: a pool of as many
//! connections, and every request is a transaction of its own.

use bytes::{BufMut, Bytes, BytesMut};
use front_door_bench::arguments::Arguments;
use futures_util::SinkExt;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response, StatusCode, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::{borrow::Cow, convert::Infallible, error::Error, pin::pin, sync::Arc};
use tokio::{
    net::TcpListener,
    sync::{Mutex, mpsc, oneshot},
};
use tokio_postgres::{Client, NoTls};

/// Requests that are committed together at the most, and that may wait.
const GROUP: usize = 256;
const WAITING: usize = 4096;

/// Rows in the form of a binary `COPY`, and whom to tell when they are committed.
type Job = (BytesMut, oneshot::Sender<bool>);
type Failure = Box<dyn Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut arguments = Arguments::of_process()?;
    let listen: String = arguments.required("listen")?;
    let postgres: String = arguments.required("postgres")?;
    let writers = arguments.optional("writers")?.unwrap_or(2);
    let group = match arguments.optional::<String>("write")?.as_deref() {
        None | Some("group") => GROUP,
        Some("each") => 1,
        Some(other) => return Err(format!("`--write {other}`: it must be `group` or `each`").into()),
    };
    arguments.finish()?;
    let jobs = start_writers(&postgres, writers, group).await?;
    let listener = TcpListener::bind(&listen).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let jobs = jobs.clone();
        tokio::spawn(async move {
            let service = service_fn(move |request| answer(request, jobs.clone()));
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn start_writers(postgres: &str, writers: usize, group: usize) -> Result<mpsc::Sender<Job>, Failure> {
    let (sender, receiver) = mpsc::channel(WAITING);
    let receiver = Arc::new(Mutex::new(receiver));
    for number in 0..writers {
        let (client, connection) = tokio_postgres::connect(postgres, NoTls).await?;
        tokio::spawn(connection);
        if number == 0 {
            client.batch_execute("CREATE TABLE IF NOT EXISTS events (message_id text, body jsonb)").await?;
        }
        tokio::spawn(write(client, Arc::clone(&receiver), group));
    }
    Ok(sender)
}

/// Takes what waits, commits it, tells everybody; for ever.
async fn write(client: Client, receiver: Arc<Mutex<mpsc::Receiver<Job>>>, group: usize) {
    let mut jobs = Vec::with_capacity(group);
    while receiver.lock().await.recv_many(&mut jobs, group).await > 0 {
        let (rows, waiting): (Vec<_>, Vec<_>) = jobs.drain(..).unzip();
        let result = copy(&client, rows).await;
        if let Err(error) = &result {
            eprintln!("peer: {error}");
        }
        for answer in waiting {
            let _ = answer.send(result.is_ok());
        }
    }
}

/// A `COPY` outside of a transaction is one by itself.
async fn copy(client: &Client, rows: Vec<BytesMut>) -> Result<(), tokio_postgres::Error> {
    let mut sink = pin!(client.copy_in::<_, Bytes>("COPY events FROM STDIN (FORMAT binary)").await?);
    sink.feed(Bytes::from_static(b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0")).await?;
    for rows in rows {
        sink.feed(rows.freeze()).await?;
    }
    sink.feed(Bytes::from_static(&[0xff, 0xff])).await?;
    sink.finish().await?;
    Ok(())
}

async fn answer(request: Request<Incoming>, jobs: mpsc::Sender<Job>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (status, text) = match take(request, jobs).await {
        Ok(()) => (StatusCode::OK, "{\"success\":true}"),
        Err(status) => (status, "{\"success\":false}"),
    };
    let mut response = Response::new(Full::new(Bytes::from_static(text.as_bytes())));
    *response.status_mut() = status;
    Ok(response)
}

async fn take(request: Request<Incoming>, jobs: mpsc::Sender<Job>) -> Result<(), StatusCode> {
    let is_batch = request.uri().path() == "/v1/batch";
    let body = request.into_body().collect().await.map_err(|_| StatusCode::BAD_REQUEST)?.to_bytes();
    let rows = rows(&body, is_batch).map_err(|_| StatusCode::BAD_REQUEST)?;
    let (sender, committed) = oneshot::channel();
    jobs.send((rows, sender)).await.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?;
    match committed.await {
        Ok(true) => Ok(()),
        _ => Err(StatusCode::SERVICE_UNAVAILABLE),
    }
}

#[derive(Deserialize)]
struct Batch<'b> {
    #[serde(borrow)]
    batch: Vec<&'b RawValue>,
}

#[derive(Deserialize)]
struct Identified<'b> {
    #[serde(rename = "messageId", borrow)]
    message_id: Cow<'b, str>,
}

fn rows(body: &[u8], is_batch: bool) -> Result<BytesMut, serde_json::Error> {
    let events =
        if is_batch { serde_json::from_slice::<Batch<'_>>(body)?.batch } else { vec![serde_json::from_slice(body)?] };
    let mut rows = BytesMut::with_capacity(body.len() + events.len() * 64);
    for event in events {
        let Identified { message_id } = serde_json::from_str(event.get())?;
        rows.put_i16(2);
        rows.put_i32(message_id.len() as i32);
        rows.put_slice(message_id.as_bytes());
        // jsonb in binary is its version and its text.
        rows.put_i32(event.get().len() as i32 + 1);
        rows.put_u8(1);
        rows.put_slice(event.get().as_bytes());
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_becomes_a_row_of_two_fields() {
        let event = r#"{"messageId":"m1","a":1}"#;
        let expected: Vec<u8> =
            [&[0, 2, 0, 0, 0, 2][..], b"m1", &[0, 0, 0, event.len() as u8 + 1, 1], event.as_bytes()].concat();
        assert_eq!(rows(event.as_bytes(), false).unwrap(), expected);
        let batch = format!(r#"{{"batch":[{event},{event}]}}"#);
        assert_eq!(rows(batch.as_bytes(), true).unwrap(), [expected.clone(), expected].concat());
        assert!(rows(br#"{"batch":[{"a":1}]}"#, true).is_err());
    }
}
