use super::*;
use chrono::TimeDelta;
use contract::{
    state_machine::{ConnectionStatus, DemoModeStatus},
    users::{ConnectionRow, DemoModeView, UserRow},
};

fn at(minutes: i64) -> DateTime<Utc> {
    DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::minutes(minutes)
}

fn view() -> UserView {
    let user = UserRow {
        id: Uuid::from_u128(7),
        email: "ana.silva@kunde.example".into(),
        full_name: Some("Ana Silva".into()),
        is_active: true,
        demo_mode: DemoModeStatus::Failed,
        demo_mode_error: None,
        demo_mode_changed_at: Some(at(3)),
        job_id: None,
        job_status: None,
        job_progress: None,
        created_at: at(0),
        version: 1,
    };
    let demo = DemoModeView {
        status: DemoModeStatus::Failed,
        failed_operation: None,
        error: Some("No mailbox ana.silva@kunde.example at 10.1.2.3 (password=hunter2)".into()),
        profile_id: None,
        profile_type: None,
        niche: None,
        preset: None,
        changed_at: Some(at(3)),
        job: None,
        cleanup: None,
        customer_sees: "An error.".into(),
        offers: vec![],
        expected_enable: None,
        expected_disable: None,
    };
    let connection = ConnectionRow {
        id: Uuid::from_u128(8),
        platform: "youtube".into(),
        username: Some("@silvachannel".into()),
        status: ConnectionStatus::Connected,
        error: None,
        connected_at: None,
        last_synced_at: None,
    };
    UserView { user, demo, connections: vec![connection], active_sessions: 1, as_of: at(9) }
}

fn entry(kind: TimelineKind, title: &str, detail: Option<&str>, actor: &str) -> TimelineEntry {
    TimelineEntry {
        id: "x".into(),
        at: at(4),
        kind,
        title: title.into(),
        detail: detail.map(Into::into),
        actor: actor.into(),
        job_id: (kind == TimelineKind::Job).then(|| Uuid::from_u128(9)),
        state: None,
    }
}

#[test]
fn a_ticket_tells_what_happened_and_not_to_whom() {
    let entries = [
        entry(
            TimelineKind::Job,
            "Enabling demo mode: failed for good",
            Some("silvachannel is gone\nfor Ana"),
            "worker-1:4127",
        ),
        entry(
            TimelineKind::Audit,
            "demo_mode.enable: disabled → enabling",
            Some("Silva called from +49 30 1234567"),
            "dana@repruv.test",
        ),
        entry(TimelineKind::Session, "Signed in on Chrome on macOS from 203.0.113.24", None, "customer"),
        entry(TimelineKind::Session, "Session on Chrome on macOS ended", None, "dana@repruv.test"),
    ];
    let view = view();
    let text = text("Production EU", &view, &entries, true, &redactor(&view, "dana@repruv.test", "Dana Reyes"));
    for gone in ["ana", "silva", "kunde", "203.0.113", "10.1.2.3", "hunter2", "dana", "1234567"] {
        assert!(!text.to_lowercase().contains(gone), "{gone}: {text}");
    }
    let expected = "\
Repruv Ops        Production EU, as of 2024-10-04 00:09:00 UTC
User              00000000-0000-0000-0000-000000000007  repruv-ops://user/00000000-0000-0000-0000-000000000007
Demo mode         failed since 2024-10-04 00:03:00 UTC
Customer sees     An error.
Why               No mailbox [e-mail] at [address] (password=[secret]

Timeline, newest first
2024-10-04 00:04:00 UTC | Enabling demo mode: failed for good | worker-1:4127 | [customer] is gone for [customer] | job 00000000-0000-0000-0000-000000000009
2024-10-04 00:04:00 UTC | demo_mode.enable: disabled → enabling | [staff] | [customer] called from [number]
2024-10-04 00:04:00 UTC | Signed in on Chrome on macOS from [address] | customer
2024-10-04 00:04:00 UTC | Session on Chrome on macOS ended | [staff]
Older entries are not in this copy.
";
    assert!(text.starts_with(expected), "{text}");
}

#[test]
fn an_entry_stays_on_its_line() {
    let view = view();
    let forged = entry(TimelineKind::Job, "x", Some("a\n2024-10-04 00:00:00 UTC | Deleted | dana\u{2028}b"), "w\r\nx");
    let text = text("Local", &view, &[forged], false, &redactor(&view, "", ""));
    let after = text.split("newest first\n").nth(1).expect("a timeline");
    assert_eq!(after.split("\n\n").next().map(|lines| lines.lines().count()), Some(1), "{text}");
}
