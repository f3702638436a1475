//! The native menu. On macOS the Edit menu is what makes ⌘C and ⌘V work at all.

use crate::{
    ops::{AppEvent, Ops},
    window,
};
use std::sync::Arc;
use tauri::{
    AppHandle, Manager, Wry,
    menu::{AboutMetadata, Menu, MenuBuilder, MenuEvent, MenuItemBuilder, SubmenuBuilder},
};
use tracing::warn;

/// Screens with their keys, in the order of the rail.
const SCREENS: [(&str, &str, &str); 6] = [
    ("Now", "/", "CmdOrCtrl+1"),
    ("Jobs", "/jobs", "CmdOrCtrl+2"),
    ("Users", "/users", "CmdOrCtrl+3"),
    ("Sessions", "/sessions", "CmdOrCtrl+4"),
    ("Workers", "/workers", "CmdOrCtrl+5"),
    ("Audit", "/audit", "CmdOrCtrl+6"),
];
const LOGS: &str = "logs";

/// Builds the menu. Linux desktops have no menu bar in windows like this one: there the page has all of it.
pub fn build(app: &AppHandle) -> tauri::Result<Option<Menu<Wry>>> {
    if cfg!(target_os = "linux") {
        return Ok(None);
    }
    let settings = MenuItemBuilder::with_id("/settings", "Settings…").accelerator("CmdOrCtrl+,").build(app)?;
    let about = AboutMetadata { version: Some(env!("CARGO_PKG_VERSION").into()), ..AboutMetadata::default() };
    let first = SubmenuBuilder::new(app, "Repruv Ops")
        .about(Some(about))
        .separator()
        .item(&settings)
        .separator()
        .hide()
        .quit()
        .build()?;
    let edit = SubmenuBuilder::new(app, "Edit").undo().redo().separator().cut().copy().paste().select_all().build()?;
    let mut view = SubmenuBuilder::new(app, "View");
    for (name, path, keys) in SCREENS {
        view = view.item(&MenuItemBuilder::with_id(path, name).accelerator(keys).build(app)?);
    }
    let view = view.separator().fullscreen().build()?;
    let window = SubmenuBuilder::new(app, "Window").minimize().maximize().close_window().build()?;
    let help = SubmenuBuilder::new(app, "Help").text(LOGS, "Show Logs").build()?;
    MenuBuilder::new(app).items(&[&first, &edit, &view, &window, &help]).build().map(Some)
}

/// What an item does: its id is the path of a screen, but for the logs.
pub fn chosen(app: &AppHandle, event: &MenuEvent) {
    let id = event.id().as_ref();
    if id == LOGS {
        let folder = app.state::<Arc<Ops>>().log_folder.clone();
        if let Err(error) = tauri_plugin_opener::open_path(folder, None::<&str>) {
            warn!("Opening the logs: {error}");
        }
    } else if id.starts_with('/') {
        window::tell(app, &AppEvent::Navigate(id.to_owned()));
    }
}
