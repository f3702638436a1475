//! The audit trail is sealed: whatever is done to it behind our back is found, and the first line that is wrong is named.

use crate::stand::{Stand, staff};
use rand::{Rng, SeedableRng, rngs::StdRng};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use store::{
    audit::{self, AuditLine},
    audit_chain::{self, Broken, TrailHead},
};
use testkit::{Role, factories::user};

/// Writes lines at once from several connections, as many API processes do.
async fn written(stand: &Stand, lines: usize) {
    let one = async |n: usize| {
        let api = stand.api.clone();
        let done = api.transaction(move |tx| {
            Box::pin(async move {
                let before = format!("line {n}, with a colon: and a comma, and ünicode");
                let line = AuditLine { action: "test.line", before: Some(&before), ..AuditLine::default() };
                audit::append(tx, &staff(), line).await
            })
        });
        done.await.unwrap();
    };
    for batch in (0..lines).collect::<Vec<_>>().chunks(16) {
        futures_util::future::join_all(batch.iter().map(|&n| one(n))).await;
    }
}

async fn verified(stand: &Stand, against: Option<TrailHead>) -> Result<TrailHead, Broken> {
    stand.api.verify_audit(against).await.unwrap()
}

#[tokio::test]
async fn what_many_write_at_once_is_one_whole_trail() {
    let stand = Stand::new().await;
    written(&stand, 200).await;
    let user = user().email("ana@repruv.test").insert(&stand.db).await;
    stand.enable(user.id).await;
    let head = verified(&stand, None).await.unwrap();
    assert_eq!(head.entries, 201);
    assert_eq!(stand.api.audit_head().await.unwrap().head, head.head, "the head that is exported is the one verified");
    assert!(stand.count("audit_chains WHERE entries > 0").await > 1, "connections of their own, chains of their own");
    stand.api.cancel_demo_mode(user.id, &staff()).await.unwrap();
    stand.sql("DELETE FROM users").await;
    assert_eq!(verified(&stand, Some(head)).await.unwrap().entries, 202, "it outlives the people in it");
}

#[tokio::test]
async fn a_transaction_that_is_taken_back_leaves_no_gap() {
    let stand = Stand::new().await;
    written(&stand, 20).await;
    for _ in 0..5 {
        let taken_back: Result<(), store::StoreError> = stand
            .api
            .transaction(|tx| {
                Box::pin(async move {
                    audit::append(tx, &staff(), AuditLine { action: "never", ..AuditLine::default() }).await?;
                    Err(store::StoreError::NotFound { what: "reason to stay" })
                })
            })
            .await;
        taken_back.unwrap_err();
    }
    written(&stand, 20).await;
    assert_eq!(verified(&stand, None).await.unwrap().entries, 40);
}

/// One tampering by somebody who has every right in this database, as SQL. `first` is the line that is wrong afterwards.
fn tampering(dice: &mut StdRng, ids: &[i64]) -> String {
    let id = ids[dice.random_range(0..ids.len())];
    let other = ids[(ids.iter().position(|&one| one == id).unwrap() + dice.random_range(1..ids.len())) % ids.len()];
    match dice.random_range(0..12) {
        0 => format!("UPDATE audit_entries SET reason = 'nothing to see' WHERE id = {id}"),
        1 => format!("UPDATE audit_entries SET actor = 'somebody.else@repruv.test' WHERE id = {id}"),
        2 => format!("UPDATE audit_entries SET at = at + interval '1 microsecond' WHERE id = {id}"),
        3 => format!("UPDATE audit_entries SET staff_id = NULL WHERE id = {id}"),
        4 => format!("UPDATE audit_entries SET address = coalesce(address, '') || ' ' WHERE id = {id}"),
        5 => format!("UPDATE audit_entries SET before_state = NULL, after_state = before_state WHERE id = {id}"),
        6 => format!("DELETE FROM audit_entries WHERE id = {id}"),
        7 => format!("UPDATE audit_entries SET chain = NULL, chain_seq = NULL, seal = NULL WHERE id = {id}"),
        8 => format!("UPDATE audit_entries SET seal = sha256('x') WHERE id = {id}"),
        9 => format!(
            "UPDATE audit_entries a SET before_state = b.before_state || ' ' FROM audit_entries b \
             WHERE a.id = {id} AND b.id = {other}"
        ),
        10 => format!(
            "INSERT INTO audit_entries (actor, action, chain, chain_seq, seal) \
             SELECT 'forged', 'forged', chain, max(chain_seq) + 1, sha256('x') FROM audit_entries \
             WHERE chain = (SELECT chain FROM audit_entries WHERE id = {id}) GROUP BY chain"
        ),
        _ => format!(
            "DELETE FROM audit_entries WHERE id = (SELECT max(id) FROM audit_entries \
             WHERE chain = (SELECT chain FROM audit_entries WHERE id = {id}))"
        ),
    }
}

