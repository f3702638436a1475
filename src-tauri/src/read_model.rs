//! Stand-in until the crate is there.
use contract::{Page, jobs::*, now::*, sessions::*, staff::*, users::*, live::FreshnessSource};
use chrono::{DateTime, Utc};
use uuid::Uuid;
#[derive(Debug, thiserror::Error)]
#[error("stub")]
pub struct ReadError;
impl ReadError { pub fn is_login_refused(&self) -> bool { false } }
#[derive(Clone)]
pub struct ReadModel;
type R<T> = Result<T, ReadError>;
impl ReadModel {
    pub fn new(_: sqlx::PgPool) -> Self { Self }
    pub async fn now(&self) -> R<NowView> { Err(ReadError) }
    pub async fn job_counts(&self) -> R<JobCounts> { Err(ReadError) }
    pub async fn jobs_page(&self, _: &JobFilter, _: Option<&str>, _: u32) -> R<Page<JobRow>> { Err(ReadError) }
    pub async fn job(&self, _: Uuid) -> R<JobDetail> { Err(ReadError) }
    pub async fn job_types(&self) -> R<Vec<String>> { Err(ReadError) }
    pub async fn users_page(&self, _: &UserFilter, _: Option<&str>, _: u32) -> R<Page<UserRow>> { Err(ReadError) }
    pub async fn user(&self, _: Uuid) -> R<UserView> { Err(ReadError) }
    pub async fn user_timeline(&self, _: Uuid, _: Option<&str>, _: u32) -> R<Page<TimelineEntry>> { Err(ReadError) }
    pub async fn sessions_page(&self, _: &SessionFilter, _: Option<&str>, _: u32) -> R<Page<SessionRow>> { Err(ReadError) }
    pub async fn workers(&self) -> R<Vec<WorkerRow>> { Err(ReadError) }
    pub async fn audit_page(&self, _: Option<Uuid>, _: Option<&str>, _: u32) -> R<Page<AuditEntry>> { Err(ReadError) }
    pub async fn jobs_by_ids(&self, _: &[Uuid]) -> R<Vec<JobRow>> { Err(ReadError) }
    pub async fn users_by_ids(&self, _: &[Uuid]) -> R<Vec<UserRow>> { Err(ReadError) }
}
pub struct FeedBatch { pub job_ids: Vec<Uuid>, pub user_ids: Vec<Uuid>, pub as_of: DateTime<Utc>, pub took: std::time::Duration, pub source: FreshnessSource }
pub struct Feed;
impl Feed {
    pub async fn open(_: &ReadModel) -> R<Self> { Err(ReadError) }
    pub async fn next(&mut self) -> R<FeedBatch> { Err(ReadError) }
}
