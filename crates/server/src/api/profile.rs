//! Which profile to make: a preset, or a type with a niche.

use crate::http::error::ApiError;
use contract::customer::{PROFILE_TYPES, ProfileChoice, presets};
use store::Profile;

/// Characters at most.
const NICHE_MAX: usize = 60;

/// The profile that was chosen; without a word, the default preset.
///
/// # Errors
/// 422 with the field.
pub fn chosen(choice: ProfileChoice) -> Result<Profile, ApiError> {
    let ProfileChoice { preset, profile_type, niche } = choice;
    if let Some(niche) = &niche
        && (niche.chars().count() > NICHE_MAX || niche.contains('\0'))
    {
        return Err(ApiError::invalid("profile.niche", format!("A niche has {NICHE_MAX} characters at most.")));
    }
    match (preset, profile_type, niche) {
        (Some(id), None, None) => preset_profile(Some(&id)),
        (Some(_), ..) => {
            Err(ApiError::invalid("profile.preset", "Choose a preset, or a profile type with a niche, not both."))
        }
        (None, Some(profile_type), niche) if PROFILE_TYPES.contains(&profile_type.as_str()) => {
            let niche = niche.map(|niche| niche.trim().to_owned()).filter(|niche| !niche.is_empty());
            Ok(Profile { profile_type, niche, preset: None })
        }
        (None, Some(_), _) => {
            let message = format!("A profile type is one of {}.", PROFILE_TYPES.join(", "));
            Err(ApiError::invalid("profile.profile_type", message))
        }
        (None, None, Some(_)) => Err(ApiError::invalid("profile.profile_type", "A niche needs a profile type.")),
        (None, None, None) => preset_profile(None),
    }
}

fn preset_profile(id: Option<&str>) -> Result<Profile, ApiError> {
    let found = presets().into_iter().find(|preset| id.is_none_or(|id| id == preset.id));
    let preset = found.ok_or_else(|| {
        ApiError::invalid("profile.preset", "There is no such preset. GET /api/v1/demo/presets lists them.")
    })?;
    Ok(Profile { profile_type: preset.profile_type, niche: Some(preset.niche), preset: Some(preset.id) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn choice(preset: Option<&str>, profile_type: Option<&str>, niche: Option<&str>) -> ProfileChoice {
        ProfileChoice {
            preset: preset.map(Into::into),
            profile_type: profile_type.map(Into::into),
            niche: niche.map(Into::into),
        }
    }

    #[test]
    fn without_a_word_the_first_preset_is_chosen() {
        let profile = chosen(choice(None, None, None)).expect("the default");
        assert_eq!(profile.preset.as_deref(), Some("mid_tier_creator"));
        assert_eq!(profile.profile_type, "creator");
    }

    #[test]
    fn every_preset_and_every_type_is_accepted() {
        for preset in presets() {
            assert_eq!(chosen(choice(Some(&preset.id), None, None)).expect("known").preset, Some(preset.id));
        }
        for profile_type in PROFILE_TYPES {
            let profile = chosen(choice(None, Some(profile_type), Some("  Food & travel "))).expect("known");
            assert_eq!(profile.niche.as_deref(), Some("Food & travel"));
        }
    }

    #[test]
    fn nonsense_is_refused() {
        let long = "x".repeat(61);
        for wrong in [
            choice(Some("nope"), None, None),
            choice(Some("mid_tier_creator"), Some("creator"), None),
            choice(None, Some("wizard"), None),
            choice(None, None, Some("Food")),
            choice(None, Some("creator"), Some(&long)),
            choice(None, Some("creator"), Some("a\0b")),
        ] {
            assert!(chosen(wrong.clone()).is_err(), "{wrong:?}");
        }
    }
}
