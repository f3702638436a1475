//! Puts the window together.

use crate::{
    bindings,
    keychain::Keychain,
    logging, menu, notices,
    ops::{self, Folders, Notify, Ops},
    outcomes,
    pending::Pending,
    platform,
    preferences::Chosen,
    start, window,
};
use anyhow::Context;
use std::{path::PathBuf, sync::Arc};
use tauri::{App, AppHandle, Manager};
use tauri_plugin_store::StoreExt;
use tauri_plugin_window_state::StateFlags;
use tracing::{info, warn};

const PREFERENCES_FILE: &str = "preferences.json";
const PREFERENCES_KEY: &str = "preferences";

/// Runs the window until it is closed.
pub fn run() -> anyhow::Result<()> {
    // One TLS provider for everything, before anything can ask for one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    platform::prepare()?;
    let bindings = bindings::builder();
    let state_file =
        data_override().map_or_else(|| ".window-state.json".into(), |folder| folder.join("window-state.json"));
    let mut builder = tauri::Builder::default()
        .plugin(single_instance())
        .plugin(tauri_plugin_store::Builder::new().build())
        .plugin(
            tauri_plugin_window_state::Builder::new()
                .with_filename(state_file.to_string_lossy())
                .with_state_flags(remembered())
                .build(),
        )
        .invoke_handler(bindings.invoke_handler())
        .on_menu_event(|app, event| menu::chosen(app, &event))
        .setup(|app| set_up(app).map_err(Into::into));
    if cfg!(target_os = "macos") {
        builder = builder.enable_macos_default_menu(false);
    }
    let app =
        builder.build(tauri::generate_context!()).context("The window could not be opened. Is there a display?")?;
    app.run(|_app, _event| {
        // Elsewhere a link is an argument of the program.
        #[cfg(target_os = "macos")]
        if let tauri::RunEvent::Opened { urls } = _event {
            window::opened(_app, &urls);
        }
    });
    Ok(())
}

/// A folder of its own instead of the system's, for tests and several windows side by side.
pub fn data_override() -> Option<PathBuf> {
    std::env::var_os("REPRUV_OPS_DATA_DIR").map(PathBuf::from)
}

fn set_up(app: &mut App) -> anyhow::Result<()> {
    let folders = folders(app.handle())?;
    logging::start(&folders.logs);
    info!(version = env!("CARGO_PKG_VERSION"), webview = tauri::webview_version().unwrap_or_default(), "Started");
    let told = app.handle().clone();
    let notify: Notify = Box::new(move |event| window::tell(&told, &event));
    let preferences = preferences(app.handle(), folders.data.join(PREFERENCES_FILE))?;
    let pending = Pending::open(&folders.data);
    let desktop = Box::new(notices::Desktop::of(&app.config().identifier));
    let ops = Arc::new(Ops::new(preferences, Keychain::from_environment(), pending, folders, notify, desktop));
    window::remember_link(&ops);
    app.manage(Arc::clone(&ops));
    if let Some(menu) = menu::build(app.handle())? {
        app.set_menu(menu)?;
    }
    let starting = Arc::clone(&ops);
    tauri::async_runtime::spawn(async move {
        starting.live.start_heartbeat();
        tokio::spawn(ops::leave_ended(Arc::clone(&starting)));
        tokio::spawn(outcomes::settle_unknown(Arc::clone(&starting)));
        tokio::spawn(notices::tell_endings(Arc::clone(&starting)));
        tokio::spawn(notices::tell_news(Arc::clone(&starting)));
        start::run(starting).await;
    });
    window::open(app.handle(), &ops).context("The window could not be made")
}

fn folders(app: &AppHandle) -> anyhow::Result<Folders> {
    let folders = match data_override() {
        Some(data) => Folders { logs: data.join("logs"), downloads: data.join("downloads"), data },
        None => {
            let data = app.path().app_data_dir()?;
            // A bare system has no folder for downloads.
            let downloads = app.path().download_dir().or_else(|_| app.path().home_dir())?;
            Folders { logs: app.path().app_log_dir()?, downloads, data }
        }
    };
    for folder in [&folders.data, &folders.logs] {
        std::fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    }
    Ok(folders)
}

fn preferences(app: &AppHandle, file: PathBuf) -> anyhow::Result<Chosen> {
    let store = app.store_builder(file).disable_auto_save().build().context("The preferences cannot be read")?;
    let kept = store.get(PREFERENCES_KEY);
    let save = move |value: &serde_json::Value| {
        store.set(PREFERENCES_KEY, value.clone());
        store.save().map_err(|error| error.to_string())
    };
    Ok(Chosen::new(kept, Box::new(save)))
}

fn single_instance() -> tauri::plugin::TauriPlugin<tauri::Wry> {
    let builder = tauri_plugin_single_instance::Builder::new()
        .callback(|app, arguments, _| window::called_again(app, &arguments));
    match data_override() {
        // Windows with a folder of their own do not know of each other.
        Some(folder) => builder.dbus_id(instance_name(&folder)).build(),
        None if cfg!(debug_assertions) => builder.dbus_id("com.repruv.ops.dev").build(),
        None => builder.build(),
    }
}

/// A D-Bus name that is the same for the same folder.
fn instance_name(folder: &std::path::Path) -> String {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    folder.hash(&mut hasher);
    format!("com.repruv.ops.at{:016x}", hasher.finish())
}

/// Wayland does not tell a window its position, and restoring one there puts it somewhere else.
fn remembered() -> StateFlags {
    let flags = StateFlags::SIZE | StateFlags::MAXIMIZED | StateFlags::FULLSCREEN;
    if std::env::var_os("WAYLAND_DISPLAY").is_some() { flags } else { flags | StateFlags::POSITION }
}

/// Says why the program cannot go on, where it can be seen.
pub fn report(error: &anyhow::Error) {
    warn!("{error:#}");
    eprintln!("{error:#}");
}
