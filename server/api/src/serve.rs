//! The listening socket.

use axum::Router;
use std::{future::Future, io, net::SocketAddr};
use tokio::net::TcpListener;

/// Serves until `shutdown` is ready, and then ends the requests that are under way. A router whose state has no
/// administrator's password answers loopback only, whatever address the listener is bound to.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(shutdown).await
}
