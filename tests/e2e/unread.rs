//! Output that is not read: a full pipe, one that is closed, a disk that is full.

use std::fs;
use std::io::Write as _;
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use stocktake_simulator::Simulator;
use stocktake_tests::executable::{command, command_against, error_codes, feed, response};
use stocktake_tests::request;
use stocktake_tests::server::{self, Simulated};

/// Bytes in a pipe into which nothing more fits: of its last page there may be something left.
const FULL: u64 = 60 * 1024;
/// The time limit of a process after a signal.
const TIMEOUT: Duration = Duration::from_secs(5);

const COMMANDS: [&str; 3] = ["collect", "sync", "plugin"];

/// Enough that the response fills the pipe and the buffers before it.
fn vcenter() -> Simulated {
    server::start(Simulator::builder().vms(1500).hosts(6).clusters(2).seed(11))
}

/// `collect`, `sync` or `plugin`, and the stdin of the last one.
fn prepared(simulated: &Simulated, name: &str, arguments: &[&str]) -> (Command, String) {
    if name != "plugin" {
        let profile: &[&str] = match name {
            "collect" => &["--profile", "sync"],
            _ => &[],
        };
        let arguments = [profile, arguments].concat();
        let command = command_against(&simulated.server, name, &arguments);
        return (command, String::new());
    }
    let ca_file = simulated.server.ca_file.as_ref().expect("TLS");
    let mut command = command(&["plugin"]);
    command.args(arguments).env("STOCKTAKE_CA_FILE", ca_file);
    let asked = request::to(&simulated.server, "collect");
    (command, request::with(asked, "profile", "sync").to_string())
}

