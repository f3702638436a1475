#![doc = include_str!("../README.md")]

mod bench;
mod chaos;
mod check;
mod codegen;
mod fuzz;
mod headless;
mod http;
mod machine;
mod postgres;
mod probe;
mod process;
mod programs;
mod repo;
mod run;
mod sbom;
mod screenshots;
mod secret;
mod setup;
mod stack;
mod tauri;
mod test;
mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The commands of this repository. They need Rust and Node, nothing else.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version, max_term_width = 110)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Tauri(tauri::Args),
    Setup(setup::Args),
    Stack(stack::Args),
    Test(test::Args),
    Check(check::Args),
    Codegen(codegen::Args),
    Bench(bench::Args),
    Chaos(chaos::Args),
    Sbom(sbom::Args),
    Fuzz(fuzz::Args),
    Probe(probe::Args),
    Screenshots(screenshots::Args),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = run::watch_for_interrupts().and_then(|()| match cli.command {
        Command::Tauri(args) => tauri::run(&args),
        Command::Setup(args) => setup::run(&args),
        Command::Stack(args) => stack::run(&args),
        Command::Test(args) => test::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Codegen(args) => codegen::run(&args),
        Command::Bench(args) => bench::run(&args),
        Command::Chaos(args) => chaos::run(&args),
        Command::Sbom(args) => sbom::run(&args),
        Command::Fuzz(args) => fuzz::run(&args),
        Command::Probe(args) => probe::run(&args),
        Command::Screenshots(args) => screenshots::run(&args),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) if run::interrupted() => {
            eprintln!("Stopped.");
            ExitCode::from(130)
        }
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
