//! The proxy before a real PostgreSQL: the faults that the engine has to live with.
#![expect(clippy::unwrap_used, reason = "helpers of tests: a failure here is the test's failure")]

use sqlx::{Connection, PgConnection, PgPool, postgres::PgPoolOptions};
use std::time::Duration;
use testkit::{FaultProxy, Role, Swallow, TestDb};

async fn start() -> (TestDb, FaultProxy, PgPool) {
    let db = TestDb::new().await;
    let proxy = FaultProxy::start(db.server_address().await).await.unwrap();
    let pool = PgPoolOptions::new()
        .max_connections(2)
        .acquire_timeout(Duration::from_secs(5))
        .connect_with(db.options_through(Role::Owner, proxy.address()))
        .await
        .unwrap();
    sqlx::query("CREATE TABLE marks (n int)").execute(db.owner()).await.unwrap();
    (db, proxy, pool)
}

async fn marks(db: &TestDb) -> i64 {
    sqlx::query_scalar("SELECT count(*) FROM marks").fetch_one(db.owner()).await.unwrap()
}

#[tokio::test]
async fn a_commit_whose_answer_is_lost_has_happened() {
    let (db, proxy, pool) = start().await;
    let mut transaction = pool.begin().await.unwrap();
    sqlx::query("INSERT INTO marks VALUES (1)").execute(&mut *transaction).await.unwrap();
    assert_eq!(marks(&db).await, 0);
    proxy.swallow(Swallow::reply_to("COMMIT"));
    assert!(transaction.commit().await.is_err(), "the client was not told");
    assert_eq!((marks(&db).await, proxy.swallowed()), (1, 1));
    sqlx::query("INSERT INTO marks VALUES (2)").execute(&pool).await.unwrap();
}

#[tokio::test]
async fn a_pool_recovers_from_resets() {
    let (db, proxy, pool) = start().await;
    for n in 0..20 {
        proxy.reset_all();
        sqlx::query("INSERT INTO marks VALUES ($1)").bind(n).execute(&pool).await.unwrap();
    }
    assert_eq!(marks(&db).await, 20);
}

#[tokio::test]
async fn a_half_open_connection_answers_nothing_until_healed() {
    let (db, proxy, _pool) = start().await;
    let through = db.url_through(Role::Api, proxy.address());
    let mut connection = PgConnection::connect(&through).await.unwrap();
    proxy.stall();
    let mut asked = std::pin::pin!(sqlx::query("SELECT 1").execute(&mut connection));
    assert!(tokio::time::timeout(Duration::from_millis(150), &mut asked).await.is_err());
    proxy.heal();
    tokio::time::timeout(Duration::from_secs(5), asked).await.unwrap().unwrap();
}
