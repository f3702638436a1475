//! The arguments of the window's commands, as its page gives them.

use crate::{bounds, environments, failure::Answer, headed, round_trip};
use chrono::{DateTime, Utc};
use contract::{
    audit::{AuditFilter, AuditFormat},
    bulk::{BulkItemState, ConfirmBulkPlan, MakeBulkPlan},
    ipc::{CommandIntent, CommandTarget, EnvironmentDraft, Preferences},
    jobs::JobFilter,
    live::LiveInterest,
    members::{AddMember, ChangeRole, RequireSecondFactor},
    notices::WatchKind,
    queues::WriteErrorWords,
    sessions::SessionFilter,
    staff::{EnableDemoMode, Reschedule, RevokeSessions, TurnQueue, WithReason},
    state_machine::{BulkForecast, BulkStep, MemberAction},
    triage::FixRequest,
    users::{TimelineKind, UserFilter},
};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Declares [`COMMANDS`] and what is tried of each; after `=>` what the command asks of its arguments before it does anything.
macro_rules! commands {
    ($($name:ident($($key:ident: $type:ty),+) $(=> $bounds:expr)?;)+) => {
        /// Every command of the window that takes something, with the names of what it takes.
        pub const COMMANDS: &[(&str, &[&str])] = &[$((stringify!($name), &[$(stringify!($key)),+])),+];

        /// A command's name, then its arguments as JSON.
        pub fn run(data: &[u8]) -> bool {
            let Some((command, json)) = headed(data) else { return false };
            match command {
                $(stringify!($name) => {
                    #[derive(Debug, PartialEq, Serialize, Deserialize)]
                    #[serde(rename_all = "camelCase")]
                    struct Arguments { $($key: $type),+ }
                    let Some(taken) = round_trip::read::<Arguments>(json) else { return false };
                    let admitted: &[fn(&Arguments) -> Answer<()>] = &[$($bounds)?];
                    admitted.iter().all(|bounds| bounds(&taken).is_ok())
                })+
                _ => false,
            }
        }
    };
}

commands! {
    jobs_page(filter: JobFilter, cursor: Option<String>, limit: u32) => |it| bounds::page(it.cursor.as_deref(), it.limit);
    job(id: Uuid);
    users_page(filter: UserFilter, cursor: Option<String>, limit: u32) => |it| bounds::page(it.cursor.as_deref(), it.limit);
    user(id: Uuid);
    user_timeline(id: Uuid, kinds: Vec<TimelineKind>, cursor: Option<String>, limit: u32)
        => |it| bounds::page(it.cursor.as_deref(), it.limit);
    user_ticket(id: Uuid, kinds: Vec<TimelineKind>);
    user_case(id: Uuid);
    job_case(id: Uuid);
    contradictions(cursor: Option<String>) => |it| bounds::page(it.cursor.as_deref(), 1);
    apply_fix(intent: CommandIntent, user_id: Option<Uuid>, request: FixRequest) => |it| carried(&it.request);
    bulk_plans(cursor: Option<String>, limit: u32) => |it| bounds::page(it.cursor.as_deref(), it.limit);
    bulk_plan(id: Uuid);
    bulk_items(id: Uuid, state: Option<BulkItemState>, forecast: Option<BulkForecast>, cursor: Option<String>, limit: u32)
        => |it| bounds::page(it.cursor.as_deref(), it.limit);
    make_bulk_plan(intent: CommandIntent, body: MakeBulkPlan) => |it| carried(&it.body);
    confirm_bulk_plan(target: CommandTarget, body: ConfirmBulkPlan) => |it| carried(&it.body);
    step_bulk_plan(target: CommandTarget, step: BulkStep, body: WithReason) => |it| {
        one_part_of_a_path(it.step.as_str());
        carried(&it.body)
    };
    retry_failed_bulk(target: CommandTarget, body: WithReason) => |it| carried(&it.body);
    sessions_page(filter: SessionFilter, cursor: Option<String>, limit: u32) => |it| bounds::page(it.cursor.as_deref(), it.limit);
    audit_page(filter: AuditFilter, cursor: Option<String>, limit: u32) => |it| bounds::page(it.cursor.as_deref(), it.limit);
    export_audit(filter: AuditFilter, format: AuditFormat);
    enable_demo_mode(target: CommandTarget, body: EnableDemoMode) => |it| carried(&it.body);
    disable_demo_mode(target: CommandTarget, body: WithReason) => |it| carried(&it.body);
    cancel_demo_mode(target: CommandTarget, body: WithReason) => |it| carried(&it.body);
    dismiss_demo_mode(target: CommandTarget, body: WithReason) => |it| carried(&it.body);
    cancel_job(target: CommandTarget, body: WithReason) => |it| carried(&it.body);
    retry_job(target: CommandTarget, body: WithReason) => |it| carried(&it.body);
    reschedule_job(target: CommandTarget, body: Reschedule) => |it| carried(&it.body);
    revoke_preview(user_id: Uuid, except: Option<Uuid>, device: Option<String>, unused_since: Option<DateTime<Utc>>);
    probe_session(id: Uuid);
    revoke_session(target: CommandTarget, body: WithReason) => |it| carried(&it.body);
    revoke_sessions(user_id: Uuid, command_id: Uuid, title: String, body: RevokeSessions) => |it| carried(&it.body);
    resolve_command(command_id: Uuid);
    sign_in(environment_id: String, email: String, password: String, code: Option<String>, session_only: bool)
        => |it| bounds::credentials(&it.email, &it.password, it.code.as_deref());
    change_password(current_password: String, new_password: String, code: Option<String>);
    begin_second_factor(password: String);
    confirm_second_factor(code: String);
    reauthenticate(password: String, code: Option<String>);
    write_error_words(intent: CommandIntent, version: u32, body: WriteErrorWords) => |it| carried(&it.body);
    pause_queue(intent: CommandIntent, name: String, version: u32, body: TurnQueue) => |it| {
        bounds::queue(&it.name)?;
        one_part_of_a_path(&it.name);
        carried(&it.body)
    };
    add_member(command_id: Uuid, title: String, body: AddMember) => |it| carried(&it.body);
    change_member(target: CommandTarget, action: MemberAction, body: WithReason) => |it| carried(&it.body);
    change_member_role(target: CommandTarget, body: ChangeRole) => |it| carried(&it.body);
    require_second_factor(target: CommandTarget, body: RequireSecondFactor) => |it| carried(&it.body);
    set_preferences(preferences: Preferences);
    add_environment(draft: EnvironmentDraft) => |it| written_down(&it.draft);
    remove_environment(id: String);
    edit_environment(id: String, draft: EnvironmentDraft) => |it| written_down(&it.draft);
    test_environment(api_url: String, authority: Option<String>, id: Option<String>) => |it| reaches_only_us(&it.api_url);
    unlock_production(reason: String);
    switch_environment(id: String);
    subscribe(interest: LiveInterest);
    unsubscribe(id: u32);
    watch(kind: WatchKind, id: Uuid);
    unwatch(kind: WatchKind, id: Uuid);
}

