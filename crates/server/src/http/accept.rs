//! Accepting connections: bounded in number, in the time that headers may take, and in the time that stopping may take.

use anyhow::Context;
use axum::{Router, extract::ConnectInfo};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// A client that has not sent its headers by then is cut off; so is an idle connection.
const HEADERS_MAX: Duration = Duration::from_secs(20);
/// Requests in hand may take this long after the process was asked to stop.
const DRAIN_MAX: Duration = Duration::from_secs(10);

/// Serves `router` until `stop`, then lets requests in hand finish.
///
/// # Errors
/// When the listener breaks for good.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    connections_max: usize,
    stop: CancellationToken,
) -> anyhow::Result<()> {
    let room = Arc::new(Semaphore::new(connections_max));
    let graceful = GracefulShutdown::new();
    loop {
        // Room first: what cannot be served waits in the kernel's queue instead of in our memory.
        let permit = tokio::select! {
            permit = room.clone().acquire_owned() => permit.context("the connection limit is gone")?,
            () = stop.cancelled() => break,
        };
        let (stream, peer) = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Out of file handles, or a client that left meanwhile: neither may end the server or spin it.
                    tracing::warn!(%error, "Could not accept a connection");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    continue;
                }
            },
            () = stop.cancelled() => break,
        };
        let connection = graceful.watch(connection(stream, peer, router.clone()));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "A connection broke");
            }
            drop(permit);
        });
    }
    drop(listener);
    if tokio::time::timeout(DRAIN_MAX, graceful.shutdown()).await.is_err() {
        tracing::warn!("Some requests were still in hand after {DRAIN_MAX:?}; they are cut off");
    }
    Ok(())
}

type Service = TowerToHyperService<
    tower::util::BoxCloneSyncService<
        axum::http::Request<hyper::body::Incoming>,
        axum::response::Response,
        std::convert::Infallible,
    >,
>;

fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
) -> hyper::server::conn::http1::Connection<TokioIo<TcpStream>, Service> {
    let _ = stream.set_nodelay(true); // refused only by a stream that is already gone
    let service = router.map_request(move |mut request: axum::http::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request.map(axum::body::Body::new)
    });
    hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_MAX)
        .max_buf_size(64 * 1024)
        .serve_connection(
            TokioIo::new(stream),
            TowerToHyperService::new(tower::util::BoxCloneSyncService::new(service)),
        )
}
