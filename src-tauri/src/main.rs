//! The program. `repruv-ops export-bindings <file>` (debug builds) writes the TypeScript side of the commands instead.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    let outcome = match std::env::args().collect::<Vec<_>>().as_slice() {
        [_, verb, file] if cfg!(debug_assertions) && verb == "export-bindings" => {
            repruv_ops::bindings::export(std::path::Path::new(file))
        }
        _ => repruv_ops::run(),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            repruv_ops::report(&error);
            ExitCode::FAILURE
        }
    }
}
