//! Customers' sessions and staff at the level of the store: what happens at the same moment, and what HTTP cannot ask for.
//! The rest is tested through the API, in `crates/server/tests/http`.

use crate::stand::{Stand, staff};
use sqlx::{Connection, PgConnection};
use std::time::Duration;
use store::{NewSession, NewStaff, Rotation, StoreError, TokenHash, TokenHashes, TokenLife, WhichSessions, new_id};
use testkit::{
    factories::{session, token_hash, user},
    wait_until,
};
use uuid::Uuid;

const LIFE: TokenLife = TokenLife { access: Duration::from_secs(900), session: Duration::from_secs(3_600) };

fn hash(text: &str) -> TokenHash {
    token_hash(text).try_into().unwrap()
}

fn tokens(text: &str) -> TokenHashes {
    TokenHashes { access: hash(&format!("{text} access")), refresh: hash(&format!("{text} refresh")) }
}

fn opening(owner_id: Uuid, text: &str) -> NewSession {
    NewSession {
        id: new_id(),
        owner_id,
        tokens: tokens(text),
        life: LIFE,
        by_cookie: true,
        user_agent: Some("x".repeat(5_000)),
        address: Some("192.0.2.1".into()),
    }
}

#[tokio::test]
async fn of_two_refreshes_with_one_token_both_are_answered_and_one_pair_holds() {
    let stand = Stand::new().await;
    let ana = session(user().insert(&stand.db).await.id).insert(&stand.db).await;
    let token = hash(&ana.refresh_token);
    let (a, b) = tokio::join!(
        stand.api.refresh_session(token, tokens("a"), LIFE),
        stand.api.refresh_session(token, tokens("b"), LIFE),
    );
    for rotation in [a.unwrap(), b.unwrap()] {
        assert!(matches!(rotation, Rotation::Renewed { session_id, .. } if session_id == ana.id), "{rotation:?}");
    }
    let mut holding = 0;
    for text in ["a", "b"] {
        holding += usize::from(stand.api.session_user(tokens(text).access).await.unwrap().is_some());
    }
    assert_eq!(holding, 1);
}

/// The sign-in is held between its INSERT and its COMMIT: a revoke that did not wait for it would miss the session.
#[tokio::test]
async fn a_sign_in_under_way_is_not_missed_by_a_revoke_of_all() {
    let stand = Stand::new().await;
    let ana = user().insert(&stand.db).await.id;
    let new = opening(ana, "under way");
    let hold = stand.db.options(testkit::Role::Api);
    let mut held = PgConnection::connect_with(&hold).await.unwrap();
    let mut signing_in = held.begin().await.unwrap();
    sqlx::query("SELECT 1 FROM users WHERE id = $1 FOR SHARE").bind(ana).execute(&mut *signing_in).await.unwrap();
    sqlx::query(
        "INSERT INTO user_sessions (id, user_id, access_hash, access_expires_at, transport, expires_at) \
         VALUES ($1, $2, $3, now() + interval '1 hour', 'cookie', now() + interval '1 hour')",
    )
    .bind(new.id)
    .bind(ana)
    .bind(&new.tokens.access[..])
    .execute(&mut *signing_in)
    .await
    .unwrap();
    let api = stand.api.clone();
    let revoking = tokio::spawn(async move { api.revoke_sessions(ana, WhichSessions::default(), &staff()).await });
    wait_until("the revoke waits for the sign-in", Duration::from_secs(60), || async {
        stand.count("pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").await == 1
    })
    .await;
    signing_in.commit().await.unwrap();
    assert_eq!(revoking.await.unwrap().unwrap().count, 1);
    assert!(stand.api.session_user(new.tokens.access).await.unwrap().is_none());
}

#[tokio::test]
async fn nobody_signs_in_to_a_closed_account() {
    let stand = Stand::new().await;
    let closed = user().inactive().insert(&stand.db).await.id;
    assert_eq!(stand.api.open_session(opening(closed, "x")).await.unwrap(), None);
    assert_eq!(stand.api.open_session(opening(new_id(), "y")).await.unwrap(), None);
    assert_eq!(stand.count("user_sessions").await, 0);
}

