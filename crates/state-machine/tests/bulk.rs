//! What a plan asks of people, and what is to be expected of a user.

use state_machine::{BulkAction, BulkForecast, DemoMode, DemoModeStatus};

/// Who must agree, by action, by how many change, and by what the server says.
#[test]
fn ending_all_sessions_is_never_one_persons_decision_where_a_second_is_asked_for() {
    let mut table = vec![];
    for &action in BulkAction::ALL {
        for (will_change, over) in [(1, Some(20)), (20, Some(20)), (21, Some(20)), (1, Some(0)), (10_000, None)] {
            table.push((action.as_str(), will_change, over, action.needs_second_person(will_change, over)));
        }
    }
    let alone_up_to_twenty = [false, false, true, true, false];
    for row in table.chunks(5) {
        let action = row[0].0;
        let expected = if action == "revoke_sessions" { [true, true, true, true, false] } else { alone_up_to_twenty };
        assert_eq!(row.iter().map(|cell| cell.3).collect::<Vec<_>>(), expected, "{row:?}");
    }
}

#[test]
fn a_users_sessions_end_if_there_is_one_whatever_demo_mode_does() {
    for status in [DemoModeStatus::Disabled, DemoModeStatus::Enabling, DemoModeStatus::Failed] {
        let demo = DemoMode { status, failed_operation: None, profile_exists: false };
        let some = BulkAction::RevokeSessions.outlook_of_user(demo, 3).unwrap();
        assert_eq!((some.forecast, some.next.as_deref()), (BulkForecast::WillChange, Some("revoked")));
        let none = BulkAction::RevokeSessions.outlook_of_user(demo, 0).unwrap();
        assert_eq!(none.forecast, BulkForecast::AlreadyThere);
        assert_eq!(none.why.as_deref(), Some("No session of this user is active."));
    }
    let at_rest = DemoMode { status: DemoModeStatus::Disabled, failed_operation: None, profile_exists: false };
    let disable = BulkAction::DisableDemoMode.outlook_of_user(at_rest, 3).unwrap();
    assert_eq!(disable.forecast, BulkForecast::AlreadyThere, "sessions are nothing to demo mode");
    assert!(BulkAction::RetryJobs.outlook_of_user(at_rest, 3).is_none());
}
