//! Every statement on a real PostgreSQL, with a reader's rights and a database a test.

mod audit;
mod explained;
mod feed;
mod jobs;
mod now;
mod plans;
mod rights;
mod sections;
mod sessions;
mod timeline;
mod triage;
mod users;

use read_model::ReadModel;
use testkit::TestDb;

/// A database of its own, read as staff read it.
async fn stand() -> (TestDb, ReadModel) {
    let db = TestDb::new().await;
    let reader = ReadModel::new(db.reader().clone());
    (db, reader)
}

/// Runs a statement as the owner.
async fn sql(db: &TestDb, statement: &'static str) {
    sqlx::query(statement).execute(db.owner()).await.expect(statement);
}