#[tokio::test]
async fn a_thousand_tamperings_are_a_thousand_findings() {
    let stand = Stand::new().await;
    written(&stand, 60).await;
    let ids: Vec<i64> = sqlx::query_scalar("SELECT id FROM audit_entries").fetch_all(stand.db.owner()).await.unwrap();
    let mut owner = PgConnection::connect_with(&stand.db.options(Role::Owner)).await.unwrap();
    let seed = 7;
    let mut dice = StdRng::seed_from_u64(seed);
    for round in 0..1_000 {
        let sql = tampering(&mut dice, &ids);
        let mut tx = owner.begin().await.unwrap();
        let off =
            "ALTER TABLE audit_entries DISABLE TRIGGER USER; ALTER TABLE audit_entries DROP CONSTRAINT audit_is_sealed";
        sqlx::raw_sql(off).execute(&mut *tx).await.unwrap();
        let changed = sqlx::query(AssertSqlSafe(sql.clone())).execute(&mut *tx).await.unwrap().rows_affected();
        assert_eq!(changed, 1, "{sql}");
        let found = audit_chain::verify(&mut tx, None).await.unwrap();
        assert!(found.is_err(), "seed {seed}, round {round}: not found: {sql}");
        tx.rollback().await.unwrap();
    }
    assert_eq!(verified(&stand, None).await.unwrap().entries, 60);
}

#[tokio::test]
async fn the_first_line_that_is_wrong_is_named() {
    let stand = Stand::new().await;
    written(&stand, 40).await;
    let id: i64 = sqlx::query_scalar("SELECT id FROM audit_entries ORDER BY id OFFSET 7")
        .fetch_one(stand.db.owner())
        .await
        .unwrap();
    stand.sql("ALTER TABLE audit_entries DISABLE TRIGGER USER").await;
    stand.sql(&format!("UPDATE audit_entries SET reason = 'nothing to see' WHERE id >= {id}")).await;
    let broken = verified(&stand, None).await.unwrap_err();
    assert_eq!(broken.id, Some(id));
    assert!(broken.to_string().contains(&format!("(audit entry {id})")), "{broken}");
}

/// Who owns the database can compute every seal anew. Against a head that was kept elsewhere that shows.
#[tokio::test]
async fn a_trail_that_is_sealed_anew_is_not_the_one_of_an_earlier_head() {
    let stand = Stand::new().await;
    written(&stand, 40).await;
    let kept = stand.api.audit_head().await.unwrap();
    let kept: TrailHead = serde_json::from_str(&serde_json::to_string(&kept).unwrap()).unwrap();
    written(&stand, 10).await;
    stand.sql("ALTER TABLE audit_entries DISABLE TRIGGER USER").await;
    stand
        .sql("UPDATE audit_entries SET reason = 'nothing to see' WHERE id = (SELECT min(id) FROM audit_entries)")
        .await;
    stand
        .sql(
            "DO $$ DECLARE line audit_entries; sealed bytea; BEGIN
             FOR line IN SELECT * FROM audit_entries ORDER BY chain, chain_seq LOOP
               IF line.chain_seq = 1 THEN sealed := sha256(convert_to('repruv audit chain ' || line.chain, 'UTF8')); END IF;
               sealed := audit_seal(sealed, line);
               UPDATE audit_entries SET seal = sealed WHERE id = line.id;
               UPDATE audit_chains SET seal = sealed WHERE chain = line.chain;
             END LOOP; END $$",
        )
        .await;
    assert_eq!(verified(&stand, None).await.unwrap().entries, 50, "by itself it looks whole");
    verified(&stand, Some(kept)).await.unwrap_err();
}

#[tokio::test]
async fn no_role_of_ours_touches_a_seal() {
    let stand = Stand::new().await;
    written(&stand, 3).await;
    for role in [Role::Api, Role::Worker, Role::Reader] {
        for sql in [
            "UPDATE audit_chains SET entries = 0",
            "DELETE FROM audit_chains",
            "TRUNCATE audit_chains",
            "ALTER TABLE audit_entries DISABLE TRIGGER audit_sealed",
            "SET session_replication_role = replica",
        ] {
            let refused = sqlx::query(sql).execute(stand.db.pool(role)).await.expect_err(sql);
            assert_eq!(refused.as_database_error().unwrap().code().as_deref(), Some("42501"), "{role:?}: {sql}");
        }
    }
    // What a writer says of seals is not believed.
    let forged =
        "INSERT INTO audit_entries (actor, action, chain, chain_seq, seal) VALUES ('api', 'x', 9, 99, sha256('x'))";
    sqlx::query(forged).execute(stand.db.api()).await.unwrap();
    assert_eq!(verified(&stand, None).await.unwrap().entries, 4);
}
