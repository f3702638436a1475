//! One session and all sessions of a customer, revoked while they are in use.

use super::{CUSTOMER, Context, accepted, authenticate, command, in_lanes, refresh, sign_in};
use crate::{load::client::Client, load::people, report::Finding, stage::Stage};
use anyhow::Result;
use std::{
    sync::{Arc, OnceLock},
    time::Instant,
};
use tokio::sync::Barrier;

const OPEN: &str = "INSERT INTO user_sessions (id, user_id, access_hash, access_expires_at, transport, expires_at) \
    VALUES ($1, $2, sha256(convert_to($3, 'UTF8')), now() + interval '1 hour', 'bearer', now() + interval '1 hour')";
/// Who uses a session while it is revoked, half of them at each process.
const USERS: usize = 4;
/// Requests of each after the revoke.
const AFTER: usize = 3;
/// Sessions that began, by the order of commits, before a revoke of all and go on.
const MISSED: &str = "SELECT count(*) FROM user_sessions s JOIN user_refresh_tokens t ON t.session_id = s.id, \
      (SELECT pg_xact_commit_timestamp(xmin) AS at FROM audit_entries WHERE reason = $2) revoke \
    WHERE s.user_id = $1 AND s.revoked_at IS NULL AND pg_xact_commit_timestamp(t.xmin) < revoke.at";

/// No request that began after the answer to the revoke is accepted, at whichever process.
pub async fn one(context: &Context<'_>, stage: &Arc<Stage>, client: &Client) -> Result<Finding> {
    let count = context.bar(80, 1_000);
    let cases = in_lanes(stage, client, count, one_round).await?;
    let after = count * u64::try_from(USERS * AFTER)?;
    let figure = format!("{count} sessions revoked in use at two API processes, {after} requests begun afterwards");
    Ok(Finding::none_of("R30", cases, figure, "0 accepted"))
}

async fn one_round(stage: Arc<Stage>, client: Client, lane: usize, round: u64) -> Result<Vec<String>> {
    let (id, token) = (testkit::new_id(), format!("rps_revoked_{round}"));
    sqlx::query(OPEN).bind(id).bind(people::user(CUSTOMER + lane)).bind(&token).execute(&stage.owner).await?;
    let (in_use, acked) = (Arc::new(Barrier::new(USERS + 1)), Arc::new(OnceLock::<Instant>::new()));
    let mut users = tokio::task::JoinSet::new();
    for user in 0..USERS {
        let (client, token, in_use, acked) = (client.clone(), token.clone(), in_use.clone(), acked.clone());
        users.spawn(async move {
            let before = accepted(&client, user, &token).await;
            in_use.wait().await;
            anyhow::ensure!(before?, "a session is refused that nobody revoked");
            let (mut after, mut wrong) = (0, 0);
            while after < AFTER {
                let begun = Instant::now();
                let yes = accepted(&client, user, &token).await?;
                if acked.get().is_some_and(|at| begun > *at) {
                    after += 1;
                    wrong += usize::from(yes);
                }
            }
            Ok(wrong)
        });
    }
    in_use.wait().await;
    let (path, key) = (format!("/staff/sessions/{id}/revoke"), format!("chaos-revokes-{round}"));
    let revoked = command(&client, lane, path, Some(1), &key).await;
    let _ = acked.set(Instant::now());
    let mut cases = vec![];
    while let Some(user) = users.join_next().await {
        let wrong = user??;
        cases.extend((wrong > 0).then(|| format!("session {id} was accepted {wrong} times afterwards")));
    }
    revoked?;
    Ok(cases)
}

/// A revoke of all ends what refreshes meanwhile, and every sign-in that was committed before it.
pub async fn all(context: &Context<'_>, stage: &Arc<Stage>, client: &Client) -> Result<Finding> {
    authenticate(stage).await?;
    // A planted bug shows only where two commits meet, so it is given more of them.
    let count = if context.settings.planted.is_some() { 96 } else { context.bar(16, 200) };
    let cases = in_lanes(stage, client, count, all_round).await?;
    let figure = format!("{count} revokes of all sessions, each beside a refresh and a sign-in");
    Ok(Finding::none_of("R31", cases, figure, "0 refreshed sessions and 0 earlier sign-ins go on"))
}

async fn all_round(stage: Arc<Stage>, client: Client, lane: usize, round: u64) -> Result<Vec<String>> {
    let user = people::user(CUSTOMER + lane);
    let begun = Instant::now();
    let (_, token) = sign_in(&client, lane, lane).await?;
    // The revoke comes anywhere in the time that a sign-in takes.
    let later = begun.elapsed().mul_f64(f64::from(u32::try_from(round)? % 16) / 12.0);
    let (path, key) = (format!("/staff/users/{user}/sessions/revoke"), format!("chaos-revokes-all-{round}"));
    let (refreshed, signed_in, revoked) =
        tokio::join!(refresh(&client, lane, &token), sign_in(&client, lane + 1, lane), async {
            tokio::time::sleep(later).await;
            command(&client, lane + 1, path, None, &key).await
        },);
    revoked?;
    let mut cases = vec![];
    if let Some((access, next)) = refreshed? {
        let goes_on = accepted(&client, lane, &access).await? || refresh(&client, lane, &next).await?.is_some();
        cases.extend(goes_on.then(|| format!("{key}: what was refreshed meanwhile goes on")));
    }
    signed_in?;
    let missed: i64 = sqlx::query_scalar(MISSED).bind(user).bind(&key).fetch_one(&stage.owner).await?;
    cases.extend((missed > 0).then(|| format!("{key}: {missed} earlier sign-ins go on")));
    Ok(cases)
}
