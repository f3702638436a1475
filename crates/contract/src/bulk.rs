//! Bulk plans: what is fixed, what is to be expected of it, and what came of every item.

use crate::{jobs::JobFilter, users::UserFilter, wire::wire};
use chrono::{DateTime, Utc};
use state_machine::{
    ActionOffer, BulkAction, BulkForecast, BulkStatus, BulkStep,
    triage::{Cause, Fix},
};
use uuid::Uuid;

/// Items of one plan at most.
pub const BULK_ITEMS_MAX: u32 = 10_000;
/// Ids that one request may name; more are chosen by a filter.
pub const BULK_IDS_MAX: usize = 1_000;

wire! {
    /// Cases of the standing list of contradictions: those whose verdict tells this cause and offers this fix.
    #[serde(deny_unknown_fields)]
    #[derive(Copy, Eq)]
    pub struct CaseFilter {
        /// What is wrong with each.
        pub cause: Cause,
        /// What is to be done about it.
        pub fix: Fix,
    }

    /// `POST /staff/bulk-plans`: fixes what is chosen, as it is now, and changes nothing. Exactly one of `ids`, `jobs`, `users`
    /// and `cases` is given, and a filter is one of what the action is on. Answers [`BulkPlanView`].
    #[serde(deny_unknown_fields)]
    pub struct MakeBulkPlan {
        /// What is to be done to each.
        pub action: BulkAction,
        /// These, at most 1,000.
        #[cfg_attr(feature = "utoipa", schema(max_items = 1000))]
        pub ids: Option<Vec<Uuid>>,
        /// Every job that this lets through, the newest 10,000 at most.
        pub jobs: Option<JobFilter>,
        /// Every user that this lets through, the newest 10,000 at most.
        pub users: Option<UserFilter>,
        /// Every case in the list of contradictions that this lets through.
        pub cases: Option<CaseFilter>,
        /// Why, for the audit line of every item; 3 to 500 characters.
        #[cfg_attr(feature = "utoipa", schema(min_length = 3, max_length = 500))]
        pub reason: String,
    }

    /// `POST /staff/bulk-plans/{id}/confirm`. Answers [`BulkPlanView`].
    #[serde(deny_unknown_fields)]
    pub struct ConfirmBulkPlan {
        /// How many will change, as the person typed it; needed where the plan says so.
        pub typed_count: Option<u32>,
        /// Kept with the confirmation; 3 to 500 characters.
        #[cfg_attr(feature = "utoipa", schema(min_length = 3, max_length = 500))]
        pub reason: String,
    }

    /// One line of the list of plans.
    pub struct BulkPlanRow {
        /// UUIDv7: grows with time.
        pub id: Uuid,
        /// What is done to each item.
        pub action: BulkAction,
        /// Where it stands.
        pub status: BulkStatus,
        /// It did not begin in its time, and never will.
        pub expired: bool,
        /// Why.
        pub reason: String,
        /// How the items were chosen, for people.
        pub source: String,
        /// There may be more that match than the plan holds.
        pub or_more: bool,
        /// The plan of which this repeats what failed.
        pub retry_of: Option<Uuid>,
        /// All items.
        pub items: u32,
        /// Those that will change: the only ones that are executed.
        pub will_change: u32,
        /// Those that are where the action leads to.
        pub already_there: u32,
        /// Those that are on their way there.
        pub in_flight: u32,
        /// Those that the rules do not allow it for.
        pub not_allowed: u32,
        /// Executed with success so far.
        pub done: u32,
        /// Executed without success so far.
        pub failed: u32,
        /// Items a second at most.
        pub rate_per_s: u32,
        /// How long all of it takes at that rate.
        pub estimate_s: u32,
        /// Whoever confirms must type how many will change.
        pub typed_count: bool,
        /// A second person must approve it.
        pub second_person: bool,
        /// Who planned it.
        pub planned_by: String,
        /// When.
        pub planned_at: DateTime<Utc>,
        /// It must have begun by then.
        pub expires_at: DateTime<Utc>,
        /// Who confirmed it; the actor of every item's audit line.
        pub confirmed_by: Option<String>,
        /// When.
        pub confirmed_at: Option<DateTime<Utc>>,
        /// The second person.
        pub approved_by: Option<String>,
        /// When.
        pub approved_at: Option<DateTime<Utc>>,
        /// The job that executes it.
        pub job_id: Option<Uuid>,
        /// Why it stands where it stands, where nobody asked for it.
        pub note: Option<String>,
        /// When it ended.
        pub ended_at: Option<DateTime<Utc>>,
        /// For `If-Match`.
        pub version: u32,
    }

    /// Plans that wait for a second person, as somebody of the staff sees them; at most 100 in all, oldest first.
    pub struct BulkApprovals {
        /// Those that this person may approve.
        pub yours: Vec<BulkPlanRow>,
        /// Those that this person has planned or confirmed: they wait for a colleague.
        pub own: Vec<BulkPlanRow>,
        /// Database time at which this was read.
        pub as_of: DateTime<Utc>,
    }

    /// Items that will not change, counted by their reason.
    pub struct BulkReason {
        /// Which kind.
        pub forecast: BulkForecast,
        /// Why.
        pub why: String,
        /// How many.
        pub count: u32,
    }

    /// Failed items, counted by what happened.
    pub struct BulkFailure {
        /// `moved`, `gone`, `refused`, `fault`.
        pub code: String,
        /// For people.
        pub result: String,
        /// How many.
        pub count: u32,
    }

    /// One item of a plan.
    pub struct BulkItemRow {
        /// Its place, from 1.
        pub seq: u32,
        /// The job or user that was chosen.
        pub target_id: Uuid,
        /// The job, where it is one.
        pub job_id: Option<Uuid>,
        /// What the job does; `None` when it is gone.
        pub job_type: Option<String>,
        /// The user.
        pub user_id: Option<Uuid>,
        /// That user's e-mail as it is now.
        pub user_email: Option<String>,
        /// What was expected of it.
        pub forecast: BulkForecast,
        /// Why it does not change.
        pub why: Option<String>,
        /// What the verdict offered, where the action is to apply it.
        pub fix: Option<Fix>,
        /// Its state when it was planned.
        pub now: Option<String>,
        /// The state that the action leads to.
        pub next: Option<String>,
        /// What became of it.
        pub state: BulkItemState,
        /// `done`, `moved`, `gone`, `refused`, `fault`.
        pub result_code: Option<String>,
        /// For people.
        pub result: Option<String>,
        /// When it was executed.
        pub ended_at: Option<DateTime<Utc>>,
    }

    /// What became of an item.
    #[serde(rename_all = "snake_case")]
    #[derive(Copy, Eq)]
    pub enum BulkItemState {
        /// Not executed, because it would not change.
        LeftOut,
        /// To be executed.
        Waiting,
        /// Executed; its effect is recorded.
        Done,
        /// Executed, and nothing was changed.
        Failed,
    }

    /// A plan's page; also the answer to every step.
    pub struct BulkPlanView {
        /// The line.
        pub plan: BulkPlanRow,
        /// Why items will not change, most frequent first.
        pub reasons: Vec<BulkReason>,
        /// Why items failed, most frequent first.
        pub failures: Vec<BulkFailure>,
        /// The first few that will change.
        pub sample: Vec<BulkItemRow>,
        /// How many items still wait.
        pub waiting: u32,
        /// Why it cannot be taken back.
        pub undo: String,
        /// Every step with the rules' answer for whoever asks.
        pub offers: Vec<ActionOffer<BulkStep>>,
        /// Database time at which this was read.
        pub as_of: DateTime<Utc>,
    }
}
