//! What the person chose: typed, versioned, kept by `tauri-plugin-store`, never a secret.

use crate::{
    environments::{self, ENVIRONMENTS_MAX},
    failure::{Answer, internal, validation},
};
use contract::ipc::{Density, Environment, EnvironmentDraft, Preferences, Theme, Times};
use serde_json::Value;
use std::sync::Mutex;
use tracing::warn;

/// The shape that this build writes.
pub const SCHEMA: u32 = 1;

/// Keeps the raw value; the plugin in the window, memory in tests.
pub type Save = Box<dyn Fn(&Value) -> Result<(), String> + Send + Sync>;

/// The preferences of this window and where they are kept.
pub struct Chosen {
    now: Mutex<Preferences>,
    save: Save,
}

/// What a new window starts with.
pub fn first() -> Preferences {
    Preferences {
        schema: SCHEMA,
        theme: Theme::System,
        density: Density::Normal,
        times: Times::Relative,
        notify_contradictions: false,
        environment_id: None,
        environments: vec![],
    }
}

/// Reads what an earlier build kept. Environments that are no longer acceptable are left out, and so is a shape of a newer build.
pub fn parse(kept: Option<Value>) -> Preferences {
    let Some(value) = kept else { return first() };
    match value.get("schema").and_then(Value::as_u64) {
        Some(1) => {}
        schema => {
            warn!("Started with fresh preferences: this build knows schema {SCHEMA}, the file has {schema:?}");
            return first();
        }
    }
    let mut preferences: Preferences = match serde_json::from_value(value) {
        Ok(preferences) => preferences,
        Err(error) => {
            warn!("Started with fresh preferences: {error}");
            return first();
        }
    };
    preferences.environments.retain(|environment| environments::address(&environment.api_url).is_ok());
    preferences.environments.truncate(ENVIRONMENTS_MAX);
    settle(&mut preferences);
    preferences
}

impl Chosen {
    /// From what was kept.
    pub fn new(kept: Option<Value>, save: Save) -> Self {
        Self { now: Mutex::new(parse(kept)), save }
    }

    /// As they are now.
    pub fn get(&self) -> Preferences {
        self.lock().clone()
    }

    /// The chosen environment.
    pub fn environment(&self) -> Option<Environment> {
        let preferences = self.lock();
        preferences.environments.iter().find(|one| Some(&one.id) == preferences.environment_id.as_ref()).cloned()
    }

    /// Takes over how things look and what is told. Environments have commands of their own and stay as they are.
    pub fn set_look(&self, wanted: &Preferences) -> Answer<Preferences> {
        self.change(|preferences| {
            (preferences.theme, preferences.density, preferences.times) = (wanted.theme, wanted.density, wanted.times);
            preferences.notify_contradictions = wanted.notify_contradictions;
            Ok(())
        })
    }

    /// Adds an environment and answers all.
    pub fn add(&self, draft: &EnvironmentDraft) -> Answer<Preferences> {
        let environment = environments::new(draft)?;
        self.change(|preferences| {
            if preferences.environments.len() >= ENVIRONMENTS_MAX {
                return Err(validation(
                    "name",
                    format!("At most {ENVIRONMENTS_MAX} environments fit. Remove one first."),
                ));
            }
            if preferences.environments.iter().any(|other| other.name.eq_ignore_ascii_case(&environment.name)) {
                return Err(validation("name", "There is an environment of this name already."));
            }
            preferences.environments.push(environment);
            Ok(())
        })
    }

    /// Changes an environment and answers it as it was before, and all.
    pub fn edit(&self, id: &str, draft: &EnvironmentDraft) -> Answer<(Environment, Preferences)> {
        let next = Environment { id: id.to_owned(), ..environments::new(draft)? };
        let before = self.find(id).ok_or_else(|| validation("id", "There is no such environment."))?;
        let preferences = self.change(|preferences| {
            let same_name = |other: &&Environment| other.id != id && other.name.eq_ignore_ascii_case(&next.name);
            if preferences.environments.iter().any(|other| same_name(&other)) {
                return Err(validation("name", "There is an environment of this name already."));
            }
            if let Some(place) = preferences.environments.iter_mut().find(|one| one.id == id) {
                *place = next;
            }
            Ok(())
        })?;
        Ok((before, preferences))
    }

    /// An environment as it is now.
    pub fn find(&self, id: &str) -> Option<Environment> {
        self.lock().environments.iter().find(|one| one.id == id).cloned()
    }

    /// Adds or replaces an environment under a fixed id and chooses it: for a developer's stack.
    pub fn adopt(&self, environment: Environment) -> Answer<Preferences> {
        self.change(|preferences| {
            preferences.environments.retain(|other| other.id != environment.id);
            preferences.environment_id = Some(environment.id.clone());
            preferences.environments.insert(0, environment);
            Ok(())
        })
    }

    /// Removes an environment; an unknown one is fine.
    pub fn remove(&self, id: &str) -> Answer<Preferences> {
        self.change(|preferences| {
            preferences.environments.retain(|environment| environment.id != id);
            Ok(())
        })
    }

    /// Chooses the environment to work on.
    pub fn choose(&self, id: &str) -> Answer<Environment> {
        let chosen = |preferences: &Preferences| preferences.environments.iter().find(|one| one.id == id).cloned();
        let environment = chosen(&self.lock()).ok_or_else(|| validation("id", "There is no such environment."))?;
        self.change(|preferences| {
            preferences.environment_id = Some(id.to_owned());
            Ok(())
        })?;
        Ok(environment)
    }

    fn change(&self, change: impl FnOnce(&mut Preferences) -> Answer<()>) -> Answer<Preferences> {
        let mut now = self.lock();
        let mut next = now.clone();
        change(&mut next)?;
        settle(&mut next);
        let value = serde_json::to_value(&next).map_err(|error| internal("Writing the preferences", error))?;
        (self.save)(&value).map_err(|error| internal("Keeping the preferences", error))?;
        *now = next.clone();
        Ok(next)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Preferences> {
        self.now.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The chosen environment exists; without a choice it is the first.
fn settle(preferences: &mut Preferences) {
    let known = |id: &String| preferences.environments.iter().any(|environment| &environment.id == id);
    if !preferences.environment_id.as_ref().is_some_and(known) {
        preferences.environment_id = preferences.environments.first().map(|environment| environment.id.clone());
    }
}

#[cfg(test)]
mod tests;
