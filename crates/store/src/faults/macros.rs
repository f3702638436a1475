//! What the code writes. Without the feature all of it expands to nothing.

/// A place where a test may stop, fail or kill a step: `fault_point!("claim.before")`, or `fault_point!(step, "begun")` where
/// the step has several names. Answers with `?` what the test wants, so it stands in an async function with a `Result`.
#[cfg(feature = "fault-injection")]
#[macro_export]
macro_rules! fault_point {
    ($name:literal) => {
        $crate::faults::point($name).await?
    };
    ($step:expr, $moment:literal) => {
        $crate::faults::point_of($step, $moment).await?
    };
}

/// A place where a test may stop, fail or kill a step; nothing in this build.
#[cfg(not(feature = "fault-injection"))]
#[macro_export]
macro_rules! fault_point {
    ($name:literal) => {};
    ($step:expr, $moment:literal) => {
        let _ = $step;
    };
}

/// Whether the bug of this name is planted.
#[cfg(feature = "fault-injection")]
#[macro_export]
macro_rules! planted {
    ($bug:literal) => {
        $crate::faults::planted($bug)
    };
}

/// Whether the bug of this name is planted; never in this build.
#[cfg(not(feature = "fault-injection"))]
#[macro_export]
macro_rules! planted {
    ($bug:literal) => {
        false
    };
}

/// A statement in which the planted bug of this name writes `wrong` for `right`.
#[cfg(feature = "fault-injection")]
macro_rules! planted_sql {
    ($bug:literal, $sql:expr, $right:expr => $wrong:expr) => {
        sqlx::AssertSqlSafe($crate::faults::swapped($crate::planted!($bug), $sql, $right, || String::from($wrong)))
    };
}

/// A statement; as it stands in this build.
#[cfg(not(feature = "fault-injection"))]
macro_rules! planted_sql {
    ($bug:literal, $sql:expr, $right:expr => $wrong:expr) => {
        $sql
    };
}

pub(crate) use planted_sql;
