//! What the planted bugs of sessions do.

use crate::{
    scenes::somebody_waits,
    stand::{Stand, seen, staff},
};
use std::{sync::Arc, time::Duration};
use store::{NewSession, Rotation, TokenHash, TokenHashes, TokenLife, WhichSessions, faults};
use testkit::factories::{self, user};
use uuid::Uuid;

const LIFE: TokenLife = TokenLife { access: Duration::from_secs(900), session: Duration::from_secs(3_600) };

/// Pair `number` of a user's tokens.
fn pair(user: Uuid, number: u8) -> TokenHashes {
    let hash = |kind: u8| -> TokenHash {
        let mut hash = [kind; 32];
        hash[..16].copy_from_slice(user.as_bytes());
        hash[31] = number;
        hash
    };
    TokenHashes { access: hash(1), refresh: hash(2) }
}

fn session(user: Uuid) -> NewSession {
    NewSession {
        id: testkit::new_id(),
        owner_id: user,
        tokens: pair(user, 0),
        life: LIFE,
        by_cookie: false,
        user_agent: None,
        address: None,
    }
}

/// Whether a revoked session is still answered.
pub async fn goes_on_when_revoked(stand: &Arc<Stand>) -> bool {
    let user = user().insert(&stand.db).await.id;
    let session = session(user);
    stand.api.open_session(session.clone()).await.unwrap().unwrap();
    assert!(stand.api.session_user(session.tokens.access).await.unwrap().is_some());
    stand.api.revoke_session(session.id, &seen(1)).await.unwrap();
    stand.api.session_user(session.tokens.access).await.unwrap().is_some()
}

/// Whether a sign-in comes through between the look of a revoke of all and its end.
pub async fn signs_in_past_a_revoke(stand: &Arc<Stand>) -> bool {
    let user = user().insert(&stand.db).await.id;
    let held = faults::hold("command.before_commit");
    let revoking = tokio::spawn({
        let stand = stand.clone();
        async move { stand.api.revoke_sessions(user, WhichSessions::default(), &staff()).await }
    });
    held.reached().await;
    let signing_in = stand.api.open_session(session(user));
    tokio::pin!(signing_in);
    let came_through = tokio::select! {
        opened = &mut signing_in => opened.unwrap().is_some(),
        () = somebody_waits(stand) => false,
    };
    held.release();
    revoking.await.unwrap().unwrap();
    if !came_through {
        signing_in.await.unwrap();
    }
    came_through
}

/// Whether a refresh token is exchanged again although its successor has been used.
pub async fn two_hands_go_on(stand: &Arc<Stand>) -> bool {
    let user = user().insert(&stand.db).await.id;
    stand.api.open_session(session(user)).await.unwrap().unwrap();
    let refresh = |from: u8, to: u8| stand.api.refresh_session(pair(user, from).refresh, pair(user, to), LIFE);
    refresh(0, 1).await.unwrap();
    refresh(1, 2).await.unwrap();
    matches!(refresh(0, 3).await.unwrap(), Rotation::Renewed { .. })
}

/// Whether a login to the database is there when the session that it was made for has ended.
pub async fn login_outlives_its_session(stand: &Arc<Stand>) -> bool {
    let dana = factories::staff().insert(&stand.db).await.id;
    let session = session(dana);
    stand.api.open_staff_session(session.clone(), &staff()).await.unwrap().unwrap();
    let an_hour = Duration::from_secs(3_600);
    let login = stand.api.mint_database_login(session.id, "a-password", an_hour, &staff()).await.unwrap().user;
    stand.api.sign_out_staff(session.id, &staff()).await.unwrap();
    let there = stand.count(&format!("pg_roles WHERE rolname = '{login}'")).await > 0;
    if there {
        // Roles belong to the whole server.
        stand.sql(&format!("DROP ROLE {login}")).await;
    }
    there
}
