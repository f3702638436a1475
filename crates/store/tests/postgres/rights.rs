//! The trail cannot be changed, and each kind of process may do its own work only.

use crate::stand::{Stand, enable, staff};
use testkit::{Role, factories::user};

#[tokio::test]
async fn no_role_alters_or_removes_a_line_of_the_trail() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    stand.api.change_demo_mode(user, &staff(), enable()).await.unwrap();
    for role in [Role::Owner, Role::Api, Role::Worker, Role::Reader] {
        for sql in [
            "UPDATE audit_entries SET reason = 'nothing happened'",
            "UPDATE audit_entries SET id = DEFAULT",
            "DELETE FROM audit_entries",
            "TRUNCATE audit_entries",
            "TRUNCATE audit_entries CASCADE",
        ] {
            let refused = sqlx::query(sql).execute(stand.db.pool(role)).await;
            let error = refused.expect_err(sql);
            assert_eq!(error.as_database_error().unwrap().code().as_deref(), Some("42501"), "{role:?}: {sql}: {error}");
        }
    }
    assert_eq!(stand.count("audit_entries WHERE reason = 'The customer asked'").await, 1);
    let forged = sqlx::query("INSERT INTO audit_entries (actor, action) VALUES ('nobody', 'nothing')")
        .execute(stand.db.reader())
        .await;
    assert!(forged.is_err(), "a reader writes no line");
}

#[tokio::test]
async fn the_trail_outlives_the_people_in_it() {
    let stand = Stand::new().await;
    let made = user().email("gone@repruv.test").insert(&stand.db).await;
    stand.api.change_demo_mode(made.id, &staff(), enable()).await.unwrap();
    stand.api.cancel_demo_mode(made.id, &staff()).await.unwrap();
    stand.sql("DELETE FROM users").await;
    assert_eq!(stand.count("audit_entries WHERE user_email = 'gone@repruv.test'").await, 2);
}

#[tokio::test]
async fn nobody_rewrites_the_history_of_a_job() {
    let stand = Stand::new().await;
    testkit::factories::job().insert(&stand.db).await;
    for role in [Role::Api, Role::Worker, Role::Reader] {
        let refused = sqlx::query("UPDATE job_events SET actor = 'somebody else'").execute(stand.db.pool(role)).await;
        assert!(refused.is_err(), "{role:?}");
    }
    let removed = sqlx::query("DELETE FROM job_events").execute(stand.db.api()).await;
    assert!(removed.is_err(), "only retention, which is the worker's, removes history");
}

#[tokio::test]
async fn a_worker_has_no_way_to_passwords_or_tokens() {
    let stand = Stand::new().await;
    for sql in [
        "SELECT password_hash FROM staff",
        "UPDATE users SET email = 'x'",
        "UPDATE users SET hashed_password = 'x'",
        "UPDATE users SET is_superuser = true",
        "INSERT INTO users (id, email) VALUES (gen_random_uuid(), 'x')",
        "DELETE FROM users",
        "SELECT mint_reader_login('staff_00000000_00000000', 'x', '1 hour')",
    ] {
        let refused = sqlx::query(sql).execute(stand.db.worker()).await;
        assert!(refused.is_err_and(|e| e.to_string().contains("permission denied")), "{sql}");
    }
}
