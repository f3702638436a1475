//! The service's memory: profiles by key, their removal, and the ledger.

use crate::{
    dials::Dials,
    error::ApiError,
    ledger::{EffectKind, Ledger},
    profile::{DeletionView, Profile, ProfileRequest, ProfileView},
    work_clock::WorkClock,
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use std::{
    collections::{HashMap, VecDeque, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
    time::Instant,
};

/// How many profiles are remembered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// Of any state; above it new ones are refused.
    pub(crate) profiles_max: usize,
    /// Deleted ones that still answer; the oldest are forgotten first.
    pub(crate) deleted_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { profiles_max: 200_000, deleted_max: 10_000 }
    }
}

/// What a key was used for, by profile id.
#[derive(Debug, Clone, PartialEq, Eq)]
enum KeyUse {
    Create(String),
    Delete(String),
}

#[derive(Debug)]
pub(crate) struct Service {
    seed: u64,
    limits: Limits,
    started: Instant,
    pub(crate) dials: Dials,
    clock: WorkClock,
    keys: HashMap<String, KeyUse>,
    profiles: HashMap<String, Profile>,
    /// Ids whose removal began, oldest first.
    deletions: VecDeque<String>,
    pub(crate) ledger: Ledger,
}

impl Service {
    pub(crate) fn new(dials: Dials, seed: u64, limits: Limits, at: Instant) -> Self {
        Self {
            seed,
            limits,
            started: at,
            clock: WorkClock::new(dials.pace, at),
            dials,
            keys: HashMap::new(),
            profiles: HashMap::new(),
            deletions: VecDeque::new(),
            ledger: Ledger::default(),
        }
    }

    pub(crate) fn set_dials(&mut self, dials: Dials, at: Instant) {
        self.clock.set_pace(dials.pace, at);
        self.dials = dials;
    }

    /// Makes the profile of this key, or reads it: `true` when it was made now.
    pub(crate) fn create(
        &mut self,
        key: &str,
        request: ProfileRequest,
        at: Instant,
    ) -> Result<(bool, ProfileView), ApiError> {
        let now_s = self.clock.work_s(at);
        match self.keys.get(key) {
            Some(KeyUse::Delete(_)) => return Err(ApiError::KeyReused),
            Some(KeyUse::Create(id)) => {
                let profile = self.profiles.get(id).ok_or(ApiError::NoProfile)?;
                return if profile.request != request {
                    Err(ApiError::KeyReused)
                } else if profile.deletion.is_some() {
                    Err(ApiError::ProfileGone)
                } else {
                    Ok((false, profile.view(now_s)))
                };
            }
            None => {}
        }
        self.take_new_work()?;
        if self.profiles.len() >= self.limits.profiles_max {
            return Err(ApiError::Full);
        }
        let mut rng = self.rng_of(key);
        let stalls = rng.random_bool(self.dials.stall_rate);
        let profile = Profile::new(key, request, now_s, stalls, &mut rng);
        let view = profile.view(now_s);
        self.record(EffectKind::Create, key, &profile.id, at);
        self.keys.insert(key.to_owned(), KeyUse::Create(profile.id.clone()));
        self.profiles.insert(profile.id.clone(), profile);
        Ok((true, view))
    }

    /// A profile as it stands; one that is going or gone is told apart from one that never was.
    pub(crate) fn find(&self, id: &str, at: Instant) -> Result<ProfileView, ApiError> {
        let now_s = self.clock.work_s(at);
        let profile = self.profiles.get(id).ok_or(ApiError::NoProfile)?;
        if profile.deletion.is_some() { Err(ApiError::ProfileGone) } else { Ok(profile.view(now_s)) }
    }

    /// Begins the removal of a profile, or reads it. A second key joins the removal in progress.
    pub(crate) fn delete(&mut self, key: &str, id: &str, at: Instant) -> Result<DeletionView, ApiError> {
        let now_s = self.clock.work_s(at);
        let same = KeyUse::Delete(id.to_owned());
        if self.keys.get(key).is_some_and(|used| *used != same) {
            return Err(ApiError::KeyReused);
        }
        let begun = self.profiles.get(id).ok_or(ApiError::NoProfile)?.deletion.is_some();
        if !begun {
            self.take_new_work()?;
        }
        let profile = self.profiles.get_mut(id).ok_or(ApiError::NoProfile)?;
        let begins = profile.begin_deletion(key, now_s);
        let view = profile.deletion_view(now_s).ok_or(ApiError::NoProfile)?;
        if begins {
            self.record(EffectKind::Delete, key, id, at);
            self.keys.insert(key.to_owned(), same);
            self.deletions.push_back(id.to_owned());
            self.forget_oldest_deleted(now_s);
        }
        Ok(view)
    }

    fn take_new_work(&self) -> Result<(), ApiError> {
        match &self.dials.refuse {
            Some(words) => Err(ApiError::Refused(words.clone())),
            None => Ok(()),
        }
    }

    fn record(&mut self, kind: EffectKind, key: &str, id: &str, at: Instant) {
        let at_ms = at.saturating_duration_since(self.started).as_millis();
        self.ledger.record(kind, key, id, u64::try_from(at_ms).unwrap_or(u64::MAX));
    }

    fn forget_oldest_deleted(&mut self, now_s: f64) {
        while self.deletions.len() > self.limits.deleted_max {
            let oldest = self.deletions.front().and_then(|id| self.profiles.get(id));
            let view = oldest.and_then(|profile| profile.deletion_view(now_s));
            if view.is_some_and(|view| view.progress < 100) {
                return;
            }
            let Some(id) = self.deletions.pop_front() else {
                return;
            };
            if let Some(gone) = self.profiles.remove(&id) {
                self.keys.remove(&gone.key);
                if let Some(deletion) = gone.deletion {
                    self.keys.remove(&deletion.key);
                }
            }
        }
    }

    /// By seed and key only, so that a profile is the same in whatever order requests arrive.
    fn rng_of(&self, key: &str) -> StdRng {
        let mut hasher = DefaultHasher::new();
        (self.seed, key).hash(&mut hasher);
        StdRng::seed_from_u64(hasher.finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn creator() -> ProfileRequest {
        ProfileRequest { profile_type: "creator".into(), niche: None, preset: None }
    }

    #[test]
    fn the_oldest_deleted_profiles_are_forgotten_and_live_ones_never() {
        let limits = Limits { profiles_max: 6, deleted_max: 2 };
        let start = Instant::now();
        let mut service = Service::new(Dials::default(), 7, limits, start);
        let mut ids = Vec::new();
        for n in 0..6 {
            let (made, view) = service.create(&format!("c{n}"), creator(), start).unwrap();
            assert!(made);
            ids.push(view.profile_id);
        }
        assert!(matches!(service.create("c6", creator(), start), Err(ApiError::Full)));
        for (n, id) in ids.iter().take(4).enumerate() {
            let later = start + Duration::from_secs(100 * (n as u64 + 1));
            service.delete(&format!("d{n}"), id, later).unwrap();
        }
        let later = start + Duration::from_secs(1_000);
        assert!(matches!(service.delete("d0", &ids[0], later), Err(ApiError::NoProfile)));
        assert_eq!(service.delete("d3", &ids[3], later).unwrap().status, "deleted");
        assert_eq!(service.create("c5", creator(), later).unwrap().1.status, "ready");
        assert_eq!((service.profiles.len(), service.keys.len()), (4, 6));
    }
}
