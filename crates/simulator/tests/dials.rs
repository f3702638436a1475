//! Each dial, as a client feels it.

mod common;

use common::{Demo, answer, creator, frozen, quick};
use reqwest::Method;
use serde_json::{Value, json};
use simulator::{Dials, Preset};
use std::time::{Duration, Instant};

#[tokio::test]
async fn latency_delays_the_answer() {
    let demo = Demo::start(Dials { latency_ms: (80, 90), ..frozen() }).await;
    let asked = Instant::now();
    assert_eq!(demo.create("job-1").await.0, 201);
    assert!(asked.elapsed() >= Duration::from_millis(80));
}

#[tokio::test]
async fn errors_refuse_before_the_work_and_say_when_to_come_back() {
    let demo = Demo::start(Dials { error_rate: 1.0, retry_after_s: 7, ..frozen() }).await;
    for (status, retry_after) in [(503, Some("7")), (429, Some("7")), (500, None)] {
        let dials = Dials { error_status: status, ..demo.simulator.dials() };
        demo.simulator.set_dials(dials).unwrap();
        let answer = demo.creating("job-1", &creator()).send().await.unwrap();
        let said = answer.headers().get("retry-after").map(|value| value.to_str().unwrap());
        assert_eq!((answer.status().as_u16(), said), (status, retry_after));
    }
    assert!(demo.simulator.ledger().is_empty());
}

#[tokio::test]
async fn a_rate_is_a_share_of_the_requests() {
    let demo = Demo::start(Dials { error_rate: 0.3, ..frozen() }).await;
    let mut refused = 0;
    for _ in 0..200 {
        let answer = demo.creating("job-1", &creator()).send().await.unwrap();
        refused += usize::from(answer.status() == 503);
    }
    assert!((35..=85).contains(&refused), "{refused} of 200 at 0.3");
}

#[tokio::test]
async fn hanging_never_answers_and_shutdown_does_not_wait_for_it() {
    let demo = Demo::start(Preset::Hanging.dials(1.0)).await;
    let asked = demo.creating("job-1", &creator()).timeout(Duration::from_millis(150));
    assert!(asked.send().await.unwrap_err().is_timeout());
    assert!(demo.simulator.ledger().is_empty());

    let waiting = tokio::spawn(demo.creating("job-1", &creator()).send());
    let health = demo.request(Method::GET, "/healthz").send().await.unwrap();
    assert_eq!(health.status(), 200, "no dial touches it");
    demo.simulator.shutdown().await.unwrap();
    assert!(waiting.await.unwrap().is_err(), "cut, not answered");
}

#[tokio::test]
async fn a_lost_reply_has_done_the_work_once() {
    let demo = Demo::start(Dials { lost_reply_rate: 1.0, ..frozen() }).await;
    for _ in 0..3 {
        let lost = demo.creating("job-1", &creator()).send().await.unwrap_err();
        assert!(!lost.is_timeout() && lost.status().is_none(), "{lost:?}");
    }
    demo.simulator.set_dials(frozen()).unwrap();
    assert_eq!(demo.create("job-1").await.0, 200, "it was there");
    assert_eq!(demo.simulator.ledger().len(), 1);
}

#[tokio::test]
async fn nonsense_is_never_a_profile_and_does_no_work() {
    let demo = Demo::start(Preset::Nonsense.dials(1.0)).await;
    let mut bodies = std::collections::BTreeSet::new();
    for _ in 0..60 {
        let answer = demo.creating("job-1", &creator()).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let body = answer.text().await.unwrap();
        assert!(serde_json::from_str::<simulator::ProfileView>(&body).is_err(), "{body}");
        bodies.insert(body);
    }
    assert_eq!(bodies.len(), 5, "every kind came up: {bodies:?}");
    assert!(demo.simulator.ledger().is_empty());
}

