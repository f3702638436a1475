//! A TCP proxy that breaks what it forwards, on request and at run time.

mod connection;
mod lane;
mod swallow;

pub use lane::{Faults, Lane};
pub use swallow::{Swallow, Then};

use connection::Connection;
use std::{
    io,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
};
use swallow::Trap;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tokio_util::sync::{CancellationToken, DropGuard};

/// What every connection of a proxy shares.
#[derive(Debug)]
struct Shared {
    upstream: SocketAddr,
    requests: Lane,
    replies: Lane,
    trap: Trap,
    refusing: AtomicBool,
    /// Counts calls of `reset_all`; a connection ends when it moves.
    resets: watch::Sender<u64>,
    open: AtomicUsize,
    accepted: AtomicU64,
}

/// Stands between a client and `upstream`, and forwards faithfully until told otherwise. Dropping
/// it closes the port and every connection.
///
/// Faults of the two directions are independent: [`FaultProxy::requests`] is client to upstream,
/// [`FaultProxy::replies`] upstream to client. A change holds at once, for open connections too.
#[derive(Debug)]
pub struct FaultProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    _stop: DropGuard,
}

impl FaultProxy {
    /// Listens on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// When no port can be bound.
    pub async fn start(upstream: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            upstream,
            requests: Lane::default(),
            replies: Lane::default(),
            trap: Trap::default(),
            refusing: AtomicBool::new(false),
            resets: watch::Sender::new(0),
            open: AtomicUsize::new(0),
            accepted: AtomicU64::new(0),
        });
        let stop = CancellationToken::new();
        tokio::spawn({
            let (shared, stop) = (Arc::clone(&shared), stop.clone());
            async move { stop.run_until_cancelled(accept(listener, shared, &stop)).await }
        });
        Ok(Self { address, shared, _stop: stop.drop_guard() })
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Client to upstream.
    pub fn requests(&self) -> &Lane {
        &self.shared.requests
    }

    /// Upstream to client.
    pub fn replies(&self) -> &Lane {
        &self.shared.replies
    }

    /// The same faults in both directions.
    pub fn set(&self, faults: Faults) {
        self.shared.requests.set(faults);
        self.shared.replies.set(faults);
    }

    /// Half-open from now on: sockets stay, nothing moves. What is under way arrives after
    /// [`FaultProxy::heal`], as after a network outage.
    pub fn stall(&self) {
        self.set(Faults { stalled: true, ..Faults::default() });
    }

    /// Forgets every fault and trap. Connections that were cut stay cut.
    pub fn heal(&self) {
        self.shared.trap.disarm();
        self.shared.refusing.store(false, Ordering::Release);
        self.set(Faults::default());
    }

    /// Ends every open connection with RST, to both sides.
    pub fn reset_all(&self) {
        self.shared.resets.send_modify(|count| *count += 1);
    }

    /// Resets new connections at once, as a port without a listener would; open ones live on.
    pub fn refuse(&self, refusing: bool) {
        self.shared.refusing.store(refusing, Ordering::Release);
    }

    /// Lets a request through and loses its reply, once. See [`Swallow`].
    pub fn swallow(&self, plan: Swallow) {
        self.shared.trap.arm(plan);
    }

    /// Replies lost so far.
    pub fn swallowed(&self) -> u64 {
        self.shared.trap.swallowed()
    }

    /// Connections that are open now.
    pub fn open_connections(&self) -> usize {
        self.shared.open.load(Ordering::Acquire)
    }

    /// Connections ever accepted, refused ones left out.
    pub fn accepted_connections(&self) -> u64 {
        self.shared.accepted.load(Ordering::Acquire)
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>, stop: &CancellationToken) {
    loop {
        let Ok((client, _)) = listener.accept().await else {
            continue;
        };
        if shared.refusing.load(Ordering::Acquire) {
            // The close is the refusal; when the option cannot be set it is merely a softer one.
            let _ = client.set_zero_linger();
            continue;
        }
        shared.accepted.fetch_add(1, Ordering::AcqRel);
        let connection = Connection::new(Arc::clone(&shared));
        let stop = stop.clone();
        tokio::spawn(async move { stop.run_until_cancelled(connection.serve(client)).await });
    }
}

/// A socket that sends at once, so that delays are the proxy's and not Nagle's.
fn prompt(stream: TcpStream) -> io::Result<TcpStream> {
    stream.set_nodelay(true)?;
    Ok(stream)
}
