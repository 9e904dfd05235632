//! The listening socket.

use crate::{Intake, short_way};
use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use std::{future::Future, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_io_timeout::TimeoutStream;
use tower::Service;

/// Connections at a time; further ones wait in the system's queue. Each costs some tens of kilobytes.
const CONNECTIONS: usize = 4_096;
/// Whoever needs longer to say what it wants, says nothing more for so long, or takes nothing of its answer, is hung up on.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most bytes of a request's head.
const HEAD: usize = 64 * 1024;
/// How long requests that are under way may take when the server ends.
const FAREWELL: Duration = Duration::from_secs(15);
/// Where the system has nothing more for a connection (file descriptors, memory), others must end first.
const AFTER_A_FAILURE: Duration = Duration::from_millis(100);

/// Serves until `shutdown` is ready, and then ends the requests that are under way: collecting calls on a short way, all others
/// by the router. Where there is no administrator's password loopback only is answered, whatever address the listener is bound to.
pub async fn serve(
    listener: TcpListener,
    intake: Intake,
    router: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let way = Arc::new((intake, router));
    let (graceful, room) = (GracefulShutdown::new(), Arc::new(Semaphore::new(CONNECTIONS)));
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &room) => accepted,
            () = &mut shutdown => break,
        };
        match accepted {
            Ok((stream, peer, place)) => serve_one(stream, peer, place, Arc::clone(&way), &graceful),
            Err(error) => {
                tracing::warn!(%error, "a connection cannot be taken");
                tokio::time::sleep(AFTER_A_FAILURE).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(FAREWELL, graceful.shutdown()).await.is_err() {
        tracing::warn!("some connections did not end in time");
    }
    Ok(())
}

async fn accept(
    listener: &TcpListener,
    room: &Arc<Semaphore>,
) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(room).acquire_owned().await.map_err(io::Error::other)?;
    let (stream, peer) = listener.accept().await?;
    // An answer is written at once: to wait for more of it would only make the client wait.
    stream.set_nodelay(true)?;
    Ok((stream, peer, place))
}

fn serve_one(
    stream: TcpStream,
    peer: SocketAddr,
    place: OwnedSemaphorePermit,
    way: Arc<(Intake, Router)>,
    graceful: &GracefulShutdown,
) {
    let service = service_fn(move |request: Request<Incoming>| {
        let way = Arc::clone(&way);
        async move {
            let (intake, router) = &*way;
            match short_way::answer(intake, peer, request.map(Body::new)).await {
                Ok(response) => Ok(response),
                Err(mut request) => {
                    request.extensions_mut().insert(ConnectInfo(peer));
                    router.clone().call(request).await
                }
            }
        }
    });
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(PATIENCE));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(HEAD)
        .serve_connection(TokioIo::new(Box::pin(stream)), service);
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        // Who hung up, or sent what is no request, was answered where that was possible.
        drop(connection.await.inspect_err(|error| tracing::debug!(%error, %peer, "a connection ended")));
        drop(place);
    });
}