#[tokio::test]
async fn refusing_takes_no_new_work_and_goes_on_with_the_old() {
    let demo = Demo::start(quick()).await;
    let ready = demo.create_until_ready("job-1").await.pop().unwrap();
    let dials = Dials { refuse: Some("No seats left".into()), ..quick() };
    demo.simulator.set_dials(dials).unwrap();
    let (status, body) = demo.create("job-2").await;
    assert_eq!((status, body), (422, json!({ "code": "refused", "message": "No seats left" })));
    let id = ready["profile_id"].as_str().unwrap();
    assert_eq!(demo.delete("disable", id).await.0, 422);
    assert_eq!(demo.create("job-1").await.0, 200);
}

#[tokio::test]
async fn a_stalled_profile_stays_where_it_is() {
    let demo = Demo::start(Dials { stall_rate: 1.0, pace: 0.000_1, ..quick() }).await;
    demo.create("job-1").await;
    let limit = Instant::now() + Duration::from_secs(5);
    let mut seen = vec![0];
    // A whole profile takes 12 ms at most at this pace.
    let grown = Instant::now() + Duration::from_millis(12);
    while Instant::now() < grown || seen.last() == Some(&0) {
        assert!(Instant::now() < limit, "never grew");
        seen.push(demo.create("job-1").await.1["progress"].as_u64().unwrap());
    }
    assert!((20..70).contains(seen.last().unwrap()), "{seen:?}");
}

#[tokio::test]
async fn the_pace_changes_under_work_that_runs() {
    let demo = Demo::start(frozen()).await;
    assert_eq!(demo.create("job-1").await.1["progress"], 0);
    let turned = demo.request(Method::PUT, "/dials").json(&json!({ "pace": 0.0004 }));
    assert_eq!(turned.send().await.unwrap().status(), 200);
    demo.create_until_ready("job-1").await;
}

#[tokio::test]
async fn dials_are_turned_one_by_one_or_by_preset() {
    let demo = Demo::start(quick()).await;
    let turn = async |body: Value| answer(demo.request(Method::PUT, "/dials").json(&body).send().await.unwrap()).await;
    let (status, dials) = turn(json!({ "error_rate": 0.5, "error_status": 429 })).await;
    assert_eq!((status, &dials["error_rate"], &dials["pace"]), (200, &json!(0.5), &json!(0.0004)));
    let (_, dials) = turn(json!({ "preset": "lossy", "latency_ms": [1, 2] })).await;
    assert_eq!(demo.simulator.dials().lost_reply_rate, 0.5);
    assert_eq!((&dials["latency_ms"], &dials["error_rate"]), (&json!([1, 2]), &json!(0.0)));
    assert_eq!(dials["pace"], 0.0004, "a preset leaves the pace");
    let read = demo.request(Method::GET, "/dials").send().await.unwrap();
    assert_eq!(answer(read).await.1, dials);

    let wrong = [
        json!({ "error_rate": 1.5 }),
        json!({ "pace": 0 }),
        json!({ "latency_ms": [9, 1] }),
        json!({ "error_status": 200 }),
        json!({ "preset": "sunny" }),
        json!({ "warp": 9 }),
        json!([]),
    ];
    for body in wrong {
        assert_eq!(turn(body.clone()).await.0, 400, "{body}");
    }
    assert_eq!(serde_json::to_value(demo.simulator.dials()).unwrap(), dials, "unchanged");
}

#[tokio::test]
async fn every_preset_can_be_set_and_the_ledger_read() {
    let demo = Demo::start(quick()).await;
    demo.create("job-1").await;
    for name in ["healthy", "slow", "flaky", "down", "hanging", "nonsense", "lossy", "refusing"] {
        let turned = demo.request(Method::PUT, "/dials").json(&json!({ "preset": name }));
        assert_eq!(turned.send().await.unwrap().status(), 200, "{name}");
    }
    let ledger = demo.request(Method::GET, "/ledger").send().await.unwrap();
    let (status, body) = answer(ledger).await;
    assert_eq!((status, &body["dropped"], &body["effects"][0]["kind"]), (200, &json!(0), &json!("create")));
}
