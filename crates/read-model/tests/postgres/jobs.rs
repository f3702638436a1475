//! The jobs table and a job's page.

use crate::{sql, stand};
use contract::{
    jobs::JobFilter,
    state_machine::{DemoModeStatus, JobAction, JobStatus},
};
use read_model::{ReadError, ReadModel};
use testkit::{
    factories::{job, user, worker},
    new_id,
};
use uuid::Uuid;

const NOBODYS: [Uuid; 0] = [];

async fn ids(reader: &ReadModel, filter: JobFilter) -> Vec<Uuid> {
    let page = reader.jobs_page(&filter, None, 100).await.expect("a page");
    assert_eq!(page.next, None);
    page.rows.into_iter().map(|row| row.id).collect()
}

#[tokio::test]
async fn paging_shows_every_job_once_newest_first() {
    let (db, reader) = stand().await;
    let mut made = Vec::new();
    for _ in 0..23 {
        made.push(job().completed().insert(&db).await.id);
    }
    made.reverse();
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let page = reader.jobs_page(&JobFilter::all(), cursor.as_deref(), 5).await.expect("a page");
        assert!(page.rows.len() <= 5);
        seen.extend(page.rows.iter().map(|row| row.id));
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, made);
}

#[tokio::test]
async fn each_filter_lets_through_what_it_names() {
    let (db, reader) = stand().await;
    let ana = user().email("ana.100%@repruv.test").name("Ana María").insert(&db).await;
    let ben = user().email("ben_b@repruv.test").insert(&db).await;
    let host = worker().insert(&db).await.id;
    let pending = job().of(ana.id).insert(&db).await.id;
    let running = job().of(ben.id).job_type("job_retention").running_on(host).insert(&db).await.id;
    let completed = job().of(ana.id).completed().insert(&db).await.id;
    let failed = job().of(ben.id).failed().insert(&db).await.id;
    let cancelled = job().cancelled().insert(&db).await.id;

    let statuses = |statuses: &[JobStatus]| JobFilter { statuses: statuses.to_vec(), ..JobFilter::all() };
    for (status, id) in [
        (JobStatus::Pending, pending),
        (JobStatus::Running, running),
        (JobStatus::Completed, completed),
        (JobStatus::Failed, failed),
        (JobStatus::Cancelled, cancelled),
    ] {
        assert_eq!(ids(&reader, statuses(&[status])).await, [id], "{status}");
    }
    assert_eq!(ids(&reader, statuses(&[JobStatus::Pending, JobStatus::Running])).await, [running, pending]);
    assert_eq!(ids(&reader, statuses(&[JobStatus::Failed, JobStatus::Cancelled])).await, [cancelled, failed]);
    assert_eq!(ids(&reader, statuses(&[JobStatus::Failed, JobStatus::Running])).await, [failed, running]);

    let user = |text: &str| JobFilter { user: Some(text.into()), ..JobFilter::all() };
    assert_eq!(ids(&reader, user("maría")).await, [completed, pending]);
    assert_eq!(ids(&reader, user(&ben.id.to_string())).await, [failed, running]);
    assert_eq!(ids(&reader, user("100%")).await, [completed, pending], "a per cent sign is itself");
    assert_eq!(ids(&reader, user("ben_b")).await, [failed, running], "an underscore is itself");
    assert_eq!(ids(&reader, user("benxb")).await, NOBODYS);
    assert_eq!(ids(&reader, user("an")).await, [completed, pending], "two letters are enough");
    assert_eq!(ids(&reader, JobFilter { statuses: vec![JobStatus::Failed], ..user("ben_b") }).await, [failed]);

    let by = |change: fn(&mut JobFilter)| {
        let mut filter = JobFilter::all();
        change(&mut filter);
        filter
    };
    assert_eq!(ids(&reader, by(|f| f.job_types = vec!["job_retention".into()])).await, [running]);
    assert_eq!(ids(&reader, by(|f| f.error = Some("503 service".into()))).await, [failed]);
    assert_eq!(ids(&reader, by(|f| f.error = Some("50_".into()))).await, NOBODYS);
    assert_eq!(ids(&reader, JobFilter { worker_id: Some(host), ..JobFilter::all() }).await, [running]);
    let not_held = JobFilter { worker_id: Some(host), ..statuses(&[JobStatus::Failed]) };
    assert_eq!(ids(&reader, not_held).await, NOBODYS);
    let start = failed.to_string();
    assert_eq!(ids(&reader, JobFilter { id: Some(start[..35].into()), ..JobFilter::all() }).await, [failed]);
}

