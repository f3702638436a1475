//! Accepting connections: bounded in number, in the time that headers may take, and in the time that stopping may take.

use super::crowd::{Client, Crowd};
use anyhow::Context;
use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, Response},
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::{GracefulConnection, GracefulShutdown},
};
use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
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
    let (room, crowd) = (Arc::new(Semaphore::new(connections_max)), Crowd::default());
    let graceful = GracefulShutdown::new();
    loop {
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
        // One waits here at most: the others wait in the kernel's queue instead of in our memory.
        let permit = tokio::select! {
            permit = place(&room, &crowd) => permit?,
            () = stop.cancelled() => break,
        };
        let client = crowd.join();
        let connection = graceful.watch(connection(stream, peer, router.clone(), Arc::clone(&client)));
        tokio::spawn(async move {
            tokio::select! {
                ended = connection => if let Err(error) = ended {
                    tracing::debug!(%error, "A connection broke");
                },
                () = client.has_to_leave() => metrics::counter!("http_connections_closed_for_room_total").increment(1),
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

/// A place for one more connection, of somebody on whom the server waits when there is none.
async fn place(room: &Arc<Semaphore>, crowd: &Crowd) -> anyhow::Result<OwnedSemaphorePermit> {
    if room.available_permits() == 0 {
        crowd.make_room();
    }
    room.clone().acquire_owned().await.context("the connection limit is gone")
}

fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    client: Arc<Client>,
) -> impl GracefulConnection<Error = hyper::Error> {
    let _ = stream.set_nodelay(true); // refused only by a stream that is already gone
    let answer = service_fn(move |request: Request<Incoming>| {
        let (router, client) = (router.clone(), Arc::clone(&client));
        async move {
            let mut request = request.map(|body| client.body(Body::new(body)));
            request.extensions_mut().insert(ConnectInfo(peer));
            let answer: Result<Response<Body>, Infallible> = router.oneshot(request).await;
            client.answered();
            answer
        }
    });
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_MAX)
        .max_buf_size(64 * 1024)
        .serve_connection(TokioIo::new(stream), answer)
}
