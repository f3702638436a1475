//! Under construction.
/// Settings.
#[derive(Clone, Debug)]
pub struct SeedSettings { /// Users.
 pub users: u32 }
/// Seeded.
#[derive(Clone, Copy, Debug)]
pub struct Seeded { /// Users.
 pub users: u32 }
/// Seeds.
pub async fn seed() {}