/// What goes to the API is no longer than it takes.
fn carried(body: &impl Serialize) -> Answer<()> {
    let body = serde_json::to_value(body).expect("what was read can be written");
    bounds::body(&body)?;
    assert!(body.to_string().len() <= bounds::BODY_MAX);
    Ok(())
}

/// However an address is read, this word stays one part of its path.
fn one_part_of_a_path(word: &str) {
    let mut url = Url::parse("https://api.example.com/").expect("an address");
    url.set_path(&format!("/base/{word}/verb"));
    let parts: Vec<_> = url.path_segments().expect("has a path").collect();
    assert_eq!(parts, ["base", word, "verb"], "{word:?} leads elsewhere");
    assert_eq!((url.query(), url.fragment()), (None, None), "{word:?} is more than a path");
}

/// An environment that is accepted is written down in the one way that is accepted as it stands.
fn written_down(draft: &EnvironmentDraft) -> Answer<()> {
    let made = environments::new(draft)?;
    reaches_only_us(&made.api_url)?;
    assert!(
        (1..=40).contains(&made.name.chars().count()) && !made.name.chars().any(char::is_control),
        "{:?}",
        made.name
    );
    assert!(made.authority.as_ref().is_none_or(|pem| pem.len() <= 32 * 1024 && !pem.contains("PRIVATE KEY")));
    let (name, kind, api_url, authority) = (made.name.clone(), made.kind, made.api_url.clone(), made.authority.clone());
    let again = environments::new(&EnvironmentDraft { name, kind, api_url, authority }).expect("is accepted again");
    assert_eq!((again.name, again.api_url, again.authority), (made.name, made.api_url, made.authority));
    Ok(())
}

/// Over TLS, or on this machine; with nothing in the address that would be sent along or decide for somebody else.
fn reaches_only_us(api_url: &str) -> Answer<()> {
    let url = environments::address(api_url)?;
    let host = url.host_str().unwrap_or_default();
    let loopback = |host: &str| host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.octets()[0] == 127);
    let here = host == "localhost" || host == "[::1]" || loopback(host);
    assert!(!host.is_empty() && (url.scheme() == "https" || (url.scheme() == "http" && here)), "{url}");
    assert_eq!((url.username(), url.password(), url.query(), url.fragment()), ("", None, None, None), "{url}");
    Ok(())
}
