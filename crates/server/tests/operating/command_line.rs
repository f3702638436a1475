//! `repruv-server jobs`, as somebody types it with no window at hand.

use crate::program::{Ran, command, run};
use serde_json::Value;
use testkit::{
    Role, TestDb,
    factories::{job, staff, user},
};
use uuid::Uuid;

const WHY: [&str; 2] = ["--reason", "The pager rang"];

async fn jobs(db: &TestDb, arguments: &[&str]) -> Ran {
    run(db, Role::Api, &[&["jobs"], arguments].concat()).await
}

async fn act(db: &TestDb, verb: &str, id: Uuid, who: [&str; 2]) -> Ran {
    jobs(db, &[&[verb, &id.to_string(), "--json"], who.as_slice(), WHY.as_slice()].concat()).await
}

async fn trail(db: &TestDb) -> Vec<Value> {
    let sql = "SELECT to_jsonb(a) FROM audit_entries a ORDER BY id";
    sqlx::query_scalar(sql).fetch_all(db.owner()).await.expect("the trail")
}

async fn word(db: &TestDb, sql: &'static str, id: Uuid) -> String {
    sqlx::query_scalar(sql).bind(id).fetch_one(db.owner()).await.expect(sql)
}

async fn count(db: &TestDb, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(db.owner()).await.expect(sql)
}

const STATUS: &str = "SELECT status FROM background_jobs WHERE id = $1";
const DEMO_MODE: &str = "SELECT demo_mode_status FROM users WHERE id = $1";

#[tokio::test]
async fn an_operator_lists_what_failed_and_turns_the_pages() {
    let db = TestDb::new().await;
    let ana = user().email("ana@repruv.test").enabling().insert(&db).await;
    let mut failed = vec![];
    for _ in 0..5 {
        failed.insert(0, job().failed().insert(&db).await.id.to_string());
    }
    job().completed().insert(&db).await;
    let ids = |page: &Value| -> Vec<String> {
        let rows = page["rows"].as_array().expect("rows");
        rows.iter().map(|row| row["id"].as_str().expect("an id").to_owned()).collect()
    };
    let first = jobs(&db, &["list", "--state", "failed", "--limit", "3", "--json"]).await.expect(0).json();
    assert_eq!(ids(&first), failed[..3]);
    let next = first["next"].as_str().expect("there is more");
    let second = jobs(&db, &["list", "--state", "failed", "--limit", "3", "--json", "--after", next]).await.expect(0);
    assert_eq!(ids(&second.json()), failed[3..]);
    assert_eq!(second.json()["next"], Value::Null);

    let of_ana = jobs(&db, &["list", "--user", "ana@", "--type", "demo_enable,noop"]).await.expect(0);
    assert!(of_ana.out.contains(&ana.job.expect("a job").id.to_string()), "{of_ana:?}");
    assert_eq!(of_ana.out.lines().count(), 2, "a head and one line: {of_ana:?}");
    let all = jobs(&db, &["list", "--limit", "2"]).await.expect(0);
    assert!(all.err.contains("--after "), "it says how to go on: {all:?}");
    let none = jobs(&db, &["list", "--user", "nobody@", "--json"]).await.expect(0).json();
    assert_eq!(none["rows"], serde_json::json!([]));
    jobs(&db, &["list", "--after", "nonsense"]).await.expect(1);
    jobs(&db, &["list", "--state", "asleep"]).await.expect(2);
    jobs(&db, &["list", "--limit", "0"]).await.expect(2);
}

