//! Every state on offer is one that the database accepts.

use serde_json::json;
use testkit::{
    TestDb,
    factories::{connection, job, session, staff, token_hash, user, worker},
};

#[tokio::test]
async fn users_come_in_every_state_of_demo_mode() {
    let db = TestDb::new().await;
    let makes = [
        (user(), "disabled", false, None),
        (user().enabling(), "enabling", false, Some("pending")),
        (user().enabling().job_running(), "enabling", false, Some("running")),
        (user().enabled(), "enabled", true, None),
        (user().disabling(), "disabling", true, Some("pending")),
        (user().failed(), "failed", false, None),
        (user().failed_to_disable().name("Ada").inactive(), "failed", true, None),
    ];
    for (factory, status, has_profile, job_status) in makes {
        let made = factory.insert(&db).await;
        let row: (String, bool, Option<String>, Option<String>) = sqlx::query_as(
            "SELECT demo_mode_status, demo_mode, demo_profile_id, job.status
             FROM users LEFT JOIN background_jobs AS job ON job.id = demo_mode_job_id AND job.user_id = users.id
             WHERE users.id = $1",
        )
        .bind(made.id)
        .fetch_one(db.owner())
        .await
        .unwrap();
        let shown = matches!(status, "enabled" | "disabling");
        assert_eq!(row, (status.into(), shown, made.profile_id.clone(), job_status.map(Into::into)));
        assert_eq!((made.profile_id.is_some(), made.job.is_some()), (has_profile, job_status.is_some()));
    }
}

#[tokio::test]
async fn jobs_come_in_every_state_with_their_history() {
    let db = TestDb::new().await;
    let owner = user().insert(&db).await;
    let on = worker().insert(&db).await;
    worker().silent(90.0).insert(&db).await;
    worker().stopped().insert(&db).await;
    let makes = [
        (job(), "pending", 1_i64),
        (job().scheduled(3_600.0).queue("slow").payload(json!({ "n": 1 })), "pending", 1),
        (job().attempts(2, 5).scheduled(10.0), "pending", 1),
        (job().demo("demo_enable", owner.id).running_on(on.id), "running", 2),
        (job().orphaned(), "running", 2),
        (job().overdue(), "running", 2),
        (job().running().cancel_asked(), "running", 2),
        (job().of(owner.id).completed(), "completed", 3),
        (job().failed(), "failed", 3),
        (job().cancelled(), "cancelled", 2),
    ];
    for (factory, status, events) in makes {
        let made = factory.insert(&db).await;
        let row: (String, Option<uuid::Uuid>, i64, i64) = sqlx::query_as(
            "SELECT status, locked_by, lease_epoch, (SELECT count(*) FROM job_events WHERE job_id = $1)
             FROM background_jobs WHERE id = $1",
        )
        .bind(made.id)
        .fetch_one(db.owner())
        .await
        .unwrap();
        assert_eq!(row, (status.into(), made.locked_by, made.lease_epoch, events));
    }
    let orphans: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM background_jobs WHERE status = 'running' AND lease_expires_at < now()",
    )
    .fetch_one(db.worker())
    .await
    .unwrap();
    assert_eq!(orphans, 1);
}

#[tokio::test]
async fn a_second_live_demo_job_is_kept_out() {
    let db = TestDb::new().await;
    let owner = user().enabling().insert(&db).await;
    let second = tokio::spawn(async move { job().demo("demo_disable", owner.id).insert(&db).await });
    assert!(second.await.unwrap_err().is_panic());
}

#[tokio::test]
async fn sessions_staff_and_connections() {
    let db = TestDb::new().await;
    let owner = user().insert(&db).await;
    let live = session(owner.id).bearer().address("198.51.100.9").user_agent("curl/8").insert(&db).await;
    for factory in [session(owner.id).revoked(), session(owner.id).expired(), session(owner.id).access_expired()] {
        factory.insert(&db).await;
    }
    let found: Vec<(uuid::Uuid, String)> = sqlx::query_as(
        "SELECT id, transport FROM user_sessions
         WHERE access_hash = $1 AND revoked_at IS NULL AND access_expires_at > now() AND expires_at > now()",
    )
    .bind(token_hash(&live.access_token))
    .fetch_all(db.api())
    .await
    .unwrap();
    assert_eq!(found, [(live.id, "bearer".to_owned())]);
    let refreshable: i64 = sqlx::query_scalar("SELECT count(*) FROM user_refresh_tokens WHERE expires_at > now()")
        .fetch_one(db.api())
        .await
        .unwrap();
    assert_eq!(refreshable, 3);

    for factory in [staff(), staff().viewer(), staff().admin(), staff().disabled()] {
        factory.insert(&db).await;
    }
    let links = [
        connection(owner.id),
        connection(owner.id).platform("instagram").disconnected(),
        connection(owner.id).failed(),
    ];
    for factory in links {
        factory.insert(&db).await;
    }
}
