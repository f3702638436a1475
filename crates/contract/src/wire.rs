//! The derives that every word on a border needs, said once.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Declares structs and fieldless enums that cross a border: serde always, specta and utoipa where the feature is on.
macro_rules! wire {
    ($($(#[$meta:meta])* pub $kind:ident $name:ident { $($body:tt)* })+) => {
        $(
            #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
            #[cfg_attr(feature = "specta", derive(specta::Type))]
            #[cfg_attr(feature = "utoipa", derive(utoipa::ToSchema))]
            $(#[$meta])*
            pub $kind $name { $($body)* }
        )+
    };
}
pub(crate) use wire;

/// One page of a list that is read forward by key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "specta", derive(specta::Type))]
pub struct Page<T> {
    /// At most the asked number of rows.
    pub rows: Vec<T>,
    /// Opaque; hand it back for the next page. `None`: this is the end.
    pub next: Option<String>,
    /// Database time at which the rows were read.
    pub as_of: DateTime<Utc>,
}