#[tokio::test]
async fn one_job_is_shown_with_its_history_and_its_user() {
    let db = TestDb::new().await;
    let ana = user().email("ana@repruv.test").enabling().insert(&db).await;
    let id = ana.job.expect("a job").id;
    let evil = "UPDATE background_jobs SET error_message = E'\\x1b]0;owned\\x07\\x1b[2Jsorry' WHERE id = $1";
    sqlx::query(evil).bind(id).execute(db.owner()).await.expect("a hostile error");
    let shown = jobs(&db, &["show", &id.to_string()]).await.expect(0);
    for part in
        [&id.to_string(), "ana@repruv.test", "demo mode enabling", "demo_enable", "enqueue by", "cancel     becomes"]
    {
        assert!(shown.out.contains(part), "{part}: {}", shown.out);
    }
    assert!(shown.out.contains("sorry") && !shown.out.contains('\u{1b}'), "stored text steers no terminal: {shown:?}");
    let detail = jobs(&db, &["show", &id.to_string(), "--json"]).await.expect(0).json();
    assert_eq!((&detail["job"]["user_email"], &detail["job"]["version"]), (&"ana@repruv.test".into(), &1.into()));
    let nobody = jobs(&db, &["show", &Uuid::nil().to_string()]).await.expect(3);
    assert!(nobody.err.contains("jobs list"), "it says what to do: {nobody:?}");
}

#[tokio::test]
async fn cancelling_from_the_command_line_moves_the_user_and_is_told_as_any_other() {
    let db = TestDb::new().await;
    let dana = staff().email("dana@repruv.test").insert(&db).await;
    let ana = user().enabling().insert(&db).await;
    let id = ana.job.expect("a job").id;
    let done = act(&db, "cancel", id, ["--as", "DANA@repruv.test"]).await.expect(0).json();
    assert_eq!(done["job"]["status"], "cancelled");
    assert_eq!(word(&db, DEMO_MODE, ana.id).await, "disabled");
    let trail = trail(&db).await;
    assert_eq!(trail.len(), 1, "{trail:?}");
    let line = &trail[0];
    assert_eq!((&line["action"], &line["actor"]), (&"job.cancel".into(), &"dana@repruv.test".into()));
    assert_eq!((&line["staff_id"], &line["user_id"]), (&dana.id.to_string().into(), &ana.id.to_string().into()));
    assert_eq!((&line["before_state"], &line["after_state"]), (&"pending".into(), &"cancelled".into()));
    assert_eq!((&line["reason"], &line["job_id"]), (&"The pager rang".into(), &id.to_string().into()));
    assert!(line["request_id"].as_str().is_some_and(|id| id.starts_with("cli-")), "{line}");
    assert!(line["address"].as_str().is_some_and(|from| from.starts_with("command line")), "{line}");

    let again = act(&db, "cancel", id, ["--as", "dana@repruv.test"]).await.expect(4);
    assert!(again.err.contains("already ended"), "{again:?}");
    assert_eq!(trail_len(&db).await, 1, "what was refused leaves no line");
}

async fn trail_len(db: &TestDb) -> usize {
    trail(db).await.len()
}

#[tokio::test]
async fn a_running_job_is_asked_to_stop_and_keeps_running_until_its_worker_has_stopped_it() {
    let db = TestDb::new().await;
    let running = job().running().insert(&db).await;
    let done = act(&db, "cancel", running.id, ["--operator", "ops on call"]).await.expect(0).json();
    assert_eq!((&done["job"]["status"], &done["job"]["cancel_requested"]), (&"running".into(), &true.into()));
    assert_eq!(trail(&db).await[0]["actor"], "operator: ops on call");
    assert_eq!(trail(&db).await[0]["staff_id"], Value::Null);
    let actor: String =
        word(&db, "SELECT actor FROM job_events WHERE job_id = $1 ORDER BY id DESC LIMIT 1", running.id).await;
    assert_eq!(actor, "operator: ops on call", "the job's own history tells it too");
}

#[tokio::test]
async fn a_failed_job_is_retried_with_a_new_budget() {
    let db = TestDb::new().await;
    let failed = job().failed().insert(&db).await;
    let done = act(&db, "retry", failed.id, ["--operator", "ops on call"]).await.expect(0).json();
    assert_eq!((&done["job"]["status"], &done["job"]["attempt"]), (&"pending".into(), &0.into()));
    assert_eq!(trail(&db).await[0]["action"], "job.retry");
    let waiting = act(&db, "retry", failed.id, ["--operator", "ops on call"]).await.expect(4);
    assert!(waiting.err.contains("already waiting"), "{waiting:?}");
}

