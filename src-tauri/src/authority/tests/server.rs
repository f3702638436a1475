//! Servers on this machine that show a certificate, and record what they are told before and after they are believed.

use super::Shown;
use rustls::ServerConfig;
use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard},
    task::{Context, Poll},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

/// What came in: as it was on the wire, and what became readable by the server.
#[derive(Clone, Default)]
pub struct Heard {
    pub raw: Vec<u8>,
    pub decrypted: Vec<u8>,
}

impl Heard {
    pub fn decrypted(&self, text: &str) -> bool {
        self.decrypted.windows(text.len()).any(|part| part == text.as_bytes())
    }
}

type Record = Arc<Mutex<Heard>>;

fn lock(record: &Record) -> MutexGuard<'_, Heard> {
    record.lock().expect("no panic")
}

/// A socket whose bytes are written down as they come in.
struct Recorded(TcpStream, Record);

impl AsyncRead for Recorded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.0).poll_read(context, buffer);
        lock(&self.1).raw.extend_from_slice(&buffer.filled()[before..]);
        polled
    }
}

impl AsyncWrite for Recorded {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, bytes)
    }
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}

/// `None`: it speaks no TLS.
fn acceptor(shown: Shown) -> Option<TlsAcceptor> {
    let Shown::Certificate { chain, key, .. } = shown else { return None };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let config = ServerConfig::builder().with_no_client_auth().with_single_cert(chain, key).expect("a certificate");
    Some(TlsAcceptor::from(Arc::new(config)))
}

/// Something that takes one request and answers nothing good; what it was told matters.
pub struct Api {
    port: u16,
    record: Record,
}

impl Api {
    pub async fn open(shown: Shown) -> Self {
        let (listener, record, acceptor) = (listener().await, Record::default(), acceptor(shown));
        let port = listener.local_addr().expect("an address").port();
        let heard = Arc::clone(&record);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (heard, acceptor) = (Arc::clone(&heard), acceptor.clone());
                tokio::spawn(async move {
                    let mut socket = Recorded(socket, Arc::clone(&heard));
                    let Some(acceptor) = acceptor else {
                        let _ = socket.read_u8().await;
                        let _ = socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
                        return;
                    };
                    let Ok(mut secure) = acceptor.accept(socket).await else { return };
                    let mut part = [0; 4096];
                    while let Ok(length @ 1..) = secure.read(&mut part).await {
                        lock(&heard).decrypted.extend_from_slice(&part[..length]);
                        let _ = secure.write_all(b"HTTP/1.1 500 No\r\ncontent-length: 0\r\n\r\n").await;
                    }
                });
            }
        });
        Self { port, record }
    }

    pub fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }

    pub fn heard(&self) -> Heard {
        lock(&self.record).clone()
    }
}

/// TLS in front of a real PostgreSQL, asked for as its protocol does.
pub struct Front {
    port: u16,
    record: Record,
}

impl Front {
    pub async fn open(shown: Shown, behind: (String, u16)) -> Self {
        let (listener, record, acceptor) = (listener().await, Record::default(), acceptor(shown));
        let port = listener.local_addr().expect("an address").port();
        let heard = Arc::clone(&record);
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (heard, acceptor, behind) = (Arc::clone(&heard), acceptor.clone(), behind.clone());
                tokio::spawn(async move { carry(socket, acceptor, behind, heard).await });
            }
        });
        Self { port, record }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn heard(&self) -> Heard {
        lock(&self.record).clone()
    }
}

async fn carry(
    socket: TcpStream,
    acceptor: Option<TlsAcceptor>,
    behind: (String, u16),
    heard: Record,
) -> io::Result<()> {
    let mut socket = Recorded(socket, Arc::clone(&heard));
    // The request for TLS: its length and a number. "N" says that there is none.
    let mut request = [0; 8];
    socket.read_exact(&mut request).await?;
    let Some(acceptor) = acceptor else {
        socket.write_all(b"N").await?;
        return socket.read_to_end(&mut vec![]).await.map(drop);
    };
    socket.write_all(b"S").await?;
    let secure = acceptor.accept(socket).await?;
    let (mut from, mut to) = tokio::io::split(secure);
    let (mut answers, mut requests) = TcpStream::connect(behind).await?.into_split();
    let there = async {
        let mut part = [0; 4096];
        while let length @ 1.. = from.read(&mut part).await? {
            lock(&heard).decrypted.extend_from_slice(&part[..length]);
            requests.write_all(&part[..length]).await?;
        }
        Ok(())
    };
    // Whoever ends it first ends it for both.
    tokio::select! {
        ended = there => ended,
        ended = tokio::io::copy(&mut answers, &mut to) => ended.map(drop),
    }
}

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.expect("a port")
}
