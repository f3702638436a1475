//! The database away, a client that leaves, a client that dawdles, a stop while requests are in hand.

use crate::stand::{Reply, Stand, client, serve, serve_with, settings};
use repruv_server::serve::{ServeSettings, Server};
use reqwest::Method;
use serde_json::json;
use std::time::Duration;
use testkit::{
    FaultProxy, Role, TestDb,
    factories::{session, user},
    wait_until,
};
use tokio::{
    io::AsyncWriteExt,
    net::{TcpListener, TcpStream},
};

#[tokio::test]
async fn a_missing_database_is_said_so_and_recovered_from() {
    let db = TestDb::new().await;
    let proxy = FaultProxy::start(db.server_address().await).await.expect("a proxy");
    let settings = ServeSettings {
        database_wait: Duration::from_millis(900),
        ..settings(db.url_through(Role::Api, proxy.address()))
    };
    let server = serve_with(settings).await;
    let base = format!("http://{}", server.address());
    let ana = session(user().insert(&db).await.id).insert(&db).await;
    let http = client();
    let ask = || Reply::of(http.get(format!("{base}/api/v1/auth/session")).bearer_auth(&ana.access_token));
    ask().await.expect(200);
    Reply::of(http.get(format!("{base}/readyz"))).await.expect(200);
    proxy.refuse(true);
    proxy.reset_all();
    // A connection that broke shows at its first statement; from then on there is none.
    for _ in 0..3 {
        let reply = ask().await.refused(503, "unavailable");
        assert_eq!(reply.header("retry-after"), "2");
    }
    let ready = Reply::of(http.get(format!("{base}/readyz"))).await.expect(503);
    assert_eq!(ready.body["missing"], json!(["the database cannot be reached"]));
    Reply::of(http.get(format!("{base}/healthz"))).await.expect(200);
    proxy.refuse(false);
    wait_until("the database is back", Duration::from_secs(60), || async { ask().await.status == 200 }).await;
}

#[tokio::test]
async fn an_address_that_is_taken_is_named_with_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let listen = taken.local_addr().expect("an address");
    let settings = ServeSettings { listen, ..settings("postgres://api@127.0.0.1:1/none".into()) };
    let error = Server::start(settings).await.err().expect("is refused").to_string();
    assert_eq!(error, format!("cannot listen on {listen}: choose another address with --listen"));
}

#[tokio::test]
async fn migrations_that_are_behind_are_said_so() {
    let db = TestDb::empty().await;
    let server = serve(db.url(Role::Owner)).await;
    let ready = Reply::of(client().get(format!("http://{}/readyz", server.address()))).await.expect(503);
    assert!(ready.body["missing"][0].as_str().is_some_and(|missing| missing.starts_with("migrations are behind")));
}

#[tokio::test]
async fn a_client_that_leaves_does_not_stop_its_command_half_way() {
    let stand = Stand::new().await;
    let ana = session(user().insert(&stand.db).await.id).insert(&stand.db).await;
    for _ in 0..20 {
        let request = stand.request(Method::POST, "/demo/enable", &ana.access_token).json(&json!({}));
        let _ = request.timeout(Duration::from_millis(2)).send().await;
    }
    wait_until("no connection is inside a transaction", Duration::from_secs(60), || async {
        let open = "pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
        stand.count(open).await == 0
    })
    .await;
    stand.post("/demo/enable", &ana.access_token, json!({})).await.expect(202);
    assert_eq!(stand.count("background_jobs").await, 1);
}

#[tokio::test]
async fn a_stop_lets_requests_in_hand_finish() {
    let db = TestDb::new().await;
    let server = serve(db.url(Role::Api)).await;
    let base = format!("http://{}", server.address());
    let http = client();
    // A refused sign-in takes 400 ms: it is in hand when the stop comes.
    let login = json!({ "email": "nobody@repruv.test", "password": "wrong" });
    let in_hand = tokio::spawn(Reply::of(http.post(format!("{base}/api/v1/auth/login")).json(&login)));
    wait_until("the request is in hand", Duration::from_secs(60), || async {
        let text = Reply::of(http.get(format!("{base}/healthz"))).await;
        text.status == 200 && !in_hand.is_finished()
    })
    .await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.stop().await;
    in_hand.await.expect("joined").refused(401, "invalid_credentials");
    assert!(http.get(format!("{base}/healthz")).send().await.is_err(), "nobody listens any more");
}

#[tokio::test]
async fn a_client_that_never_finishes_its_headers_does_not_hold_others_up() {
    let stand = Stand::new().await;
    let address = stand.base.trim_start_matches("http://").to_owned();
    let mut slow = vec![];
    for _ in 0..50 {
        let mut stream = TcpStream::connect(&address).await.expect("a connection");
        stream.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ").await.expect("written");
        slow.push(stream);
    }
    Reply::of(stand.http.get(format!("{}/healthz", stand.base))).await.expect(200);
}

#[tokio::test]
async fn what_is_measured_names_routes_and_not_ids() {
    let stand = Stand::new().await;
    let ana = session(user().insert(&stand.db).await.id).insert(&stand.db).await;
    let id = testkit::new_id();
    stand.get(&format!("/jobs/{id}/status"), &ana.access_token).await.expect(404);
    let text =
        stand.http.get(format!("{}/metrics", stand.base)).send().await.expect("metrics").text().await.expect("text");
    assert!(text.contains(r#"route="/api/v1/jobs/{id}/status""#), "{text}");
    assert!(text.contains("http_request_duration_seconds_bucket"), "{text}");
    assert!(text.contains("database_pool_connections "), "{text}");
    assert!(!text.contains(&id.to_string()));
}