#[tokio::test]
async fn only_a_named_person_who_may_acts_and_on_what_they_saw() {
    let db = TestDb::new().await;
    let viewer = staff().viewer().insert(&db).await;
    let gone = staff().disabled().insert(&db).await;
    let waiting = job().insert(&db).await.id;
    for email in [viewer.email.as_str(), gone.email.as_str(), "nobody@repruv.test"] {
        act(&db, "cancel", waiting, ["--as", email]).await.expect(4);
    }
    let id = waiting.to_string();
    let nameless = jobs(&db, &["cancel", &id, "--reason", "The pager rang"]).await.expect(2);
    assert!(nameless.err.contains("--as EMAIL"), "{nameless:?}");
    jobs(&db, &["cancel", &id, "--operator", "ops"]).await.expect(2);
    jobs(&db, &["cancel", &id, "--operator", "ops", "--reason", "x"]).await.expect(2);
    jobs(&db, &["cancel", "not-an-id", "--operator", "ops", "--reason", "why not"]).await.expect(2);
    let stale =
        jobs(&db, &["cancel", &id, "--operator", "ops", "--reason", "why not", "--version", "7"]).await.expect(4);
    assert!(stale.err.contains("version 1"), "{stale:?}");
    act(&db, "cancel", Uuid::nil(), ["--operator", "ops"]).await.expect(3);
    assert_eq!(word(&db, STATUS, waiting).await, "pending");
    assert_eq!(trail_len(&db).await, 0);
    let seen = ["cancel", &id, "--operator", "ops", "--reason", "why not", "--version", "1"];
    jobs(&db, &seen).await.expect(0);
    assert_eq!(word(&db, STATUS, waiting).await, "cancelled");
}

#[tokio::test]
async fn pruning_removes_what_is_old_and_nothing_that_is_needed() {
    let db = TestDb::new().await;
    let failed = user().failed().insert(&db).await;
    let mut old = vec![];
    for _ in 0..3 {
        old.push(job().completed().insert(&db).await.id);
    }
    let named = job().demo("demo_enable", failed.id).failed().insert(&db).await.id;
    for sql in [
        "UPDATE background_jobs SET completed_at = now() - interval '40 days'",
        "UPDATE users u SET demo_mode_job_id = j.id FROM background_jobs j WHERE j.user_id = u.id",
    ] {
        sqlx::query(sql).execute(db.owner()).await.expect(sql);
    }
    let young = job().completed().insert(&db).await.id;
    let live = job().insert(&db).await.id;
    let all = "SELECT count(*) FROM background_jobs";

    let worker = |arguments: &[&'static str]| {
        let arguments: Vec<&str> = [&["jobs", "prune", "--json"], arguments].concat();
        let db = &db;
        async move { run(db, Role::Worker, &arguments).await }
    };
    let would = worker(&["--keep", "30d", "--dry-run"]).await.expect(0).json();
    assert_eq!((&would["jobs"], &would["dry_run"]), (&3.into(), &true.into()));
    assert_eq!(count(&db, all).await, 6, "a dry run removes nothing");
    worker(&["--keep", "30d"]).await.expect(2);
    worker(&["--keep", "5m", "--operator", "ops", "--reason", "Disk is full"]).await.expect(2);
    worker(&["--keep", "60d", "--operator", "ops", "--reason", "Disk is full"]).await.expect(0);
    assert_eq!((count(&db, all).await, trail_len(&db).await), (6, 0), "nothing is that old: nothing to tell");

    let done = worker(&["--keep", "30d", "--operator", "ops", "--reason", "Disk is full"]).await.expect(0).json();
    assert_eq!(done["jobs"], 3);
    let left: Vec<Uuid> =
        sqlx::query_scalar("SELECT id FROM background_jobs ORDER BY id").fetch_all(db.owner()).await.expect("ids");
    let mut kept = vec![named, young, live];
    kept.sort_unstable();
    assert_eq!(left, kept, "a failed demo mode still names its job");
    assert_eq!(
        count(
            &db,
            "SELECT count(*) FROM job_events e WHERE NOT EXISTS (SELECT FROM background_jobs j WHERE j.id = e.job_id)"
        )
        .await,
        0
    );
    let trail = trail(&db).await;
    assert_eq!(trail.len(), 1, "{trail:?}");
    assert_eq!((&trail[0]["action"], &trail[0]["actor"]), (&"job.prune".into(), &"operator: ops".into()));
    assert!(
        trail[0]["before_state"].as_str().is_some_and(|what| what.starts_with("jobs that ended before 20")),
        "{trail:?}"
    );
}

