//! The standing list: complete, in order, counted honestly, and in step with single changes.

use super::{change, healthy, past_the_rules};
use crate::{sql, stand};
use contract::{state_machine::triage::Cause, triage::ContradictionPage};
use testkit::factories::{job, user, worker};
use uuid::Uuid;

fn causes(page: &ContradictionPage) -> Vec<Cause> {
    page.rows.iter().map(|line| line.verdict.cause).collect()
}

#[tokio::test]
async fn a_healthy_system_has_none() {
    let (db, reader) = stand().await;
    let worker = healthy(&db).await;
    user().enabled().insert(&db).await;
    user().enabling().insert(&db).await;
    user().insert(&db).await;
    let busy = user().disabling().job_running().insert(&db).await.job.expect("a job").id;
    change(&db, &format!("UPDATE background_jobs SET locked_by = '{worker}' WHERE id = '{busy}'")).await;
    job().scheduled(3_600.0).insert(&db).await;
    let page = reader.contradictions(None, 50).await.expect("a page");
    assert_eq!((page.rows, page.count, page.or_more, page.next), (vec![], 0, false, None));
}

#[tokio::test]
async fn what_disagrees_or_is_overdue_is_listed_worst_first() {
    let (db, reader) = stand().await;
    let alive = healthy(&db).await;
    let silent = worker().silent(120.0).insert(&db).await.id;
    let alone = user().enabling().insert(&db).await;
    let alone_job = alone.job.expect("a job").id;
    past_the_rules(&db, &format!("DELETE FROM background_jobs WHERE id = '{alone_job}'")).await;
    let ended = user().email("ended@repruv.test").enabling().insert(&db).await;
    let ended_job = ended.job.expect("a job").id;
    past_the_rules(
        &db,
        &format!("UPDATE background_jobs SET status = 'failed', completed_at = now() WHERE id = '{ended_job}'"),
    )
    .await;
    let idle = user().enabling().job_running().insert(&db).await;
    past_the_rules(&db, &format!("UPDATE users SET demo_mode_status = 'disabled' WHERE id = '{}'", idle.id)).await;
    let claimed = user().insert(&db).await;
    change(&db, &format!("UPDATE users SET demo_profile_id = 'prof_1' WHERE id = '{}'", claimed.id)).await;
    let drifted = user().insert(&db).await;
    past_the_rules(&db, &format!("UPDATE users SET demo_mode = true WHERE id = '{}'", drifted.id)).await;
    let failed = user().failed().insert(&db).await;
    let used_up = job().job_type("demo_enable").attempts(5, 5).insert(&db).await.id;
    let strange = job().job_type("from_the_future").insert(&db).await.id;
    let nobodys = job().job_type("demo_enable").queue("deserted").insert(&db).await.id;
    change(
        &db,
        "INSERT INTO queues (name, paused_at, paused_by, reason) VALUES ('quiet', now(), 'ana@repruv.test', 'deploy')",
    )
    .await;
    let paused = job().job_type("demo_enable").queue("quiet").insert(&db).await.id;
    let late = job().job_type("demo_enable").running_on(alive).insert(&db).await.id;
    change(&db, &format!("UPDATE background_jobs SET deadline_at = now() - interval '5 seconds' WHERE id = '{late}'"))
        .await;
    let lost = job().job_type("demo_enable").running_on(silent).insert(&db).await.id;
    let long = job().job_type("demo_enable").running_on(alive).insert(&db).await.id;
    change(&db, &format!("UPDATE background_jobs SET started_at = now() - interval '9 minutes' WHERE id = '{long}'"))
        .await;
    let deaf = job().job_type("demo_enable").running_on(alive).cancel_asked().insert(&db).await.id;
    change(
        &db,
        &format!("UPDATE background_jobs SET cancel_requested_at = now() - interval '1 minute' WHERE id = '{deaf}'"),
    )
    .await;

    let page = reader.contradictions(None, 50).await.expect("a page");
    let told: Vec<_> = page.rows.iter().map(|line| (line.verdict.cause, line.user_id.or(line.job_id))).collect();
    assert_eq!(
        told,
        [
            (Cause::InProgressWithoutJob, Some(alone.id)),
            (Cause::JobEndedUserNotMoved, Some(ended.id)),
            (Cause::UserNotWaiting, Some(idle.id)),
            (Cause::ProfileWithoutState, Some(claimed.id)),
            (Cause::LegacyOutOfStep, Some(drifted.id)),
            (Cause::FailedForGood, Some(failed.id)),
            (Cause::AttemptsUsedUp, Some(used_up)),
            (Cause::NoWorkerKnowsType, Some(strange)),
            (Cause::NoWorker, Some(nobodys)),
            (Cause::QueuePaused, Some(paused)),
            (Cause::PastDeadline, Some(late)),
            (Cause::WorkerLost, Some(lost)),
            (Cause::StoppingOverdue, Some(deaf)),
            (Cause::RunningLong, Some(long)),
        ]
    );
    assert_eq!((page.count, page.or_more, page.next.as_deref()), (14, false, None));
    assert_eq!(page.rows[1].user_email.as_deref(), Some("ended@repruv.test"));
    assert_eq!(page.rows[9].queue.as_deref(), Some("quiet"));
    assert_eq!(page.rows[13].queue, None, "one job's cause is not its queue's");
    let ran = page.as_of - page.rows[13].since;
    assert_eq!(ran.num_minutes(), 9);

    // Page by page it is the same list.
    let mut read = vec![];
    let mut cursor: Option<String> = None;
    loop {
        let part = reader.contradictions(cursor.as_deref(), 4).await.expect("a page");
        assert!(part.rows.len() <= 4 && part.count == 14);
        read.extend(causes(&part));
        cursor = part.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(read, causes(&page));
    assert!(reader.contradictions(Some("bm9uc2Vuc2U"), 4).await.is_err());
}

#[tokio::test]
async fn a_cause_that_many_share_is_one_line() {
    let (db, reader) = stand().await;
    healthy(&db).await;
    change(&db, "UPDATE queues SET paused_at = now(), paused_by = 'ana@repruv.test', reason = 'deploy'").await;
    let oldest = job().job_type("demo_enable").scheduled(-40.0).insert(&db).await.id;
    for due_s in [-30.0, -20.0] {
        job().job_type("demo_enable").scheduled(due_s).insert(&db).await;
    }
    let page = reader.contradictions(None, 50).await.expect("a page");
    assert_eq!(causes(&page), [Cause::QueuePaused]);
    assert_eq!((page.rows[0].job_id, page.rows[0].alike, page.count), (Some(oldest), 2, 3));
}

#[tokio::test]
async fn a_service_that_is_away_is_one_line_for_all_who_wait_for_it() {
    let (db, reader) = stand().await;
    let worker = healthy(&db).await;
    change(
        &db,
        "UPDATE demo_service_health SET last_ok_at = NULL, last_error_at = now(), last_error_class = 'unreachable'",
    )
    .await;
    for _ in 0..3 {
        let waiting = user().enabling().insert(&db).await.job.expect("a job").id;
        change(&db, &format!("UPDATE background_jobs SET attempt = 1, run_at = now() + interval '30 s', error_class = 'unreachable' WHERE id = '{waiting}'")).await;
    }
    let running = user().enabling().job_running().insert(&db).await.job.expect("a job").id;
    change(&db, &format!("UPDATE background_jobs SET locked_by = '{worker}' WHERE id = '{running}'")).await;
    let page = reader.contradictions(None, 50).await.expect("a page");
    assert_eq!((causes(&page), page.count), (vec![Cause::ServiceUnreachable], 4));
    change(&db, "UPDATE demo_service_health SET last_ok_at = now() + interval '1 ms'").await;
    assert_eq!(reader.contradictions(None, 50).await.expect("a page").count, 0, "it is back");
}

#[tokio::test]
async fn beyond_its_cap_the_count_says_so() {
    let (db, reader) = stand().await;
    sql(
        &db,
        "INSERT INTO users (id, email, demo_mode_status, demo_mode_failed_operation, demo_mode_error, demo_mode_changed_at) \
         SELECT gen_random_uuid(), 'failed' || n || '@repruv.test', 'failed', 'enable', 'no answer', now() - n * interval '1 min' \
         FROM generate_series(1, 500) n",
    )
    .await;
    let page = reader.contradictions(None, 50).await.expect("a page");
    assert_eq!((page.rows.len(), page.count, page.or_more), (50, 500, false));
    assert_eq!(page.rows[0].user_email.as_deref(), Some("failed1@repruv.test"), "the newest failure first");
    sql(
        &db,
        "INSERT INTO users (id, email, demo_mode_status, demo_mode_failed_operation, demo_mode_error, demo_mode_changed_at) \
         VALUES (gen_random_uuid(), 'failed0@repruv.test', 'failed', 'enable', 'no answer', now())",
    )
    .await;
    let page = reader.contradictions(None, 50).await.expect("a page");
    assert_eq!((page.count, page.or_more), (500, true));
    assert_eq!(page.rows[0].user_email.as_deref(), Some("failed0@repruv.test"));
}

#[tokio::test]
async fn the_list_follows_single_changes_without_looking_at_the_rest() {
    let (db, reader) = stand().await;
    healthy(&db).await;
    let failed = user().failed().insert(&db).await;
    let fine = user().enabled().insert(&db).await;
    let mut standing = reader.standing().await.expect("the list");
    let told = |standing: &read_model::Standing| {
        let page = standing.page_from(None, 50).expect("a page");
        (
            page.count,
            page.rows.iter().map(|line| (line.verdict.cause, line.user_id.or(line.job_id))).collect::<Vec<_>>(),
        )
    };
    assert_eq!(told(&standing), (1, vec![(Cause::FailedForGood, Some(failed.id))]));

    // Dismissed: the line goes. Another drifts: it comes. A third is not named, so it is not looked at.
    change(&db, &format!("UPDATE users SET demo_mode_status = 'disabled', demo_mode_failed_operation = NULL, demo_mode_error = NULL WHERE id = '{}'", failed.id)).await;
    past_the_rules(&db, &format!("UPDATE users SET demo_mode = false WHERE id = '{}'", fine.id)).await;
    let unnamed = user().failed().insert(&db).await;
    let alone = job().job_type("from_the_future").insert(&db).await.id;
    reader.restand(&mut standing, &[alone], &[failed.id, fine.id, Uuid::max()]).await.expect("brought up to date");
    let lines = vec![(Cause::LegacyOutOfStep, Some(fine.id)), (Cause::NoWorkerKnowsType, Some(alone))];
    assert_eq!(told(&standing), (2, lines));

    // In the end it is what a full read finds.
    change(&db, &format!("UPDATE background_jobs SET status = 'cancelled', completed_at = now() WHERE id = '{alone}'"))
        .await;
    reader.restand(&mut standing, &[alone], &[unnamed.id]).await.expect("brought up to date");
    let whole = reader.standing().await.expect("the list");
    assert_eq!(told(&standing), told(&whole));
    assert_eq!(told(&whole).0, 2);
}
