//! HTTP without the API's words: accepting connections, the border that every request passes, bodies, refusals.

pub mod accept;
pub mod body;
pub mod border;
pub mod crowd;
pub mod error;
pub mod path;
