//! The program: its first line of output, and its end on a signal.

use std::{
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

#[test]
fn the_program_says_where_it_listens_and_refuses_bad_dials() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_simulator"))
        .args(["--preset", "down", "--pace", "0.01", "--seed", "3"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let said: serde_json::Value = serde_json::from_str(&line).unwrap();
    let address = said["listening"].as_str().unwrap();
    std::net::TcpStream::connect(address).unwrap();
    program.kill().unwrap();
    program.wait().unwrap();

    let refused = Command::new(env!("CARGO_BIN_EXE_simulator")).args(["--pace", "0"]).output().unwrap();
    assert!(!refused.status.success());
    let words = String::from_utf8(refused.stderr).unwrap();
    assert!(words.contains("pace must be between"), "{words}");
}
