//! One generated profile: its growth and its removal, as functions of the work clock.

use crate::catalog::{Counts, build_step, remove_step};
use rand::{Rng, rngs::StdRng};
use serde::{Deserialize, Serialize};

/// Body of `POST /profiles`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProfileRequest {
    /// The kind of account, for example `creator`.
    pub profile_type: String,
    /// The field that the account works in, for example `travel`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub niche: Option<String>,
    /// A named size, for example `Mid-Tier Creator`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
}

/// A profile as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileView {
    /// `prof_` and 16 hex digits.
    pub profile_id: String,
    /// `generating` or `ready`.
    pub status: String,
    /// Percent, 0–100.
    pub progress: u8,
    /// What is being done, in words.
    pub step: String,
    /// What is there so far.
    pub counts: Counts,
}

/// A removal as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletionView {
    /// The profile that is going.
    pub profile_id: String,
    /// `deleting` or `deleted`.
    pub status: String,
    /// Percent, 0–100.
    pub progress: u8,
    /// What is being done, in words.
    pub step: String,
    /// What was removed; only with `deleted`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
}

/// All times are seconds of work, see [`crate::work_clock::WorkClock`].
#[derive(Debug)]
pub(crate) struct Profile {
    pub(crate) id: String,
    pub(crate) key: String,
    pub(crate) request: ProfileRequest,
    planned: Counts,
    created_s: f64,
    build_s: f64,
    stalls_at: Option<u8>,
    remove_s: f64,
    pub(crate) deletion: Option<Deletion>,
}

#[derive(Debug)]
pub(crate) struct Deletion {
    pub(crate) key: String,
    since_s: f64,
    removed: Counts,
}

impl Profile {
    /// `rng` belongs to this profile alone, so that its size does not depend on other requests.
    pub(crate) fn new(key: &str, request: ProfileRequest, now_s: f64, stalls: bool, rng: &mut StdRng) -> Self {
        let planned = Counts::planned(&request.profile_type, request.preset.as_deref(), rng);
        Self {
            id: format!("prof_{:016x}", rng.random::<u64>()),
            key: key.to_owned(),
            request,
            planned,
            created_s: now_s,
            build_s: rng.random_range(60.0..120.0),
            stalls_at: stalls.then(|| rng.random_range(20..70)),
            remove_s: rng.random_range(20.0..45.0),
            deletion: None,
        }
    }

    fn built_percent(&self, now_s: f64) -> u8 {
        let percent = percent(now_s - self.created_s, self.build_s);
        self.stalls_at.map_or(percent, |limit| percent.min(limit))
    }

    pub(crate) fn view(&self, now_s: f64) -> ProfileView {
        let progress = self.built_percent(now_s);
        ProfileView {
            profile_id: self.id.clone(),
            status: if progress == 100 { "ready" } else { "generating" }.to_owned(),
            progress,
            step: build_step(progress).to_owned(),
            counts: self.planned.grown(progress),
        }
    }

    /// Begins the removal of what is there now; false when it had begun before.
    pub(crate) fn begin_deletion(&mut self, key: &str, now_s: f64) -> bool {
        if self.deletion.is_some() {
            return false;
        }
        self.deletion = Some(Deletion {
            key: key.to_owned(),
            since_s: now_s,
            removed: self.planned.grown(self.built_percent(now_s)),
        });
        true
    }

    pub(crate) fn deletion_view(&self, now_s: f64) -> Option<DeletionView> {
        let deletion = self.deletion.as_ref()?;
        let progress = percent(now_s - deletion.since_s, self.remove_s);
        let deleted = progress == 100;
        Some(DeletionView {
            profile_id: self.id.clone(),
            status: if deleted { "deleted" } else { "deleting" }.to_owned(),
            progress,
            step: remove_step(progress).to_owned(),
            counts: deleted.then_some(deletion.removed),
        })
    }
}

/// 100 only when all of `whole_s` has passed.
fn percent(done_s: f64, whole_s: f64) -> u8 {
    (done_s / whole_s * 100.0).floor().clamp(0.0, 100.0) as u8
}
