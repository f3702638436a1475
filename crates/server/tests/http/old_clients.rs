//! Clients of the former backend poll `GET /jobs/{id}/status`: the fields and words that they read must stay.

use crate::stand::Stand;
use serde_json::Value;
use testkit::factories::{job, user};

/// What such a client reads; everything else it ignores.
const FIELDS: [&str; 10] =
    ["job_id", "job_type", "status", "progress", "step", "result", "error", "created_at", "started_at", "completed_at"];

#[tokio::test]
async fn the_fields_and_words_of_a_job_are_frozen() {
    let stand = Stand::new().await;
    let ana = user().email("ana@repruv.test").insert(&stand.db).await;
    let token = stand.login("ana@repruv.test").await.access();
    for (word, job) in [
        ("pending", job().of(ana.id)),
        ("running", job().of(ana.id).running()),
        ("completed", job().of(ana.id).completed()),
        ("failed", job().of(ana.id).failed()),
        ("cancelled", job().of(ana.id).cancelled()),
    ] {
        let job = job.insert(&stand.db).await;
        let reply = stand.get(&format!("/jobs/{}/status", job.id), &token).await.expect(200);
        let body = reply.body.as_object().expect("an object");
        for field in FIELDS {
            assert!(body.contains_key(field), "{word}: no field {field}");
        }
        assert_eq!(reply.text("status"), word);
        assert_eq!(reply.text("job_id"), job.id.to_string());
        assert!(matches!(body["progress"].as_u64(), Some(0..=100)));
        let ended = matches!(word, "completed" | "failed" | "cancelled");
        assert_eq!(body["completed_at"].is_string(), ended, "{word}");
        assert_eq!(body["error"] != Value::Null, word == "failed", "{word}");
    }
}
