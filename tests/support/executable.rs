//! `stocktake` and `stocktake-dev` as processes.

use std::env;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::server::Server;

/// Commands of `stocktake-dev`; all others are of `stocktake`.
const DEVELOPMENT: [&str; 4] = ["demo", "record", "simulate", "test-component"];

/// The executable `stocktake` beside the tests' own.
///
/// # Panics
/// When it has not been built.
#[must_use]
pub fn path() -> PathBuf {
    named("stocktake")
}

/// The executable `stocktake-dev` beside the tests' own.
///
/// # Panics
/// When it has not been built.
#[must_use]
pub fn development() -> PathBuf {
    named("stocktake-dev")
}

/// Another executable of the workspace.
///
/// # Panics
/// When it has not been built.
#[must_use]
pub fn named(name: &str) -> PathBuf {
    let test = env::current_exe().expect("the path of this test");
    let folder = test.ancestors().nth(2).expect("the target folder");
    let executable = folder.join(format!("{name}{}", env::consts::EXE_SUFFIX));
    assert!(
        executable.is_file(),
        "{} is missing; run the tests by `cargo xtask test`, which builds it",
        executable.display()
    );
    executable
}

/// The tests' cache of compiled code: beside the executable, not among the developer's caches.
#[must_use]
pub fn compiled() -> PathBuf {
    path().with_file_name("stocktake-compiled")
}

/// A command of the executable that has it, in an environment without settings of ours but
/// the one that has all tests share compiled code.
#[must_use]
pub fn command(arguments: &[&str]) -> Command {
    let is_development = arguments
        .first()
        .is_some_and(|name| DEVELOPMENT.contains(name));
    let executable = if is_development {
        development()
    } else {
        path()
    };
    let mut command = isolated(Command::new(executable));
    command.args(arguments);
    command
}

/// A command of the executable by whatever name, in the environment that [`command`] gives it.
#[must_use]
pub fn isolated(mut command: Command) -> Command {
    command.env_clear();
    for kept in ["PATH", "HOME", "TMPDIR", "SYSTEMROOT"] {
        if let Some(value) = env::var_os(kept) {
            command.env(kept, value);
        }
    }
    command.env("STOCKTAKE_CACHE_DIR", compiled());
    command
}

/// Runs the executable that has the command with `arguments`.
///
/// # Panics
/// When the executable cannot be started.
#[must_use]
pub fn run(arguments: &[&str]) -> Output {
    command(arguments).output().expect("stocktake starts")
}

/// Runs a command with the connection options of `server`.
///
/// # Panics
/// When the executable cannot be started.
#[must_use]
pub fn run_against(server: &Server, command_name: &str, arguments: &[&str]) -> Output {
    let mut command = command_against(server, command_name, arguments);
    command.output().expect("stocktake starts")
}

/// A command with the connection options of `server`.
#[must_use]
pub fn command_against(server: &Server, command_name: &str, arguments: &[&str]) -> Command {
    let mut command = command(&[command_name]);
    command
        .args(["--endpoint", &server.url, "--username", &server.username])
        .args(["--password-env", "TEST_PASSWORD"])
        .env("TEST_PASSWORD", &server.password);
    if let Some(ca_file) = &server.ca_file {
        command.arg("--ca-file").arg(ca_file);
    }
    command.args(arguments);
    command
}

/// Spawns the plugin as a ledger does: `request` on stdin, no arguments beyond the mode of calling it.
///
/// # Panics
/// When the executable cannot be started.
#[must_use]
pub fn plugin(request: &str, environment: &[(&str, &str)]) -> Output {
    feed(
        command(&["plugin"]).envs(environment.iter().copied()),
        request.as_bytes(),
    )
}

/// Runs a command with `input` on stdin.
///
/// # Panics
/// When it cannot be started.
pub fn feed(command: &mut Command, input: &[u8]) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the command starts");
    // A command that refuses its input early closes the pipe; its output has the reason.
    let _ = child.stdin.take().expect("a pipe").write_all(input);
    child.wait_with_output().expect("the command ends")
}

/// The one line of JSON that a run answered.
///
/// # Panics
/// When stdout is anything else than one line of ASCII JSON.
#[must_use]
pub fn response(output: &Output) -> Value {
    let text = String::from_utf8(output.stdout.clone()).expect("UTF-8");
    assert!(text.is_ascii(), "stdout is not ASCII");
    assert!(
        text.ends_with('\n') && text.lines().count() == 1,
        "stdout is not one line: {text:?}, stderr: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_str(&text).expect("stdout is JSON")
}

/// The codes of a response's errors.
#[must_use]
pub fn error_codes(response: &Value) -> Vec<String> {
    let errors = response["errors"].as_array().cloned().unwrap_or_default();
    errors
        .iter()
        .filter_map(|error| error["code"].as_str().map(str::to_owned))
        .collect()
}
