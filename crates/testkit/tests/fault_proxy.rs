//! Each fault, before a real echo server.
#![expect(clippy::unwrap_used, reason = "helpers of tests: a failure here is the test's failure")]

use std::{
    io::ErrorKind,
    net::SocketAddr,
    time::{Duration, Instant},
};
use testkit::{FaultProxy, Faults, Swallow, Then, wait_until};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

const SOON: Duration = Duration::from_secs(5);
/// Long enough for a byte to arrive on loopback if anything let it through.
const A_WHILE: Duration = Duration::from_millis(60);

async fn echo_server() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut reads, mut writes) = stream.split();
                let _ = tokio::io::copy(&mut reads, &mut writes).await;
            });
        }
    });
    address
}

async fn start() -> (FaultProxy, TcpStream) {
    let proxy = FaultProxy::start(echo_server().await).await.unwrap();
    let client = connect(&proxy).await;
    (proxy, client)
}

async fn connect(proxy: &FaultProxy) -> TcpStream {
    let client = TcpStream::connect(proxy.address()).await.unwrap();
    client.set_nodelay(true).unwrap();
    client
}

async fn echo(client: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    client.write_all(bytes).await?;
    let mut back = vec![0; bytes.len()];
    client.read_exact(&mut back).await?;
    assert_eq!(back, bytes);
    Ok(())
}

async fn hears_nothing(client: &mut TcpStream) -> bool {
    timeout(A_WHILE, client.read_u8()).await.is_err()
}

#[tokio::test]
async fn without_faults_everything_passes_and_half_closing_too() {
    let (proxy, mut client) = start().await;
    let megabyte: Vec<u8> = (0..1_000_000_u32).map(|n| n as u8).collect();
    let (mut reads, mut writes) = client.split();
    let mut back = Vec::new();
    let send = async {
        writes.write_all(&megabyte).await.unwrap();
        writes.shutdown().await.unwrap();
    };
    let (_, read) = tokio::join!(send, reads.read_to_end(&mut back));
    assert_eq!(read.unwrap(), 1_000_000);
    assert_eq!(back, megabyte);
    drop(client);
    wait_until("it is closed", SOON, async || proxy.open_connections() == 0).await;
    assert_eq!(proxy.accepted_connections(), 1);
}

#[tokio::test]
async fn a_delay_holds_for_its_own_direction_and_ends_when_healed() {
    let (proxy, mut client) = start().await;
    proxy.replies().set(Faults { delay: Duration::from_millis(80), ..Faults::default() });
    let asked = Instant::now();
    echo(&mut client, b"ping").await.unwrap();
    assert!(asked.elapsed() >= Duration::from_millis(80));

    proxy.requests().set(Faults { delay: Duration::from_secs(3_600), ..Faults::default() });
    client.write_all(b"x").await.unwrap();
    assert!(hears_nothing(&mut client).await);
    proxy.heal();
    assert_eq!(timeout(SOON, client.read_u8()).await.unwrap().unwrap(), b'x');
}

#[tokio::test]
async fn a_throttle_limits_the_rate() {
    let (proxy, mut client) = start().await;
    proxy.requests().set(Faults { bytes_per_s: Some(40_000), ..Faults::default() });
    let begun = Instant::now();
    echo(&mut client, &[7; 8_000]).await.unwrap();
    let took = begun.elapsed();
    assert!(took >= Duration::from_millis(190) && took < Duration::from_secs(2), "{took:?}");
}

#[tokio::test]
async fn a_cut_lets_so_many_bytes_pass_once() {
    let (proxy, mut client) = start().await;
    proxy.replies().set(Faults { cut_after_bytes: Some(10), ..Faults::default() });
    echo(&mut client, b"1234").await.unwrap();
    client.write_all(b"567890abc").await.unwrap();
    let mut rest = Vec::new();
    // The echo server's unread bytes may turn the end into a reset.
    let _ = timeout(SOON, client.read_to_end(&mut rest)).await.unwrap();
    assert_eq!(rest, b"567890");
    echo(&mut connect(&proxy).await, b"works again after the cut").await.unwrap();
}

