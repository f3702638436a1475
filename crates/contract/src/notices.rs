//! What the person at the window asked to be told of, and what the clipboard holds for the palette. Between the window's page
//! and its Rust side only.

use crate::wire::wire;
use uuid::Uuid;

wire! {
    /// What can be waited for.
    #[serde(rename_all = "snake_case")]
    #[derive(Copy, Eq)]
    pub enum WatchKind {
        /// A job, until it is completed, failed or cancelled.
        Job,
        /// A user, until demo mode is no longer in progress.
        User,
    }

    /// What the person waits for: a notification of the desktop tells when it ends, as long as this window is open.
    pub struct Watched {
        /// Jobs.
        pub jobs: Vec<Uuid>,
        /// Users.
        pub users: Vec<Uuid>,
    }

    /// What is on the clipboard, when it looks like something to go to. Nothing else of the clipboard reaches the page.
    pub struct ClipboardOffer {
        /// An e-mail or an id, as it stands there.
        pub text: String,
        /// Where a link of this program leads.
        pub path: Option<String>,
    }
}
