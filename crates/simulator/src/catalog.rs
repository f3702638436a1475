//! How large a generated profile becomes, and how it grows.

use rand::{Rng, rngs::StdRng};
use serde::{Deserialize, Serialize};

/// What a profile holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Reviews imported.
    pub reviews: u32,
    /// Posts written.
    pub posts: u32,
    /// Comments gathered.
    pub comments: u32,
    /// Platforms connected.
    pub platforms: u32,
}

/// A phase of the work: its last percent and the words for it.
type Step = (u8, &'static str);

const BUILD: [Step; 6] = [
    (8, "Creating profile"),
    (18, "Connecting platforms"),
    (60, "Importing reviews"),
    (78, "Writing posts"),
    (94, "Gathering comments"),
    (100, "Checking the result"),
];
const REMOVE: [Step; 6] = [
    (10, "Stopping imports"),
    (30, "Removing comments"),
    (48, "Removing posts"),
    (82, "Removing reviews"),
    (94, "Disconnecting platforms"),
    (100, "Deleting profile"),
];

/// The words for a build at `progress` percent.
pub(crate) fn build_step(progress: u8) -> &'static str {
    step(&BUILD, progress, "Ready")
}

/// The words for a removal at `progress` percent.
pub(crate) fn remove_step(progress: u8) -> &'static str {
    step(&REMOVE, progress, "Deleted")
}

fn step(steps: &[Step], progress: u8, done: &'static str) -> &'static str {
    let running = steps.iter().find(|(until, _)| progress < *until);
    running.map_or(done, |(_, words)| words)
}

impl Counts {
    /// The size that a finished profile will have: the preset's, or the type's, ± 8 %.
    pub(crate) fn planned(profile_type: &str, preset: Option<&str>, rng: &mut StdRng) -> Self {
        let base = preset.and_then(by_name).or_else(|| by_name(profile_type));
        let (reviews, posts, comments, platforms) = base.unwrap_or((360, 24, 700, 1));
        let mut near = |n: u32| (f64::from(n) * rng.random_range(0.92..=1.08)).round() as u32;
        Self { reviews: near(reviews), posts: near(posts), comments: near(comments), platforms }
    }

    /// What is there of `self` when the build stands at `progress` percent.
    pub(crate) fn grown(self, progress: u8) -> Self {
        let part = |n: u32, from: u8, until: u8| {
            let done = u32::from(progress.clamp(from, until) - from);
            (u64::from(n) * u64::from(done) / u64::from(until - from)) as u32
        };
        Self {
            platforms: part(self.platforms, BUILD[0].0, BUILD[1].0),
            reviews: part(self.reviews, BUILD[1].0, BUILD[2].0),
            posts: part(self.posts, BUILD[2].0, BUILD[3].0),
            comments: part(self.comments, BUILD[3].0, BUILD[4].0),
        }
    }
}

/// Reviews, posts, comments and platforms by the first telling word of a preset or type.
fn by_name(name: &str) -> Option<(u32, u32, u32, u32)> {
    let name = name.to_lowercase();
    let known = [
        ("mid", (1_200, 85, 3_400, 2)),
        ("rising", (150, 30, 420, 1)),
        ("established", (4_800, 210, 16_000, 3)),
        ("local", (320, 12, 90, 1)),
        ("agency", (2_600, 340, 7_500, 6)),
        ("brand", (1_900, 96, 5_200, 3)),
        ("creator", (480, 48, 1_300, 2)),
    ];
    known.into_iter().find(|(word, _)| name.contains(word)).map(|(_, counts)| counts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn a_mid_tier_creator_has_about_1200_reviews_and_85_posts() {
        let mut rng = StdRng::seed_from_u64(1);
        let counts = Counts::planned("creator", Some("Mid-Tier Creator"), &mut rng);
        assert!((1_104..=1_296).contains(&counts.reviews), "{counts:?}");
        assert!((78..=92).contains(&counts.posts), "{counts:?}");
        assert_eq!(counts.platforms, 2);
    }

    #[test]
    fn a_profile_grows_from_nothing_to_all_of_it() {
        let whole = Counts { reviews: 1_200, posts: 85, comments: 3_400, platforms: 3 };
        assert_eq!(whole.grown(0), Counts::default());
        assert_eq!(whole.grown(100), whole);
        for progress in 1..=100 {
            let (before, now) = (whole.grown(progress - 1), whole.grown(progress));
            assert!(now.reviews >= before.reviews && now.comments >= before.comments);
        }
        assert_eq!(build_step(0), "Creating profile");
        assert_eq!(build_step(100), "Ready");
        assert_eq!(remove_step(99), "Deleting profile");
    }
}
