//! How a process is asked to end.

/// SIGTERM and SIGINT (Ctrl-C), from the moment on at which this is made: a second one is heard although nobody waited for it
/// when it came.
pub struct Requests {
    #[cfg(unix)]
    signals: Vec<tokio::signal::unix::Signal>,
}

impl Requests {
    /// Listens from now on.
    #[cfg(unix)]
    pub fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let kinds = [SignalKind::terminate(), SignalKind::interrupt()];
        Self { signals: kinds.into_iter().filter_map(|kind| signal(kind).ok()).collect() }
    }

    /// Listens from now on.
    #[cfg(not(unix))]
    pub const fn listen() -> Self {
        Self {}
    }

    /// Resolves at the next one.
    #[cfg(unix)]
    pub async fn next(&mut self) {
        std::future::poll_fn(|context| {
            let asked =
                self.signals.iter_mut().any(|signal| signal.poll_recv(context) == std::task::Poll::Ready(Some(())));
            if asked { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
    }

    /// Resolves at the next one.
    #[cfg(not(unix))]
    pub async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
