//! The plans of the very statements that the code under test runs, as PostgreSQL tells them: no copy of a statement, no
//! plan of another one.

use crate::{Role, TestDb};
use serde_json::Value;
use sqlx::{AssertSqlSafe, Row};
use std::sync::{Arc, Mutex, PoisonError};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
    subscriber::DefaultGuard,
};
use tracing_subscriber::{
    Layer,
    layer::{Context, SubscriberExt},
};

/// A statement as it was run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its text.
    pub sql: String,
    root: Value,
}

/// Hears the plans of one role's sessions. Works in tests on one thread (`#[tokio::test]`), because whoever runs a
/// statement hears what the server says of it.
pub struct Plans {
    heard: Heard,
    _guard: DefaultGuard,
}

impl Plans {
    /// From now on every new session of this role in this database tells its plans.
    ///
    /// # Panics
    /// When the server lacks `auto_explain`, which comes with PostgreSQL.
    pub async fn of(db: &TestDb, role: Role) -> Self {
        let loaded = sqlx::raw_sql("LOAD 'auto_explain'").execute(db.owner()).await;
        loaded.unwrap_or_else(|error| panic!("the server's package lacks auto_explain: {error}"));
        let login = db.options(role).get_username().to_owned();
        let settings = [
            ("session_preload_libraries", "auto_explain"),
            ("auto_explain.log_min_duration", "0"),
            ("auto_explain.log_analyze", "on"),
            ("auto_explain.log_buffers", "on"),
            ("auto_explain.log_timing", "off"),
            ("auto_explain.log_format", "json"),
            ("auto_explain.log_level", "warning"),
        ];
        for (name, value) in settings {
            let quoted = sqlx::query(
                "SELECT format('ALTER ROLE %I IN DATABASE %I SET %s = %L', $1::text, current_database(), $2::text, $3::text)",
            );
            let row = quoted.bind(&login).bind(name).bind(value).fetch_one(db.owner()).await.expect("quoted");
            sqlx::query(AssertSqlSafe(row.get::<String, _>(0))).execute(db.owner()).await.expect(name);
        }
        let heard = Heard::default();
        let listening = tracing_subscriber::registry().with(heard.clone());
        Self { heard, _guard: tracing::subscriber::set_default(listening) }
    }

    /// Everything that was run since the last call.
    pub fn take(&self) -> Vec<Plan> {
        std::mem::take(&mut *self.heard.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What was run since the last call and says this.
    ///
    /// # Panics
    /// When nothing does.
    #[track_caller]
    pub fn take_of(&self, words: &str) -> Vec<Plan> {
        let all = self.take();
        let found: Vec<Plan> = all.iter().filter(|plan| plan.sql.contains(words)).cloned().collect();
        assert!(
            !found.is_empty(),
            "no statement says `{words}`: {:#?}",
            all.iter().map(|plan| &plan.sql).collect::<Vec<_>>()
        );
        found
    }
}

impl Plan {
    /// The indexes that were used.
    pub fn indexes(&self) -> Vec<&str> {
        self.nodes().into_iter().filter_map(|node| node["Index Name"].as_str()).collect()
    }

    /// The tables that were read from one end to the other.
    pub fn read_through(&self) -> Vec<&str> {
        let scans = self.nodes().into_iter().filter(|node| node["Node Type"] == "Seq Scan");
        scans.filter_map(|node| node["Relation Name"].as_str()).collect()
    }

    /// Pages of 8 KiB that were looked at, each time counted once. A common table expression runs while it is scanned, and
    /// counts there; one that changes rows runs on after the rest of the statement, which counts nowhere else.
    pub fn pages(&self) -> u64 {
        let pages = |node: &Value| -> u64 {
            ["Shared Hit Blocks", "Shared Read Blocks"].iter().filter_map(|kind| node[kind].as_u64()).sum()
        };
        let nodes = self.nodes();
        let scanned = |name: &str| -> u64 {
            let scans = nodes.iter().filter(|node| node["Node Type"] == "CTE Scan" && node["CTE Name"] == name);
            scans.map(|scan| pages(scan)).sum()
        };
        let after = nodes.iter().filter_map(|node| {
            let name = node["Subplan Name"].as_str()?.strip_prefix("CTE ")?;
            Some(pages(node).saturating_sub(scanned(name)))
        });
        pages(&self.root) + after.sum::<u64>()
    }

    fn nodes(&self) -> Vec<&Value> {
        let (mut found, mut open) = (vec![], vec![&self.root]);
        while let Some(node) = open.pop() {
            found.push(node);
            open.extend(node["Plans"].as_array().into_iter().flatten());
        }
        found
    }
}

/// What the server said of the statements.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<Plan>>>);

impl<S: Subscriber> Layer<S> for Heard {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() == "sqlx::postgres::notice" {
            event.record(&mut Message(self));
        }
    }
}

struct Message<'h>(&'h Heard);

impl Visit for Message<'_> {
    fn record_str(&mut self, field: &Field, said: &str) {
        let plan = said.split_once("plan:\n").filter(|_| field.name() == "message").map(|(_, plan)| plan);
        let Some(Ok(plan)) = plan.map(serde_json::from_str::<Value>) else { return };
        let sql = plan["Query Text"].as_str().unwrap_or_default().to_owned();
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).push(Plan { sql, root: plan["Plan"].clone() });
    }

    fn record_debug(&mut self, _: &Field, _: &dyn std::fmt::Debug) {}
}
