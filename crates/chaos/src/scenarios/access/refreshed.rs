//! A refresh token in two hands, and one whose answer was lost.

use super::{Context, accepted, in_lanes, refresh, sign_in};
use crate::{load::client::Client, report::Finding, stage::Stage};
use anyhow::{Context as _, Result};
use std::sync::Arc;

/// Asked for again before the successor was used, the answer was lost; afterwards the token is in two hands.
pub async fn twice(context: &Context<'_>, stage: &Arc<Stage>, client: &Client) -> Result<Finding> {
    let count = context.bar(16, 200);
    let cases = in_lanes(stage, client, count, round).await?;
    let figure = format!("{count} answers asked for again, then {count} tokens used in two hands");
    Ok(Finding::none_of("R32", cases, figure, "each lost answer given again; each theft ends the session"))
}

async fn round(_: Arc<Stage>, client: Client, lane: usize, round: u64) -> Result<Vec<String>> {
    let (_, first) = sign_in(&client, lane, lane).await?;
    refresh(&client, lane, &first).await?.context("a first refresh was refused")?;
    let Some((access, second)) = refresh(&client, lane + 1, &first).await? else {
        return Ok(vec![format!("round {round}: a lost answer was not given again")]);
    };
    let mut cases = vec![];
    if !accepted(&client, lane, &access).await? {
        cases.push(format!("round {round}: the answer that was given again is worth nothing"));
    }
    let Some((access, third)) = refresh(&client, lane, &second).await? else {
        return Ok(vec![format!("round {round}: the successor was refused")]);
    };
    if refresh(&client, lane + 1, &first).await?.is_some() {
        cases.push(format!("round {round}: a token was taken again after its successor had been used"));
    }
    if accepted(&client, lane, &access).await? || refresh(&client, lane, &third).await?.is_some() {
        cases.push(format!("round {round}: the session goes on in two hands"));
    }
    Ok(cases)
}
