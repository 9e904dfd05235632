//! The listening socket.

use axum::{Router, extract::ConnectInfo};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use std::{future::Future, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};

/// Connections at a time; further ones wait in the system's queue. Each costs some tens of kilobytes.
const CONNECTIONS: usize = 4_096;
/// Whoever needs longer to say what it wants, or says nothing more for so long, is hung up on.
const PATIENCE: Duration = Duration::from_secs(30);
/// The most bytes of a request's head.
const HEAD: usize = 64 * 1024;
/// How long requests that are under way may take when the server ends.
const FAREWELL: Duration = Duration::from_secs(15);
/// Where the system has nothing more for a connection (file descriptors, memory), others must end first.
const AFTER_A_FAILURE: Duration = Duration::from_millis(100);

/// Serves until `shutdown` is ready, and then ends the requests that are under way. A router whose state has no
/// administrator's password answers loopback only, whatever address the listener is bound to.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let (graceful, room) = (GracefulShutdown::new(), Arc::new(Semaphore::new(CONNECTIONS)));
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            accepted = accept(&listener, &room) => accepted,
            () = &mut shutdown => break,
        };
        match accepted {
            Ok((stream, peer, place)) => serve_one(stream, peer, place, router.clone(), &graceful),
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
    router: Router,
    graceful: &GracefulShutdown,
) {
    let service = tower::service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        let mut router = router.clone();
        async move { tower::Service::call(&mut router, request.map(axum::body::Body::new)).await }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .max_buf_size(HEAD)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    let connection = graceful.watch(connection);
    tokio::spawn(async move {
        // Who hung up, or sent what is no request, was answered where that was possible.
        drop(connection.await.inspect_err(|error| tracing::debug!(%error, %peer, "a connection ended")));
        drop(place);
    });
}