#[tokio::test]
async fn a_login_that_may_not_is_told_which_one_may() {
    let db = TestDb::new().await;
    let id = job().insert(&db).await.id.to_string();
    let prune = ["jobs", "prune", "--keep", "30d", "--operator", "ops", "--reason", "Disk is full"];
    let prune = run(&db, Role::Api, &prune).await.expect(1);
    let cancel = ["jobs", "cancel", &id, "--operator", "ops", "--reason", "why not"];
    let cancel = run(&db, Role::Reader, &cancel).await.expect(1);
    for refused in [prune, cancel] {
        assert!(refused.err.contains("the worker's login prunes"), "{refused:?}");
    }
    let mut away = command(&db, Role::Api, &["jobs", "list"]);
    let away = away.env("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none").output().await.expect("it runs");
    assert_eq!(away.status.code(), Some(5), "{away:?}");
    run(&db, Role::Owner, &["jobs", "show", &id]).await.expect(0);
}

/// `repruv-server jobs list | head -1`
#[tokio::test]
async fn a_reader_who_goes_away_is_no_failure() {
    let db = TestDb::new().await;
    for _ in 0..3 {
        job().insert(&db).await;
    }
    for arguments in [["jobs", "list", "--limit=3"], ["jobs", "list", "--json"]] {
        let mut child = command(&db, Role::Api, &arguments).spawn().expect("it starts");
        drop(child.stdout.take());
        let ended = child.wait_with_output().await.expect("it ends");
        assert_eq!(ended.status.code(), Some(0), "{ended:?}");
        assert!(ended.stderr.is_empty(), "{ended:?}");
    }
}

async fn queues(db: &TestDb, arguments: &[&str]) -> Ran {
    run(db, Role::Api, &[&["queues"], arguments].concat()).await
}

#[tokio::test]
async fn an_operator_pauses_a_queue_and_opens_it_again() {
    let db = TestDb::new().await;
    job().insert(&db).await;
    let who = ["--operator", "night shift"];
    let turn = async |verb: &str, more: &[&str]| {
        queues(&db, &[&[verb, "default", "--json"], who.as_slice(), WHY.as_slice(), more].concat()).await
    };
    let paused = turn("pause", &[]).await.expect(0).json();
    assert_eq!((&paused["paused_by"], &paused["waiting"]), (&"operator: night shift".into(), &1.into()));
    let list = queues(&db, &["list"]).await.expect(0);
    assert!(list.out.contains("by operator: night shift: The pager rang"), "{list:?}");
    turn("pause", &[]).await.expect(4);
    turn("resume", &["--version", "1"]).await.expect(4);
    let open = turn("resume", &["--version", "2"]).await.expect(0).json();
    assert_eq!(open["paused_at"], Value::Null);
    queues(&db, &[&["pause", "nowhere"], who.as_slice(), WHY.as_slice()].concat()).await.expect(3);
    let support = staff().insert(&db).await;
    queues(&db, &[&["pause", "default", "--as", &support.email], WHY.as_slice()].concat()).await.expect(4);
    let told: Vec<_> = trail(&db).await.iter().map(|line| line["action"].as_str().map(str::to_owned)).collect();
    assert_eq!(told, [Some("queue.pause".to_owned()), Some("queue.resume".to_owned())]);
}