fn spawn((mut command, input): (Command, String)) -> Child {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("stocktake starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(input.as_bytes()).expect("it reads");
    child
}

/// Waits until nothing more fits into the pipe.
fn wait_until_stuck(child: &mut Child) {
    let stdout = child.stdout.as_ref().expect("a pipe");
    let begun = Instant::now();
    while rustix::io::ioctl_fionread(stdout).expect("a pipe") < FULL {
        let waits = begun.elapsed() < Duration::from_secs(60);
        assert!(waits, "the pipe never fills");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn signal(child: &Child, name: &str) {
    let id = child.id().to_string();
    let killed = Command::new("kill").args(["-s", name, &id]).status();
    assert!(killed.expect("kill runs").success());
}

/// Its exit and stderr, while stdout stays open and unread.
fn end(mut child: Child, timeout: Duration) -> (ExitStatus, String, Duration) {
    let begun = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child") {
            break status;
        }
        if begun.elapsed() > timeout {
            let _ = child.kill();
            panic!("it did not end within {timeout:?}");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let took = begun.elapsed();
    let stderr = child.stderr.take().expect("a pipe");
    let said = std::io::read_to_string(stderr).expect("UTF-8");
    (status, said, took)
}

fn errors(said: &str) -> Vec<&str> {
    let lines = said.lines();
    lines.filter(|line| line.starts_with("error:")).collect()
}

fn assert_ends_unread(name: &str) {
    let simulated = vcenter();
    let folder = tempfile::tempdir().expect("a folder");
    let state = folder.path().join("breaker");
    for ending in ["TERM", "INT", "timeout"] {
        let arguments: &[&str] = match ending {
            "timeout" => &["--timeout", "8"],
            _ => &[],
        };
        let (mut command, input) = prepared(&simulated, name, arguments);
        command.env("STOCKTAKE_BREAKER_STATE", &state);
        let mut child = spawn((command, input));
        wait_until_stuck(&mut child);
        if ending != "timeout" {
            signal(&child, ending);
        }
        let (status, said, took) = end(child, Duration::from_secs(8) + TIMEOUT);
        assert!(ending == "timeout" || took < TIMEOUT, "{ending}: {took:?}");
        let (code, expected) = match (name, ending) {
            ("collect" | "sync", "TERM") => (143, "interrupted"),
            ("collect" | "sync", "INT") => (130, "interrupted"),
            _ => (1, "OUTPUT_WRITE_FAILED"),
        };
        assert_eq!(status.code(), Some(code), "{ending}: {said}");
        let errors = errors(&said);
        let errors = errors.iter().filter(|error| error.contains(expected));
        assert_eq!(errors.count(), 1, "{ending}: {said}");
        assert!(!said.contains("VCENTER_"), "{ending}: {said}");
        simulated.assert_clean();
        // The vCenter is not to blame.
        let states = fs::read_dir(&state).expect("the breaker's state");
        let blamed = states.filter(|file| {
            let name = file.as_ref().expect("a file").file_name();
            name.to_string_lossy().ends_with(".json")
        });
        assert_eq!(blamed.count(), 0, "{ending}");
    }
    let counters = simulated.simulator.counters();
    assert_eq!(counters.logins, counters.logouts, "{counters:?}");
}

#[test]
fn a_reader_of_collect_that_does_not_read_keeps_no_run_from_ending() {
    assert_ends_unread("collect");
}

#[test]
fn a_reader_of_sync_that_does_not_read_keeps_no_run_from_ending() {
    assert_ends_unread("sync");
}

#[test]
fn a_reader_of_plugin_that_does_not_read_keeps_no_run_from_ending() {
    assert_ends_unread("plugin");
}

#[test]
fn a_closed_stdout_is_an_error_that_is_reported_once() {
    let simulated = vcenter();
    for name in COMMANDS {
        let mut child = spawn(prepared(&simulated, name, &[]));
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("an end");
        assert_eq!(output.status.code(), Some(1), "{name}: {output:?}");
        let said = String::from_utf8(output.stderr).expect("UTF-8");
        let [error] = errors(&said)[..] else {
            panic!("{name}: {said}");
        };
        assert!(
            error.contains("its reader has closed it"),
            "{name}: {error}"
        );
        simulated.assert_clean();
    }
}

/// The output of a command whose temporary files cannot be written.
fn without_disk(simulated: &Simulated, name: &str, limit: Option<u32>) -> Output {
    let (command, input) = prepared(simulated, name, &[]);
    let mut spoiled = match limit {
        None => command,
        // Half a KiB for each unit.
        Some(units) => {
            let mut shell = Command::new("sh");
            let script = format!("ulimit -f {units} && exec \"$0\" \"$@\"");
            shell.args(["-c", &script]).arg(command.get_program());
            shell.args(command.get_args()).env_clear();
            for (name, value) in command.get_envs() {
                shell.env(name, value.expect("set"));
            }
            shell
        }
    };
    if limit.is_none() {
        spoiled.env("TMPDIR", "/nonexistent/folder");
    }
    feed(&mut spoiled, input.as_bytes())
}

#[test]
fn a_spool_that_cannot_be_written_is_reported_by_one_whole_document_and_on_stderr() {
    // Relations and lists that move to disk: more than the two MiB of the limit, which the sandbox's own memory fits into.
    let simulated = server::start(
        Simulator::builder()
            .vms(20_000)
            .hosts(50)
            .clusters(2)
            .seed(11),
    );
    for name in COMMANDS {
        for limit in [None, Some(4096)] {
            let case = format!("{name}, file size limit {limit:?}");
            let output = without_disk(&simulated, name, limit);
            let said = String::from_utf8(output.stderr.clone()).expect("UTF-8");
            assert_eq!(output.status.code(), Some(1), "{case}: {said}");
            let [error] = errors(&said)[..] else {
                panic!("{case}: {said}");
            };
            let reason = match limit {
                None => "/nonexistent/folder",
                Some(_) => "File too large",
            };
            assert!(
                error.contains("TMPDIR") && error.contains(reason),
                "{error}"
            );
            let document = response(&output);
            if name == "sync" {
                let errors = document["errors"].as_array().expect("errors").iter();
                let errors = errors.filter(|entry| entry["severity"] == "error");
                let errors: Vec<&Value> = errors.collect();
                let message = errors[0]["message"].as_str().expect("a message");
                assert!(message.contains(reason), "{case}: {message}");
            } else {
                assert_eq!(error_codes(&document), ["OUTPUT_WRITE_FAILED"], "{case}");
                assert_eq!(document["stats"]["inventory_complete"], false, "{case}");
                let kinds = "datastore,network,dvportgroup,dvswitch";
                let validate = ["validate", "--kinds", kinds, "-"];
                let validated = feed(&mut command(&validate), &output.stdout);
                assert_eq!(validated.status.code(), Some(0), "{case}: {validated:?}");
            }
            simulated.assert_clean();
        }
    }
}
