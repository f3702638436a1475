//! The one window: hidden until its first paint, dressed by theme, and going nowhere else.

use crate::{
    ops::{AppEvent, Ops, lock},
    visible_text::visible,
};
use contract::ipc::{Environment, EnvironmentKind, Theme};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tauri::{
    AppHandle, Emitter, Manager, Runtime, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    utils::config::Color,
    webview::{NewWindowResponse, PageLoadEvent},
};
use tracing::{info, warn};

/// The event that asks the page to open a path.
pub const NAVIGATE: &str = "navigate";
/// The event that asks the page to call `bootstrap` again.
pub const SESSION_CHANGED: &str = "session_changed";
/// The event that asks the page to read anew what is waited for.
pub const WATCHES_CHANGED: &str = "watches_changed";
/// The event that tells what became of a command.
pub const COMMAND_SETTLED: &str = "command_settled";

const LABEL: &str = "main";
/// Shown anyway after this: an empty window can at least be seen and closed.
const SHOWN_ANYWAY: Duration = Duration::from_secs(4);

const LIGHT: Color = Color(250, 250, 251, 255);
const DARK: Color = Color(22, 23, 26, 255);

static SHOWN: AtomicBool = AtomicBool::new(false);

/// Makes the window, hidden.
pub fn open(app: &AppHandle, ops: &Arc<Ops>) -> tauri::Result<()> {
    let theme = ops.preferences.get().theme;
    let loads = Arc::clone(ops);
    let mut builder = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title(title(ops))
        .inner_size(1_280.0, 800.0)
        .min_inner_size(880.0, 560.0)
        .center()
        .visible(false)
        .theme(native(theme))
        .background_color(background(is_dark(app, theme)))
        .zoom_hotkeys_enabled(true)
        .disable_drag_drop_handler()
        .devtools(cfg!(debug_assertions))
        .on_navigation(is_ours)
        .on_new_window(|url, _| {
            warn!("Refused a new window for {}", url.scheme());
            NewWindowResponse::Deny
        })
        .on_page_load(move |_, load| {
            if load.event() == PageLoadEvent::Started {
                loads.live.page_gone();
            }
        });
    if let Some(folder) = crate::app::data_override() {
        builder = builder.data_directory(folder.join("webview"));
    }
    let window = builder.build()?;
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(SHOWN_ANYWAY).await;
        if !SHOWN.load(Ordering::SeqCst) {
            warn!("The page did not paint within {} s; the window is shown anyway", SHOWN_ANYWAY.as_secs());
            show(&window);
        }
    });
    Ok(())
}

/// Shows the window and gives it the focus; again is harmless.
pub fn show<R: Runtime>(window: &WebviewWindow<R>) {
    if !SHOWN.swap(true, Ordering::SeqCst) {
        info!("The window is shown");
    }
    for step in [window.show(), window.unminimize(), window.set_focus()] {
        if let Err(error) = step {
            warn!("Showing the window: {error}");
        }
    }
}

/// Tells the page; what somebody asked for from outside the window brings it to the front.
pub fn tell<R: Runtime>(app: &AppHandle<R>, event: &AppEvent) {
    let told = match event {
        AppEvent::Navigate(path) => app.emit(NAVIGATE, path),
        AppEvent::SessionChanged => app.emit(SESSION_CHANGED, ()),
        AppEvent::Retitled => Ok(()),
        AppEvent::WatchesChanged => app.emit(WATCHES_CHANGED, ()),
        AppEvent::CommandSettled(settled) => app.emit(COMMAND_SETTLED, settled),
    };
    if let Err(error) = told {
        warn!("The page could not be told: {error}");
    }
    if let (AppEvent::Navigate(_), Some(window)) = (event, app.get_webview_window(LABEL)) {
        show(&window);
    }
    if matches!(event, AppEvent::SessionChanged | AppEvent::Retitled)
        && let (Some(window), Some(ops)) = (app.get_webview_window(LABEL), app.try_state::<Arc<Ops>>())
    {
        let _ = window.set_title(&title(&ops));
    }
}

/// Somebody started the program again, perhaps with a link: come to the front.
pub fn called_again<R: Runtime>(app: &AppHandle<R>, arguments: &[String]) {
    let path = crate::deep_link::path_in(arguments);
    info!(link = path.is_some(), "Started a second time");
    if let Some(path) = path {
        tell(app, &AppEvent::Navigate(path));
    }
    if let Some(window) = app.get_webview_window(LABEL) {
        show(&window);
    }
}

