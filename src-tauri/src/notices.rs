//! Notifications of the desktop: that something ended which the person waits for, or newly needs them. They name the environment
//! and states, never a person; what comes at about the same time is one notification, and pressing it opens what it is about.

mod desktop;
mod news;
mod words;

use crate::{
    database,
    failure::{Answer, unauthorized},
    ops::{AppEvent, Ops},
};
use contract::{
    ipc::IpcError,
    notices::{WatchKind, Watched},
};
pub use desktop::Desktop;
pub use news::tell as tell_news;
use std::{sync::Arc, time::Duration};
use tracing::warn;
use uuid::Uuid;

/// What ends within this is told together.
const TOGETHER: Duration = Duration::from_millis(1_500);

/// One notification. Nothing in it tells who a customer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Where.
    pub title: String,
    /// What.
    pub body: String,
    /// The page that is about it.
    pub path: String,
}

/// What is done when a notification is pressed.
pub type Pressed = Box<dyn FnOnce() + Send>;

/// Whatever shows notifications.
pub trait Notifier: Send + Sync {
    /// Shows it; fails, in words, where there is nothing that would. Blocks until it is shown.
    fn show(&self, notice: &Notice, pressed: Pressed) -> Result<(), String>;
}

/// Tells what ends, for as long as the window lives.
pub async fn tell_endings(ops: Arc<Ops>) {
    let Some(mut endings) = ops.live.take_endings() else { return };
    while let Some(first) = endings.recv().await {
        let mut together = vec![first];
        let until = tokio::time::Instant::now() + TOGETHER;
        while let Ok(Some(next)) = tokio::time::timeout_at(until, endings.recv()).await {
            together.push(next);
        }
        ops.notify(AppEvent::WatchesChanged);
        let notice = words::of_endings(&place(&ops), &together);
        if let Err(problem) = show(&ops, notice).await {
            warn!("A notification was not shown: {problem}");
        }
    }
}

/// Looks whether it has ended already.
pub async fn look(ops: &Ops, kind: WatchKind, id: Uuid) -> Answer<()> {
    let session = ops.session().ok_or_else(|| unauthorized("Sign in first."))?;
    let watched = match kind {
        WatchKind::Job => Watched { jobs: vec![id], users: vec![] },
        WatchKind::User => Watched { jobs: vec![], users: vec![id] },
    };
    database::answer(ops.live.look(&session.database.model(), &watched).await)
}

/// One to see what it looks like.
pub async fn try_one(ops: &Arc<Ops>) -> Answer<()> {
    let body = "This is how it looks when something ends that you wait for.".to_owned();
    let notice = Notice { title: place(ops), body, path: "/settings".into() };
    show(ops, notice).await.map_err(|message| IpcError::Unavailable { message, retry_after_s: 5 })
}

async fn show(ops: &Arc<Ops>, notice: Notice) -> Result<(), String> {
    let (shower, opener) = (Arc::clone(ops), Arc::clone(ops));
    let path = notice.path.clone();
    let pressed: Pressed = Box::new(move || opener.notify(AppEvent::Navigate(path)));
    let shown = tokio::task::spawn_blocking(move || shower.notifier.show(&notice, pressed)).await;
    shown.unwrap_or_else(|error| Err(error.to_string()))
}

fn place(ops: &Ops) -> String {
    let environment = ops.session().map(|session| ops.environment_of(&session));
    words::title(environment.as_ref())
}
