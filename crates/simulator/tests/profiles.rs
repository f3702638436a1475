//! The service itself: two calls, idempotent by key.

mod common;

use common::{Demo, answer, creator, frozen, quick};
use reqwest::Method;
use serde_json::json;
use simulator::{EffectKind, Simulator};

#[tokio::test]
async fn repeating_a_key_makes_one_profile() {
    let demo = Demo::start(frozen()).await;
    let first = demo.create("job-1").await;
    let again = demo.create("job-1").await;
    assert_eq!((first.0, again.0), (201, 200));
    assert_eq!(first.1["profile_id"], again.1["profile_id"]);
    assert_eq!(first.1["status"], "generating");
    assert_eq!(first.1["step"], "Creating profile");

    let ledger = demo.simulator.ledger();
    assert_eq!(ledger.len(), 1);
    assert_eq!((ledger[0].kind, ledger[0].key.as_str()), (EffectKind::Create, "job-1"));
}

#[tokio::test]
async fn fifty_at_once_with_one_key_make_one_profile() {
    let demo = Demo::start(frozen()).await;
    let mut asked = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let request = demo.creating("job-1", &creator());
        asked.spawn(async move { request.send().await.unwrap().status().as_u16() });
    }
    let mut statuses = asked.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1);
    assert_eq!(demo.simulator.ledger().len(), 1);
}

#[tokio::test]
async fn a_key_with_another_body_is_refused() {
    let demo = Demo::start(frozen()).await;
    demo.create("job-1").await;
    let other = json!({ "profile_type": "hotel" });
    let (status, body) = answer(demo.creating("job-1", &other).send().await.unwrap()).await;
    assert_eq!((status, body["code"].as_str()), (422, Some("key_reused")));

    let id = demo.simulator.ledger()[0].profile_id.clone();
    assert_eq!(demo.delete("job-1", &id).await.0, 422, "a create's key cannot delete");
    assert_eq!(demo.simulator.ledger().len(), 1);
}

#[tokio::test]
async fn a_profile_progresses_until_it_is_ready() {
    let demo = Demo::start(quick()).await;
    let seen = demo.create_until_ready("job-1").await;
    let progress: Vec<_> = seen.iter().map(|view| view["progress"].as_u64().unwrap()).collect();
    assert!(progress.is_sorted(), "{progress:?}");
    let ready = seen.last().unwrap();
    assert_eq!((ready["progress"].as_u64(), ready["step"].as_str()), (Some(100), Some("Ready")));
    let reviews = ready["counts"]["reviews"].as_u64().unwrap();
    assert!((1_104..=1_296).contains(&reviews), "{ready}");
}

#[tokio::test]
async fn deleting_ends_with_the_counts_that_were_removed() {
    let demo = Demo::start(quick()).await;
    let ready = demo.create_until_ready("enable").await.pop().unwrap();
    let id = ready["profile_id"].as_str().unwrap();
    let mut last = demo.delete("disable", id).await;
    assert_eq!((last.0, last.1["status"].as_str()), (202, Some("deleting")));
    while last.0 == 202 {
        last = demo.delete("disable", id).await;
    }
    assert_eq!((last.0, last.1["status"].as_str()), (200, Some("deleted")));
    assert_eq!(last.1["counts"], ready["counts"]);
    assert_eq!(demo.delete("another", id).await.0, 200, "joins, does not repeat");

    let kinds: Vec<_> = demo.simulator.ledger().iter().map(|effect| effect.kind).collect();
    assert_eq!(kinds, [EffectKind::Create, EffectKind::Delete]);
    let (status, body) = demo.create("enable").await;
    assert_eq!((status, body["code"].as_str()), (410, Some("profile_gone")));
}

#[tokio::test]
async fn deleting_half_a_profile_removes_what_was_there() {
    let demo = Demo::start(frozen()).await;
    let (_, made) = demo.create("enable").await;
    let id = made["profile_id"].as_str().unwrap();
    assert_eq!(demo.delete("undo", id).await.0, 202);
    demo.simulator.set_dials(quick()).unwrap();
    let mut last = demo.delete("undo", id).await;
    while last.0 == 202 {
        last = demo.delete("undo", id).await;
    }
    assert_eq!(last.1["counts"]["reviews"], 0);
}

#[tokio::test]
async fn an_unknown_profile_is_not_found() {
    let demo = Demo::start(frozen()).await;
    let (status, body) = demo.delete("disable", "prof_8812").await;
    assert_eq!((status, body["code"].as_str()), (404, Some("no_profile")));
    assert!(demo.simulator.ledger().is_empty());
}

#[tokio::test]
async fn bad_requests_do_nothing() {
    let demo = Demo::start(frozen()).await;
    let bodies = [
        json!({}),
        json!({ "profile_type": "" }),
        json!({ "profile_type": "creator", "surprise": 1 }),
        json!({ "profile_type": "c".repeat(201) }),
        json!({ "profile_type": "c".repeat(20_000) }),
        json!([]),
    ];
    for body in bodies {
        let (status, answer) = answer(demo.creating("k", &body).send().await.unwrap()).await;
        assert_eq!((status, answer["code"].as_str()), (400, Some("bad_request")), "{answer}");
    }
    let without_key = demo.request(Method::POST, "/profiles").json(&creator());
    assert_eq!(without_key.send().await.unwrap().status(), 400);
    let long_key = demo.creating(&"k".repeat(256), &creator());
    assert_eq!(long_key.send().await.unwrap().status(), 400);
    assert!(demo.simulator.ledger().is_empty());
}

#[tokio::test]
async fn the_same_seed_makes_the_same_profile() {
    let (one, two) = (Demo::start(frozen()).await, Demo::start(frozen()).await);
    two.create("before").await;
    assert_eq!(one.create("job-1").await.1["profile_id"], two.create("job-1").await.1["profile_id"]);
}

#[tokio::test]
async fn after_shutdown_the_port_is_free() {
    let demo = Demo::start(quick()).await;
    demo.create("job-1").await;
    let address = demo.simulator.address();
    demo.simulator.shutdown().await.unwrap();
    let again = Simulator::start(address, quick()).await.unwrap();
    assert!(again.ledger().is_empty());
}
