//! What a figure was measured on.

use serde::Serialize;
use sysinfo::System;

/// Facts that belong beside every figure.
#[derive(Serialize)]
pub struct Machine {
    cores: usize,
    cpu: String,
    memory_mib: u64,
    system: String,
    kernel: String,
    postgres: String,
    rustc: String,
}

impl Machine {
    /// This machine, and the PostgreSQL that was used.
    pub fn here(postgres: &str) -> Self {
        let system = System::new_all().ok();
        let cpu = system.as_ref().and_then(|it| it.cpus().first()).map(|cpu| cpu.brand().trim());
        let known = |fact: Option<String>| fact.unwrap_or_else(|| "unknown".into());
        Self {
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            cpu: known(cpu.map(str::to_owned)),
            memory_mib: system.as_ref().map_or(0, System::total_memory) / (1024 * 1024),
            system: known(System::long_os_version().ok()),
            kernel: known(System::kernel_version().ok()),
            postgres: postgres.to_owned(),
            rustc: known(crate::run::output(std::process::Command::new("rustc").arg("--version")).ok()).trim().into(),
        }
    }
}
