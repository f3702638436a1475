//! The desktop's own notifications: D-Bus on Linux, the Notification Centre on macOS, toasts on Windows.

use super::{Notice, Notifier, Pressed};
use notify_rust::Notification;
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};
use tracing::warn;

/// So many wait to be pressed at once; what is shown beyond them can only be read.
const WAITING_MAX: usize = 8;

/// Shows through the system.
pub struct Desktop {
    identifier: String,
    waiting: Arc<AtomicUsize>,
}

impl Desktop {
    /// `identifier`: of the program, by which the system knows it.
    pub fn of(identifier: &str) -> Self {
        Self { identifier: identifier.to_owned(), waiting: Arc::default() }
    }
}

impl Notifier for Desktop {
    fn show(&self, notice: &Notice, pressed: Pressed) -> Result<(), String> {
        let mut notification = Notification::new();
        // Some desktops read markup in the body.
        let body = notice.body.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        notification.appname("Repruv Ops").summary(&notice.title).body(&body).action("default", "Open");
        self.name(&mut notification);
        let shown = notification.show().map_err(|error| {
            warn!("No notification can be shown: {error}");
            "This desktop shows no notifications: no program for them is running.".to_owned()
        })?;
        self.wait(shown, pressed);
        Ok(())
    }
}

impl Desktop {
    #[cfg(target_os = "linux")]
    fn name(&self, notification: &mut Notification) {
        notification.hint(notify_rust::Hint::DesktopEntry(self.identifier.clone()));
    }

    #[cfg(target_os = "windows")]
    fn name(&self, notification: &mut Notification) {
        notification.app_id(&self.identifier);
    }

    #[cfg(target_os = "macos")]
    fn name(&self, _: &mut Notification) {
        // Fails from the second time on, which is as good.
        let _ = notify_rust::set_application(&self.identifier);
    }

    /// Waits on a thread of its own until it is pressed or gone.
    #[cfg(target_os = "linux")]
    fn wait(&self, shown: notify_rust::NotificationHandle, pressed: Pressed) {
        if self.waiting.fetch_add(1, Ordering::SeqCst) >= WAITING_MAX {
            self.waiting.fetch_sub(1, Ordering::SeqCst);
            return;
        }
        let waiting = Arc::clone(&self.waiting);
        std::thread::spawn(move || {
            shown.wait_for_action(|action| {
                if action == "default" {
                    pressed();
                }
            });
            waiting.fetch_sub(1, Ordering::SeqCst);
        });
    }

    /// Elsewhere pressing one brings the window to the front by itself.
    #[cfg(not(target_os = "linux"))]
    fn wait<T>(&self, _shown: T, _pressed: Pressed) {}
}
