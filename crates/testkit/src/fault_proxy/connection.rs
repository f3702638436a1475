//! One client's connection and its counterpart upstream.

use super::{
    Shared, Then,
    lane::{Lane, Pass},
    prompt,
};
use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
};

/// How a connection ends before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Close,
    Reset,
}

impl From<io::Error> for End {
    /// A reset of one side is passed on to the other as what it is.
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionReset => Self::Reset,
            _ => Self::Close,
        }
    }
}

pub(super) struct Connection {
    shared: Arc<Shared>,
    /// Set when a request has closed the trap: what to do with the next reply.
    caught: Mutex<Option<Then>>,
}

/// Counts a connection as open while it lives, however its task ends.
struct Open<'a>(&'a AtomicUsize);

impl<'a> Open<'a> {
    fn count(open: &'a AtomicUsize) -> Self {
        open.fetch_add(1, Ordering::AcqRel);
        Self(open)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Connection {
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        Self { shared, caught: Mutex::new(None) }
    }

    pub(super) async fn serve(self, client: TcpStream) {
        let _open = Open::count(&self.shared.open);
        let mut resets = self.shared.resets.subscribe();
        let upstream = TcpStream::connect(self.shared.upstream).await.and_then(prompt);
        let (Ok(upstream), Ok(client)) = (upstream, prompt(client)) else {
            return;
        };
        let (mut client_reads, mut client_writes) = client.into_split();
        let (mut server_reads, mut server_writes) = upstream.into_split();
        let end = {
            let requests = self.forward_requests(&mut client_reads, &mut server_writes);
            let replies = self.forward_replies(&mut server_reads, &mut client_writes);
            tokio::select! {
                ended = async { tokio::try_join!(requests, replies) } => ended.err(),
                _ = resets.changed() => Some(End::Reset),
            }
        };
        if end == Some(End::Reset) {
            for (reads, writes) in [(client_reads, client_writes), (server_reads, server_writes)] {
                // Where the option cannot be set the socket is gone already.
                let _ = reads.as_ref().set_zero_linger();
                // Dropping the write half would say FIN first.
                writes.forget();
            }
        }
    }

    async fn forward_requests(&self, from: &mut OwnedReadHalf, to: &mut OwnedWriteHalf) -> Result<(), End> {
        let mut buffer = Vec::new();
        let mut tail = Vec::new();
        while let Some(chunk) = take(&self.shared.requests, from, &mut buffer).await? {
            if let Some(then) = self.shared.trap.sees(&mut tail, chunk) {
                // Before the request goes on, or the reply could be quicker.
                *self.caught.lock().unwrap_or_else(PoisonError::into_inner) = Some(then);
            }
            give(&self.shared.requests, to, chunk).await?;
        }
        Ok(to.shutdown().await?)
    }

    async fn forward_replies(&self, from: &mut OwnedReadHalf, to: &mut OwnedWriteHalf) -> Result<(), End> {
        let mut buffer = Vec::new();
        let mut silent = false;
        while let Some(chunk) = take(&self.shared.replies, from, &mut buffer).await? {
            let caught = self.caught.lock().unwrap_or_else(PoisonError::into_inner).take();
            if caught.is_some() {
                self.shared.trap.count();
            }
            match caught {
                Some(Then::Close) => return Err(End::Close),
                Some(Then::Silence) => silent = true,
                None => {}
            }
            if !silent {
                give(&self.shared.replies, to, chunk).await?;
            }
        }
        if silent {
            return std::future::pending().await;
        }
        Ok(to.shutdown().await?)
    }
}

/// The next chunk once the lane lets it go; `None` at the end of the stream.
async fn take<'b>(lane: &Lane, from: &mut OwnedReadHalf, buffer: &'b mut Vec<u8>) -> Result<Option<&'b [u8]>, End> {
    lane.moving().await;
    buffer.resize(lane.chunk_bytes(), 0);
    let read = from.read(buffer).await?;
    lane.due(Instant::now(), read).await;
    Ok((read > 0).then(|| &buffer[..read]))
}

async fn give(lane: &Lane, to: &mut OwnedWriteHalf, chunk: &[u8]) -> Result<(), End> {
    match lane.pass(chunk.len()) {
        Pass::Whole => Ok(to.write_all(chunk).await?),
        Pass::Part(bytes) => {
            to.write_all(&chunk[..bytes]).await?;
            Err(End::Close)
        }
    }
}
