//! What must be settled before the window can be made.

/// What the toolkit needs; fails where there is no display.
#[cfg(target_os = "linux")]
pub fn prepare() -> anyhow::Result<()> {
    before_gtk();
    gtk::init().map_err(|_| {
        let name = |variable| std::env::var(variable).ok().filter(|value| !value.is_empty());
        let display = name("WAYLAND_DISPLAY").or_else(|| name("DISPLAY"));
        let found = display.map_or_else(|| "there is none".to_owned(), |name| format!("{name} cannot be reached"));
        anyhow::anyhow!("Repruv Ops needs a display to open its window on, and {found} — start it in a desktop session")
    })
}

/// WebKitGTK draws through DMABUF, which is slow and hungry without a GPU (virtual machines, remote desktops) and broken with
/// NVIDIA's own driver. A value that the person set stands.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "the environment is set before any other thread exists")]
fn before_gtk() {
    const SWITCH: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    let renders = std::fs::read_dir("/dev/dri").is_ok_and(|entries| {
        entries.filter_map(Result::ok).any(|entry| entry.file_name().to_string_lossy().starts_with("renderD"))
    });
    let nvidia = std::path::Path::new("/proc/driver/nvidia/version").exists();
    if std::env::var_os(SWITCH).is_none() && (!renders || nvidia) {
        // SAFETY: called first in `run`, while this is the only thread.
        unsafe { std::env::set_var(SWITCH, "1") };
    }
}

/// Nothing to settle.
#[cfg(not(target_os = "linux"))]
pub fn prepare() -> anyhow::Result<()> {
    Ok(())
}