#[tokio::test]
async fn paging_through_one_users_jobs_shows_each_once() {
    let (db, reader) = stand().await;
    let owner = user().email("much.work@repruv.test").insert(&db).await.id;
    for _ in 0..11 {
        job().of(owner).completed().insert(&db).await;
        job().completed().insert(&db).await;
    }
    let filter = JobFilter { user: Some("much.work".into()), ..JobFilter::all() };
    let (mut seen, mut cursor) = (Vec::new(), None);
    for _ in 0..4 {
        let page = reader.jobs_page(&filter, cursor.as_deref(), 3).await.expect("a page");
        seen.extend(page.rows.iter().map(|row| row.id));
        cursor = page.next;
    }
    assert_eq!(cursor, None);
    assert_eq!(seen.len(), 11);
    assert!(seen.is_sorted_by(|a, b| a > b), "each once, newest first");
}

#[tokio::test]
async fn values_that_cannot_be_meant_are_refused_with_their_field() {
    let (_db, reader) = stand().await;
    let refused = |filter: JobFilter| {
        let reader = reader.clone();
        async move {
            match reader.jobs_page(&filter, None, 10).await {
                Err(ReadError::BadFilter { field, .. }) => field,
                other => panic!("{filter:?}: {other:?}"),
            }
        }
    };
    assert_eq!(refused(JobFilter { id: Some("not hex".into()), ..JobFilter::all() }).await, "id");
    assert_eq!(refused(JobFilter { user: Some("a\0b".into()), ..JobFilter::all() }).await, "user");
    assert_eq!(refused(JobFilter { error: Some("x".repeat(201)), ..JobFilter::all() }).await, "error");
    assert_eq!(refused(JobFilter { job_types: vec!["t".into(); 51], ..JobFilter::all() }).await, "job_types");
    let users = reader.users_page(&contract::users::UserFilter { search: None, demo_modes: vec![] }, None, 1).await;
    assert!(users.is_ok());
    for cursor in ["", "?", "am9icw", "YXVkaXR8MQ", &"A".repeat(500)] {
        let read = reader.jobs_page(&JobFilter::all(), Some(cursor), 10).await;
        assert!(matches!(read, Err(ReadError::BadCursor)), "{cursor}: {read:?}");
    }
}

#[tokio::test]
async fn a_jobs_page_has_its_history_user_worker_and_offers() {
    let (db, reader) = stand().await;
    let ana = user().email("ana@repruv.test").enabling().job_running().insert(&db).await;
    let made = ana.job.expect("an enabling user has a job");
    sql(&db, "UPDATE background_jobs SET payload = '{\"niche\": \"Food\"}'").await;
    let detail = reader.job(made.id).await.expect("the job");
    assert_eq!(detail.job.status, JobStatus::Running);
    assert_eq!(detail.job.user_email.as_deref(), Some("ana@repruv.test"));
    assert_eq!(detail.user_demo_mode, Some(DemoModeStatus::Enabling));
    assert!(detail.is_current);
    assert_eq!(detail.events.iter().map(|e| e.event.as_str()).collect::<Vec<_>>(), ["enqueue", "start"]);
    assert_eq!(detail.payload, "{\n  \"niche\": \"Food\"\n}");
    assert_eq!(detail.result, None);
    assert!(detail.deadline_at.is_some());
    assert_eq!(detail.expected, None, "no history yet");
    let cancel = detail.offers.iter().find(|offer| offer.action == JobAction::Cancel).expect("always answered");
    assert!(cancel.allowed);
    assert_eq!(detail.job, reader.jobs_by_ids(&[made.id, new_id()]).await.expect("rows")[0]);

    let gone = reader.job(new_id()).await;
    assert!(matches!(gone, Err(ReadError::NotFound { what: "job" })), "{gone:?}");
}