#[tokio::test]
async fn an_exact_address_goes_before_one_that_differs_by_case() {
    let stand = Stand::new().await;
    let upper = user().email("Ana@repruv.test").insert(&stand.db).await.id;
    let lower = user().email("ana@repruv.test").insert(&stand.db).await.id;
    let found = async |email: &str| stand.api.user_credentials(email).await.unwrap().map(|found| found.id);
    assert_eq!(found("Ana@repruv.test").await, Some(upper));
    assert_eq!(found("ana@repruv.test").await, Some(lower));
    assert_eq!(found("nobody@repruv.test").await, None);
}

#[tokio::test]
async fn a_hash_that_changed_meanwhile_is_not_replaced() {
    let stand = Stand::new().await;
    let ana = user().email("ana@repruv.test").insert(&stand.db).await.id;
    stand.api.upgrade_password_hash(ana, "another hash", "new").await.unwrap();
    assert_eq!(stand.count("users WHERE hashed_password = 'new'").await, 0);
}

#[tokio::test]
async fn a_person_is_added_once_and_changed_afterwards() {
    let stand = Stand::new().await;
    let new = |email: &str, role: &str| NewStaff {
        email: email.into(),
        name: "Dana".into(),
        role: role.into(),
        password_hash: "hash".into(),
    };
    let added = stand.api.add_staff(new_id(), new("Dana@repruv.test", "viewer")).await.unwrap();
    stand.api.disable_staff("dana@REPRUV.test").await.unwrap();
    let again = stand.api.add_staff(new_id(), new("dana@repruv.test", "admin")).await.unwrap();
    assert_eq!((again.id, again.role.as_str(), again.disabled_at), (added.id, "admin", None));
    assert_eq!(stand.api.list_staff().await.unwrap(), [again]);
    let nobody = stand.api.disable_staff("nobody@repruv.test").await;
    assert!(matches!(nobody, Err(StoreError::NotFound { .. })), "{nobody:?}");
    assert_eq!(stand.count("audit_entries WHERE action LIKE 'staff.%'").await, 3);
}

#[tokio::test]
async fn a_login_is_minted_only_for_a_session_that_goes_on() {
    let stand = Stand::new().await;
    let member = testkit::factories::staff().insert(&stand.db).await;
    let new = opening(member.id, "dana");
    let session_id = new.id;
    stand.api.open_staff_session(new, &staff()).await.unwrap().unwrap();
    let valid_for = Duration::from_secs(8 * 3_600);
    let by_staff = staff();
    let (a, b) = tokio::join!(
        stand.api.mint_database_login(session_id, "first-password", valid_for, &by_staff),
        stand.api.mint_database_login(session_id, "second-password", valid_for, &by_staff),
    );
    let login = a.unwrap();
    assert_eq!(login.user, b.unwrap().user);
    let ends = stand.count(&format!("staff_sessions WHERE expires_at = '{}'", login.valid_until)).await;
    assert_eq!(ends, 1, "never longer than the session");
    stand.api.sign_out_staff(session_id, &staff()).await.unwrap();
    stand.api.sign_out_staff(session_id, &staff()).await.unwrap();
    let late = stand.api.mint_database_login(session_id, "third-password", valid_for, &staff()).await;
    assert!(matches!(late, Err(StoreError::NotFound { .. })), "{late:?}");
    assert_eq!(stand.count(&format!("pg_roles WHERE rolname = '{}'", login.user)).await, 0);
}

#[tokio::test]
async fn only_the_backends_own_roles_are_given_a_password() {
    let stand = Stand::new().await;
    for role in ["postgres", "ops_reader", "test_api", "x; DROP TABLE users", ""] {
        let refused = store::set_backend_password(stand.db.owner(), role, "a-password").await;
        assert!(matches!(refused, Err(StoreError::NotFound { .. })), "{role}: {refused:?}");
    }
    store::set_backend_password(stand.db.owner(), "repruv_worker", "it's a \"password\" \\ of $1").await.unwrap();
    let options =
        stand.db.options(testkit::Role::Owner).username("repruv_worker").password("it's a \"password\" \\ of $1");
    PgConnection::connect_with(&options).await.unwrap();
    stand.sql("ALTER ROLE repruv_worker NOLOGIN PASSWORD NULL").await; // roles belong to the whole server
}
