#![doc = include_str!("../README.md")]

mod actions;
mod attempt;
mod bulk;
mod bulk_outlook;
mod bulk_plan;
mod connection;
mod demo_mode;
mod error_class;
mod illegal;
mod job;
mod job_type;
mod member;
mod retry;
mod session;
pub mod triage;
mod words;

pub use actions::{ActionOffer, DemoModeAction, JobAction, Preview, SessionAction};
pub use attempt::AttemptEnd;
pub use bulk::{BulkEvent, BulkStatus, BulkTransition};
pub use bulk_outlook::BulkOutlook;
pub use bulk_plan::{BulkAction, BulkFacts, BulkForecast, BulkStep, BulkTarget};
pub use connection::{ConnectionEvent, ConnectionStatus, ConnectionTransition};
pub use demo_mode::{DemoMode, DemoModeEvent, DemoModeStatus, DemoModeTransition, DemoOperation};
pub use error_class::ErrorClass;
pub use illegal::{IllegalTransition, UnknownWord};
pub use job::{JobEvent, JobFacts, JobStatus, JobTransition};
pub use job_type::{JobOutcome, JobType};
pub use member::{MemberAction, MemberFacts};
pub use retry::{RetryPolicy, after_failure};
pub use session::{SessionEvent, SessionStatus, SessionTransition};
