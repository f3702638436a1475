//! All connections taken by clients that dribble: who asks is answered all the same.

use crate::stand::{Hosted, Reply, Stand, client, serve_with, settings};
use testkit::{
    Role, TestDb,
    factories::{session, user},
};
use tokio::{io::AsyncWriteExt, net::TcpStream};

/// As many as [`settings`] has room for.
const ROOM: usize = 200;

/// Opens as many connections as there is room for, and begins a request on each.
async fn dribblers(server: &Hosted, beginning: &str) -> Vec<TcpStream> {
    let mut open = vec![];
    for _ in 0..ROOM {
        let mut stream = TcpStream::connect(server.address()).await.expect("is accepted");
        stream.write_all(beginning.as_bytes()).await.expect("is taken");
        open.push(stream);
    }
    open
}

/// Those that the server has not closed.
fn still_open(streams: &[TcpStream]) -> usize {
    let would_block = |stream: &&TcpStream| {
        stream.try_read(&mut [0; 64]).is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
    };
    streams.iter().filter(would_block).count()
}

#[tokio::test]
async fn headers_that_dribble_keep_nobody_out() {
    let db = TestDb::new().await;
    let server = serve_with(settings(db.url(Role::Api))).await;
    let begun = dribblers(&server, "GET /api/v1/auth/session HTTP/1.1\r\nhost: a\r\nx-slow: ").await;
    for _ in 0..10 {
        // Each time a connection of its own.
        Reply::of(client().get(format!("http://{}/healthz", server.address()))).await.expect(200);
    }
    // One had to go; nothing was won by waiting until all of them were cut off for being slow.
    let open = still_open(&begun);
    assert!((1..ROOM).contains(&open), "{open} of {ROOM} are open");
}

#[tokio::test]
async fn bodies_that_dribble_keep_nobody_out_and_cost_nobody_a_connection_in_use() {
    let stand = Stand::new().await;
    let ana = session(user().insert(&stand.db).await.id).insert(&stand.db).await;
    let server = serve_with(settings(stand.db.url(Role::Api))).await;
    let kept = client();
    let ask = || {
        let url = format!("http://{}/api/v1/auth/session", server.address());
        Reply::of(kept.get(url).bearer_auth(&ana.access_token))
    };
    ask().await.expect(200);
    let head =
        "POST /api/v1/auth/login HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 50\r\n\r\n{";
    let begun = dribblers(&server, head).await;
    Reply::of(client().get(format!("http://{}/healthz", server.address()))).await.expect(200);
    // Nobody had to wait until the server gave up on one of them, which it does by answering.
    let answered = begun.iter().filter(|stream| stream.try_read(&mut [0; 64]).is_ok_and(|length| length > 0)).count();
    assert_eq!(answered, 0, "were answered first");
    for _ in 0..10 {
        ask().await.expect(200);
    }
}
