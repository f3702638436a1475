//! What stands beside the fixes of a case: queues, words for errors, and a demo service that nobody named.

use super::*;

#[tokio::test]
async fn a_paused_queue_is_shown_and_opened_again_by_its_fix() {
    let case = Case::new().await;
    let admin = case.stand.staff(testkit::factories::staff().admin().insert(&case.stand.db).await).await;
    let turn = |token: &'static str, verb: &str, version: u32| {
        Write::new(token, format!("/staff/queues/default/{verb}"), version)
            .body(json!({ "reason": "The demo service moves" }))
    };
    let admin: &'static str = Box::leak(admin.into_boxed_str());
    let paused = case.stand.write(turn(admin, "pause", 1)).await.expect(200);
    assert_eq!((&paused.body["version"], &paused.body["reason"]), (&json!(2), &json!("The demo service moves")));
    case.stand.write(turn(admin, "pause", 2)).await.refused(409, "illegal_transition");
    let stale = case.stand.write(turn(admin, "resume", 1)).await.refused(409, "version_conflict");
    assert_eq!(stale.body["current"]["version"], 2);
    let nowhere = Write::new(admin, "/staff/queues/nowhere/pause", 1).body(json!({ "reason": "A slip" }));
    case.stand.write(nowhere).await.refused(404, "not_found");

    let ana = user().insert(&case.stand.db).await.id;
    case.stand.write(Write::demo_mode(&case.token, ana, "enable", 1)).await.expect(200);
    let claimed = case
        .work
        .claim(&case.session, &Front::new("default", JobType::ALL), 10, MINUTE, MINUTE)
        .await
        .expect("a claim");
    assert!(claimed.is_empty(), "nothing is claimed from a paused queue");
    let seen = case.see(ana).await;
    assert_eq!((seen.verdict.cause.as_str(), Case::offered(&seen)), ("queue_paused", Fix::ResumeQueue));
    case.fix(&seen, Fix::ResumeQueue).await.expect(200);
    case.claim().await;
    case.work.follow_fixes(HOUR).await.expect("followed");
    assert!(case.see(ana).await.outcome.is_some_and(|told| told.confirmed_at.is_some()), "the job was taken up");
    let trail = "audit_entries WHERE action IN ('queue.pause', 'fix.resume_queue')";
    assert_eq!(case.stand.count(trail).await, 2);
}

#[tokio::test]
async fn an_error_without_words_is_listed_once_and_given_words() {
    let case = Case::new().await;
    for n in 1..=3 {
        let job = testkit::factories::job().failed().insert(&case.stand.db).await;
        case.stand
            .sql(&format!(
                "UPDATE background_jobs SET error_class = 'rejected', completed_at = now() - interval '3 min', \
                 error_message = 'The demo service refused: niche {n} of ana{n}@x.test is unknown.' WHERE id = '{}'",
                job.id
            ))
            .await;
    }
    case.stand.sql("UPDATE job_stats_watermark SET through = date_trunc('minute', now() - interval '10 min')").await;
    assert!(case.work.roll_up_stats().await.expect("rolled up"));
    assert!(case.work.roll_up_stats().await.expect("rolled up"));
    let listed = case.read.error_words().await.expect("a list");
    assert_eq!(listed.len(), 1, "{listed:#?}");
    assert_eq!((listed[0].seen, listed[0].title.as_deref()), (3, None));

    let admin = case.stand.staff(testkit::factories::staff().admin().insert(&case.stand.db).await).await;
    let words = |title: &str| {
        json!({ "reason": "Seen often", "fingerprint": listed[0].fingerprint, "title": title,
            "customer_sees": "Their own account.", "ticket_reply": "Please choose another niche." })
    };
    let write = Write::new(&admin, "/staff/error-words", 1).body(words("A niche that is unknown"));
    let reply = case.stand.write(write.clone()).await.expect(200);
    assert_eq!((&reply.body["title"], &reply.body["version"]), (&json!("A niche that is unknown"), &json!(2)));
    let told = case.read.job_case(listed[0].last_job_id.expect("its last job")).await.expect("a case").verdict;
    assert!(told.explanation.starts_with("A niche that is unknown."), "{told:#?}");
    let stale = Write::new(&admin, "/staff/error-words", 1).body(words("Something else"));
    case.stand.write(stale).await.refused(409, "version_conflict");
    let short = Write::new(&admin, "/staff/error-words", 2).body(words("x"));
    assert_eq!(case.stand.write(short).await.refused(422, "invalid_request").text("field"), "title");
    assert_eq!(case.stand.count("audit_entries WHERE action = 'error_words.write'").await, 1);
}

#[tokio::test]
async fn an_api_that_was_not_told_of_the_demo_service_says_so() {
    let stand = Stand::new().await;
    let ana = user().insert(&stand.db).await.id;
    stand.sql("UPDATE users SET demo_profile_id = 'prof_1'").await;
    let seen = ReadModel::new(stand.db.api().clone()).user_case(ana).await.expect("a case");
    let token = stand.support().await;
    let body = json!({ "fix": "confirm_existing", "user_version": seen.user_version, "reason": "The customer wrote" });
    let write = Write { version: None, ..Write::new(&token, format!("/staff/users/{ana}/fix"), 1).body(body) };
    let refused = stand.write(write).await.refused(409, "illegal_transition");
    assert!(refused.text("message").contains("DEMO_SERVICE_URL"), "{refused:?}");
}
