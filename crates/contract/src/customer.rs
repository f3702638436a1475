//! What a customer's own client asks and sees.

use crate::wire::wire;
use chrono::{DateTime, Utc};
use state_machine::{DemoModeStatus, JobStatus};
use uuid::Uuid;

wire! {
    /// Which profile to make: a preset, or a type with a niche.
    #[serde(deny_unknown_fields)]
    pub struct ProfileChoice {
        /// A preset's id from `GET /demo/presets`. Excludes the other two.
        pub preset: Option<String>,
        /// `creator`, `brand` or `agency`.
        pub profile_type: Option<String>,
        /// Free words, at most 60 characters, such as "Food & travel".
        #[cfg_attr(feature = "utoipa", schema(max_length = 60))]
        pub niche: Option<String>,
    }

    /// `POST /demo/enable`.
    #[serde(deny_unknown_fields)]
    pub struct EnableDemoRequest {
        /// Which profile; without it the default preset.
        pub profile: Option<ProfileChoice>,
        /// Not before this time; without it at once.
        pub run_at: Option<DateTime<Utc>>,
    }

    /// 202: the intent is durable; the work goes on without the client.
    pub struct DemoAccepted {
        /// The state right now.
        pub status: DemoModeStatus,
        /// The job that carries it out; poll `GET /jobs/{id}/status`.
        pub job_id: Option<Uuid>,
        /// For people.
        pub message: String,
    }

    /// `GET /demo/status`.
    pub struct DemoStatus {
        /// Where demo mode stands.
        pub status: DemoModeStatus,
        /// Why it failed, in words for the customer.
        pub error: Option<String>,
        /// The profile at the demo service.
        pub profile_id: Option<String>,
        /// The profile's type.
        pub profile_type: Option<String>,
        /// The live job, or the last one.
        pub job: Option<JobStatusView>,
        /// When the status last changed.
        pub changed_at: Option<DateTime<Utc>>,
    }

    /// `GET /jobs/{id}/status`. Fields and words are frozen for clients of the former backend; new fields may be added.
    pub struct JobStatusView {
        /// The job.
        pub job_id: Uuid,
        /// What it does.
        pub job_type: String,
        /// `pending`, `running`, `completed`, `failed` or `cancelled`.
        pub status: JobStatus,
        /// 0 to 100.
        pub progress: u32,
        /// What it is doing, for people.
        pub step: Option<String>,
        /// What came of it; clean-up counts of a disable stand here.
        pub result: Option<serde_json::Value>,
        /// The last error, for people.
        pub error: Option<String>,
        /// When it was asked for.
        pub created_at: DateTime<Utc>,
        /// When the last attempt began.
        pub started_at: Option<DateTime<Utc>>,
        /// When it ended for good.
        pub completed_at: Option<DateTime<Utc>>,
    }

    /// One entry of `GET /demo/presets`.
    pub struct DemoPreset {
        /// For [`ProfileChoice::preset`].
        pub id: String,
        /// For people: "Mid-Tier Creator".
        pub name: String,
        /// One line on what the profile contains.
        pub description: String,
        /// The profile type that it stands for.
        pub profile_type: String,
        /// The niche that it stands for.
        pub niche: String,
    }
}

/// The profile types that the demo service knows.
pub const PROFILE_TYPES: [&str; 3] = ["creator", "brand", "agency"];

/// The presets on offer; the first is the default.
pub fn presets() -> Vec<DemoPreset> {
    [
        (
            "mid_tier_creator",
            "Mid-Tier Creator",
            "About 1,200 reviews and 85 posts on two platforms.",
            "creator",
            "Lifestyle",
        ),
        (
            "rising_creator",
            "Rising Creator",
            "About 150 reviews and 30 posts on one platform.",
            "creator",
            "Food & travel",
        ),
        (
            "established_brand",
            "Established Brand",
            "About 4,800 reviews and 210 posts on three platforms.",
            "brand",
            "Consumer goods",
        ),
        ("local_business", "Local Business", "About 320 reviews and 12 posts on one platform.", "brand", "Hospitality"),
        ("agency_roster", "Agency Roster", "About 2,600 reviews over six managed accounts.", "agency", "Entertainment"),
    ]
    .map(|(id, name, description, profile_type, niche)| DemoPreset {
        id: id.into(),
        name: name.into(),
        description: description.into(),
        profile_type: profile_type.into(),
        niche: niche.into(),
    })
    .into()
}
