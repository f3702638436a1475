//! What must be settled before the toolkit starts.

/// WebKitGTK draws through DMABUF, which is slow and hungry without a GPU (virtual machines, remote desktops) and broken with
/// NVIDIA's own driver. A value that the person set stands.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "the environment is set before any other thread exists")]
pub fn before_gtk() {
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
pub fn before_gtk() {}