/// A link was opened: the one that the program was started with, or a later one.
#[cfg(target_os = "macos")]
pub fn opened(app: &tauri::AppHandle, urls: &[tauri::Url]) {
    let arguments: Vec<String> = std::iter::once(String::new()).chain(urls.iter().map(ToString::to_string)).collect();
    // Before the first screen stands there nobody hears what is told.
    let shown = app.get_webview_window(LABEL).is_some_and(|window| window.is_visible().unwrap_or(false));
    match app.try_state::<Arc<Ops>>() {
        Some(ops) if !shown => *lock(&ops.first_path) = crate::deep_link::path_in(&arguments),
        _ => called_again(app, &arguments),
    }
}

/// Takes over a theme.
pub fn dress<R: Runtime>(window: &WebviewWindow<R>, theme: Theme) {
    let dark = is_dark(window.app_handle(), theme);
    for step in [window.set_theme(native(theme)), window.set_background_color(Some(background(dark)))] {
        if let Err(error) = step {
            warn!("Changing the theme: {error}");
        }
    }
}

/// A link given at the first start.
pub fn remember_link(ops: &Ops) {
    let arguments: Vec<_> = std::env::args().collect();
    *lock(&ops.first_path) = crate::deep_link::path_in(&arguments);
}

/// Names the environment, so that production is never mistaken for another.
fn title(ops: &Ops) -> String {
    match ops.preferences.environment() {
        Some(environment) => titled(&environment),
        None => "Repruv Ops".into(),
    }
}

fn titled(environment: &Environment) -> String {
    let kind = match environment.kind {
        EnvironmentKind::Local => "Local",
        EnvironmentKind::Staging => "Staging",
        EnvironmentKind::Production => "PRODUCTION",
    };
    let name = visible(&environment.name);
    if name.eq_ignore_ascii_case(kind) {
        format!("{kind} — Repruv Ops")
    } else {
        format!("{kind}: {name} — Repruv Ops")
    }
}

fn is_ours(url: &Url) -> bool {
    let own = match url.scheme() {
        "tauri" => true,
        "http" | "https" if url.host_str() == Some("tauri.localhost") => true,
        "http" => cfg!(debug_assertions) && url.host_str() == Some("127.0.0.1") && url.port() == Some(5173),
        "about" => url.as_str() == "about:blank",
        _ => false,
    };
    if !own {
        warn!("Refused to leave for a page with scheme {}", url.scheme());
    }
    own
}

fn native(theme: Theme) -> Option<tauri::Theme> {
    match theme {
        Theme::System => None,
        Theme::Light => Some(tauri::Theme::Light),
        Theme::Dark => Some(tauri::Theme::Dark),
    }
}

fn is_dark<R: Runtime>(app: &AppHandle<R>, theme: Theme) -> bool {
    match theme {
        Theme::Light => false,
        Theme::Dark => true,
        Theme::System => app.get_webview_window(LABEL).and_then(|window| window.theme().ok()).map_or_else(
            || std::env::var("GTK_THEME").is_ok_and(|name| name.ends_with(":dark")),
            |theme| theme == tauri::Theme::Dark,
        ),
    }
}

fn background(dark: bool) -> Color {
    if dark { DARK } else { LIGHT }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_title_says_which_kind_of_system_it_is() {
        let titled = |kind, name: &str| {
            titled(&Environment {
                id: "one".into(),
                name: name.into(),
                kind,
                api_url: "https://api.example.com".into(),
                authority: None,
            })
        };
        assert_eq!(titled(EnvironmentKind::Production, "EU"), "PRODUCTION: EU — Repruv Ops");
        assert_eq!(titled(EnvironmentKind::Local, "local"), "Local — Repruv Ops");
        assert_eq!(titled(EnvironmentKind::Staging, "a\u{202E}b"), "Staging: a⟨U+202E⟩b — Repruv Ops");
    }

    #[test]
    fn the_window_stays_on_its_own_page() {
        let ours = |url: &str| is_ours(&Url::parse(url).expect("a URL"));
        for own in ["tauri://localhost/", "http://tauri.localhost/jobs", "about:blank"] {
            assert!(ours(own), "{own}");
        }
        for other in [
            "https://example.com/",
            "http://tauri.localhost.example.com/",
            "http://localhost:80/",
            "file:///etc/passwd",
            "data:text/html,x",
            "javascript:alert(1)",
            "about:srcdoc",
        ] {
            assert!(!ours(other), "{other}");
        }
    }
}
