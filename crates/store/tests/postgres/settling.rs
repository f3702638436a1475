//! A command whose answer was lost is settled by its key: it was done, or it never will be.

use crate::stand::{Stand, enable, keyed, staff};
use store::StoreError;
use testkit::factories::user;
use uuid::Uuid;

/// Whose commands `keyed` makes.
fn asker() -> Uuid {
    staff().actor.key_owner().expect("staff have keys")
}

#[tokio::test]
async fn a_command_that_was_done_is_found_done_and_nobody_elses_key_is() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    stand.api.change_demo_mode(user, &keyed("key-00001", 1), enable()).await.unwrap();
    for _ in 0..2 {
        assert!(stand.api.settle_command(asker(), "key-00001").await.unwrap());
    }
    assert!(!stand.api.settle_command(Uuid::from_u128(99), "key-00001").await.unwrap());
    stand.assert_sound().await;
}

#[tokio::test]
async fn a_command_that_was_given_up_is_refused_when_it_arrives_after_all() {
    let stand = Stand::new().await;
    let user = user().insert(&stand.db).await.id;
    for _ in 0..2 {
        assert!(!stand.api.settle_command(asker(), "key-00001").await.unwrap());
    }
    let late = stand.api.change_demo_mode(user, &keyed("key-00001", 1), enable()).await;
    assert!(matches!(late, Err(StoreError::KeyReused)), "{late:?}");
    assert_eq!(stand.count("background_jobs").await + stand.count("audit_entries").await, 0);
    stand.assert_sound().await;
}

#[tokio::test]
async fn asking_while_the_command_is_being_done_waits_for_its_end() {
    let stand = Stand::new().await;
    for round in 0..20 {
        let user = user().insert(&stand.db).await.id;
        let key = format!("key-{round:05}");
        let (doing, asking) = (stand.api.clone(), stand.api.clone());
        let command = keyed(&key, 1);
        let (done, found) = tokio::join!(
            tokio::spawn(async move { doing.change_demo_mode(user, &command, enable()).await }),
            tokio::spawn(async move { asking.settle_command(asker(), &key).await.unwrap() }),
        );
        assert_eq!(done.unwrap().is_ok(), found.unwrap(), "round {round}");
    }
    stand.assert_sound().await;
}