#[tokio::test]
async fn expected_durations_come_from_history() {
    let (db, reader) = stand().await;
    let id = job().job_type("demo_enable").insert(&db).await.id;
    sql(
        &db,
        "INSERT INTO job_stats SELECT date_trunc('minute', now()) - make_interval(mins => m), 'demo_enable', 'completed', 10, 0, \
           array_fill(0, ARRAY[16]) || 9 || 1 || array_fill(0, ARRAY[14]) FROM generate_series(5, 6) m",
    )
    .await;
    let expected = reader.job(id).await.expect("the job").expected.expect("20 jobs are enough");
    assert_eq!(expected.sample, 20);
    // Bucket 16 holds up to 100 ms · 1.5^16 = 65.7 s.
    assert!((43.7..=65.7).contains(&expected.p50_s), "{}", expected.p50_s);
    assert!((65.6..=98.6).contains(&expected.p95_s), "{}", expected.p95_s);
}

#[tokio::test]
async fn live_counts_are_exact_and_types_are_known() {
    let (db, reader) = stand().await;
    job().insert(&db).await;
    job().scheduled(3600.0).insert(&db).await;
    job().scheduled(7200.0).insert(&db).await;
    job().running().job_type("brand_new").insert(&db).await;
    job().completed().insert(&db).await;
    let counts = reader.job_counts().await.expect("counts");
    assert_eq!((counts.waiting, counts.scheduled, counts.running), (1, 2, 1));
    let types = reader.job_types().await.expect("types");
    assert_eq!(types, ["brand_new", "bulk", "demo_disable", "demo_enable", "job_retention", "noop"]);
}

#[tokio::test]
async fn a_rare_job_is_found_in_bounded_steps() {
    let (db, reader) = stand().await;
    let rare = job().job_type("job_retention").completed().insert(&db).await.id;
    // Ids above every real one, so that the rare job is the oldest.
    sql(
        &db,
        "INSERT INTO background_jobs (id, job_type, status, completed_at) \
         SELECT ('ff000000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'noop', 'completed', now() FROM generate_series(1, 25000) n",
    )
    .await;
    let filter = JobFilter { job_types: vec!["job_retention".into()], ..JobFilter::all() };
    let (mut found, mut cursor, mut steps) = (Vec::new(), None, 0);
    loop {
        let page = reader.jobs_page(&filter, cursor.as_deref(), 50).await.expect("a page");
        found.extend(page.rows.iter().map(|row| row.id));
        steps += 1;
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
        assert!(steps < 10, "each step must come nearer to the end");
    }
    assert_eq!((found, steps), (vec![rare], 3));
}

#[tokio::test]
async fn a_row_that_this_build_does_not_know_is_named() {
    let (db, reader) = stand().await;
    let id = job().insert(&db).await.id;
    sql(
        &db,
        "ALTER TABLE background_jobs DROP CONSTRAINT background_jobs_status_check, DROP CONSTRAINT terminal_has_end",
    )
    .await;
    sql(&db, "ALTER TABLE background_jobs DISABLE TRIGGER job_edge").await;
    sql(&db, "UPDATE background_jobs SET status = 'paused'").await;
    match reader.jobs_page(&JobFilter::all(), None, 10).await {
        Err(ReadError::BadRow { table, column, id: key, problem }) => {
            assert_eq!((table, column, key), ("ops.jobs", "status", id.to_string()));
            assert!(problem.contains("paused"), "{problem}");
        }
        other => panic!("{other:?}"),
    }
}
