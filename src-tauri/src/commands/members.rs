//! The people who operate.

use super::{State, send};
use crate::{
    api_client::{body as to_body, to_ipc},
    failure::Answer,
    outcomes::Draft,
};
use contract::{
    ipc::CommandTarget,
    members::{AddMember, ChangeRole, MemberChanged, RequireSecondFactor, StaffMembers},
    staff::WithReason,
    state_machine::MemberAction,
};
use serde::Serialize;
use uuid::Uuid;

/// Everybody.
#[tauri::command]
#[specta::specta]
pub async fn members(ops: State<'_>) -> Answer<StaffMembers> {
    ops.account()?.members().await.map_err(|failure| to_ipc(failure, None))
}

/// Adds a person. The temporary password in the answer is told once.
#[tauri::command]
#[specta::specta]
pub async fn add_member(ops: State<'_>, command_id: Uuid, title: String, body: AddMember) -> Answer<MemberChanged> {
    let draft = Draft {
        command_id,
        path: "members".into(),
        body: to_body(&body)?,
        version: None,
        title,
        user_id: None,
        job_id: None,
    };
    send(&ops, draft).await
}

/// Disables, enables, gives a temporary password, or forgets a second factor: what needs a reason only.
#[tauri::command]
#[specta::specta]
pub async fn change_member(
    ops: State<'_>,
    target: CommandTarget,
    action: MemberAction,
    body: WithReason,
) -> Answer<MemberChanged> {
    let verb = action.as_str().replace('_', "-");
    send(&ops, draft(target, &verb, &body)?).await
}

/// Gives a person another role.
#[tauri::command]
#[specta::specta]
pub async fn change_member_role(ops: State<'_>, target: CommandTarget, body: ChangeRole) -> Answer<MemberChanged> {
    send(&ops, draft(target, "role", &body)?).await
}

/// Requires a second factor of a person, or no longer.
#[tauri::command]
#[specta::specta]
pub async fn require_second_factor(
    ops: State<'_>,
    target: CommandTarget,
    body: RequireSecondFactor,
) -> Answer<MemberChanged> {
    send(&ops, draft(target, "second-factor", &body)?).await
}

fn draft(target: CommandTarget, verb: &str, with: &impl Serialize) -> Answer<Draft> {
    Ok(Draft {
        command_id: target.command_id,
        path: format!("members/{}/{verb}", target.id),
        body: to_body(with)?,
        version: Some(target.version),
        title: target.title,
        user_id: None,
        job_id: None,
    })
}
