//! Clients that leave in the midst of a request, hundreds of them: no transaction stays open, nothing is half done.

use crate::stand::{Reply, Stand};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::json;
use std::time::Duration;
use testkit::{
    factories::{session, user},
    wait_until,
};
use tokio::{io::AsyncWriteExt, net::TcpStream};

const CLIENTS: u32 = 500;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_hundred_clients_that_leave_half_way_leave_no_transaction_open() {
    let stand = Stand::new().await;
    let address = stand.base.trim_start_matches("http://").to_owned();
    let mut dice = StdRng::seed_from_u64(11);
    let mut token = String::new();
    for _ in 0..CLIENTS {
        token = session(user().insert(&stand.db).await.id).insert(&stand.db).await.access_token;
        let body = json!({ "profile": {} }).to_string();
        let request = format!(
            "POST /api/v1/demo/enable HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut socket = TcpStream::connect(&address).await.expect("a connection");
        // Some leave before the request is whole, most while it is worked on.
        let sent = if dice.random_bool(0.1) { dice.random_range(1..request.len()) } else { request.len() };
        socket.write_all(&request.as_bytes()[..sent]).await.expect("sent");
        tokio::time::sleep(Duration::from_micros(dice.random_range(0..4_000))).await;
        drop(socket);
    }
    let open = "pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' \
                AND state <> 'idle' AND pid <> pg_backend_pid()";
    wait_until("nobody works any more", Duration::from_secs(60), async || stand.count(open).await == 0).await;
    // What was begun was done whole: a change has its version, its history and its line.
    let begun = stand.count("users WHERE demo_mode_status = 'enabling'").await;
    assert!(begun > 0, "no request got through");
    for whole in ["users WHERE demo_mode_version = 2", "audit_entries", "background_jobs", "job_events"] {
        assert_eq!(stand.count(whole).await, begun, "{whole}");
    }
    let broken: Vec<String> = sqlx::query_scalar(include_str!("../../../store/tests/postgres/invariants.sql"))
        .fetch_all(stand.db.owner())
        .await
        .expect("the invariants");
    assert!(broken.is_empty(), "{broken:#?}");
    // And all connections of the pool still serve.
    for _ in 0..20 {
        Reply::of(stand.request(reqwest::Method::GET, "/demo/status", &token)).await.expect(200);
    }
}