#[tokio::test]
async fn half_open_keeps_the_sockets_and_what_was_sent() {
    let (proxy, mut client) = start().await;
    echo(&mut client, b"before").await.unwrap();
    proxy.stall();
    client.write_all(b"m").await.unwrap();
    assert!(hears_nothing(&mut client).await);
    assert_eq!(proxy.open_connections(), 1);
    let mut second = connect(&proxy).await;
    second.write_all(b"s").await.unwrap();
    assert!(hears_nothing(&mut second).await);
    proxy.heal();
    assert_eq!(timeout(SOON, client.read_u8()).await.unwrap().unwrap(), b'm');
    assert_eq!(timeout(SOON, second.read_u8()).await.unwrap().unwrap(), b's');
}

#[tokio::test]
async fn a_stalled_reply_direction_still_lets_requests_through() {
    let upstream = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = FaultProxy::start(upstream.local_addr().unwrap()).await.unwrap();
    proxy.replies().set(Faults { stalled: true, ..Faults::default() });
    let mut client = connect(&proxy).await;
    let (mut server, _) = upstream.accept().await.unwrap();
    client.write_all(b"r").await.unwrap();
    assert_eq!(timeout(SOON, server.read_u8()).await.unwrap().unwrap(), b'r');
    server.write_all(b"a").await.unwrap();
    assert!(hears_nothing(&mut client).await);
}

#[tokio::test]
async fn a_reset_is_seen_as_one_by_both_sides() {
    let upstream = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = FaultProxy::start(upstream.local_addr().unwrap()).await.unwrap();
    let mut client = connect(&proxy).await;
    let (mut server, _) = upstream.accept().await.unwrap();
    client.write_all(b"r").await.unwrap();
    server.read_u8().await.unwrap();
    proxy.reset_all();
    for side in [&mut client, &mut server] {
        let ended = timeout(SOON, side.read_u8()).await.unwrap();
        assert_eq!(ended.unwrap_err().kind(), ErrorKind::ConnectionReset);
    }
}

#[tokio::test]
async fn refusing_resets_new_connections_and_leaves_open_ones() {
    let (proxy, mut client) = start().await;
    echo(&mut client, b"open").await.unwrap();
    proxy.refuse(true);
    let refused = async {
        let mut second = TcpStream::connect(proxy.address()).await?;
        echo(&mut second, b"x").await
    };
    assert!(timeout(SOON, refused).await.unwrap().is_err());
    echo(&mut client, b"still open").await.unwrap();
    proxy.heal();
    echo(&mut connect(&proxy).await, b"again").await.unwrap();
}

#[tokio::test]
async fn a_swallowed_reply_was_done_upstream() {
    let upstream = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let proxy = FaultProxy::start(upstream.local_addr().unwrap()).await.unwrap();
    proxy.swallow(Swallow::reply_to("COMMIT").nth(2));
    let mut client = connect(&proxy).await;
    let (mut server, _) = upstream.accept().await.unwrap();
    let mut request = [0; 6];
    for swallowed in [false, true] {
        client.write_all(b"COM").await.unwrap();
        tokio::task::yield_now().await;
        client.write_all(b"MIT").await.unwrap();
        timeout(SOON, server.read_exact(&mut request)).await.unwrap().unwrap();
        server.write_all(b"done").await.unwrap();
        let mut reply = [0; 4];
        let read = timeout(SOON, client.read_exact(&mut reply)).await.unwrap();
        assert_eq!(read.is_err(), swallowed);
    }
    assert_eq!(proxy.swallowed(), 1);
}

#[tokio::test]
async fn after_a_swallowed_reply_there_can_be_silence() {
    let (proxy, mut client) = start().await;
    proxy.swallow(Swallow::reply_to("POST").then(Then::Silence));
    echo(&mut client, b"GET").await.unwrap();
    client.write_all(b"POST").await.unwrap();
    wait_until("the reply is lost", SOON, async || proxy.swallowed() == 1).await;
    client.write_all(b"GET").await.unwrap();
    assert!(hears_nothing(&mut client).await);
    assert_eq!(proxy.open_connections(), 1);
    echo(&mut connect(&proxy).await, b"POST").await.unwrap();
}
