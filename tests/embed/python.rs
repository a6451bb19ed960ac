//! Python: the wheel of `plugin/wheel`, by the programs under `python/`.

use std::env;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use stocktake_simulator::Fault;
use stocktake_tests::executable::{self, error_codes, feed, response};
use stocktake_tests::fixture;
use stocktake_tests::replay::{self, Replay};
use stocktake_tests::request;
use stocktake_tests::server::{self, MARK, MARKED_PASSWORD, Simulated};

mod endings;
mod refusals;

/// Which certificates the example trusts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Trust<'a> {
    /// The authorities of this machine.
    System,
    /// Those of a file.
    CaFile(&'a Path),
    /// One certificate.
    Pin(&'a str),
}

/// The output of the example for `request`.
pub(crate) fn answer(request: &Value, trust: Trust<'_>) -> Output {
    let mut command = program("example.py");
    match trust {
        Trust::System => &mut command,
        Trust::CaFile(file) => command.arg("--ca-file").arg(file),
        Trust::Pin(pin) => command.args(["--pin", pin]),
    };
    feed(&mut command, request.to_string().as_bytes())
}

/// The output of the driver for `request`.
fn drive(request: &Value, arguments: &[&str]) -> Output {
    let mut command = program("driver.py");
    feed(command.args(arguments), request.to_string().as_bytes())
}

fn program(name: &str) -> Command {
    let mut command = Command::new(python());
    command
        .env_clear()
        // A test must leave nothing in the tree.
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(programs().join(name));
    command
}

fn python() -> PathBuf {
    let python = env::var_os("STOCKTAKE_EMBED_PYTHON").expect(
        "STOCKTAKE_EMBED_PYTHON names a Python with the wheel; run the tests by `cargo xtask test`, which makes one",
    );
    PathBuf::from(python)
}

fn programs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("embed/python")
}

fn ca_file(simulated: &Simulated) -> &Path {
    simulated.server.ca_file.as_deref().expect("TLS")
}

fn ca_argument(simulated: &Simulated) -> &str {
    ca_file(simulated).to_str().expect("UTF-8")
}

/// The codes of the errors, of a run that failed.
fn failure(output: &Output) -> Vec<String> {
    let answer = response(output);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(output));
    assert_eq!(answer["stats"]["inventory_complete"], false);
    error_codes(&answer)
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn every_mode_has_the_bytes_of_the_executable() {
    let simulated = server::simulator(&[Fault::OddNames, Fault::Ghosts]);
    let ca_file = ca_file(&simulated);
    for mode in [
        "healthcheck",
        "detect",
        "collect",
        "collect_hosts",
        "collect_vms",
    ] {
        let asked = request::to(&simulated.server, mode);
        let environment = [("STOCKTAKE_CA_FILE", ca_argument(&simulated))];
        let expected = executable::plugin(&asked.to_string(), &environment);
        let output = answer(&asked, Trust::CaFile(ca_file));
        assert_eq!(output.status.code(), Some(0), "{mode}: {}", stderr(&output));
        assert!(output.stdout == expected.stdout, "{mode}: other bytes");
        assert_eq!(stderr(&output), "", "{mode}");
    }
    simulated.assert_clean();
}

#[test]
fn the_parts_that_must_be_asked_for_have_the_bytes_of_the_executable() {
    let simulated = server::simulator(&[]);
    let mut asked = request::to(&simulated.server, "collect");
    let kinds = ["datastore", "network", "dvportgroup", "dvswitch"];
    asked = request::with(asked, "kinds", kinds.as_slice());
    asked = request::with(asked, "evidence", true);
    asked = request::with(asked, "page_size", 7);
    // In its own session the host counts too, which the evidence says.
    let own = ("STOCKTAKE_CREDENTIALS_TO_GUEST", "1");
    let environment = [("STOCKTAKE_CA_FILE", ca_argument(&simulated)), own];
    let expected = executable::plugin(&asked.to_string(), &environment);
    let output = answer(&asked, Trust::CaFile(ca_file(&simulated)));
    assert_eq!(
        response(&output)["stats"]["evidence"]["drained"],
        true,
        "{}",
        stderr(&output)
    );
    assert!(output.stdout == expected.stdout, "other bytes");
}

#[test]
fn recorded_exchanges_have_the_bytes_of_the_executable() {
    for name in [
        "vcsim-collect",
        "session-lost",
        "limited-role",
        "soap-fault",
    ] {
        let fixture = fixture::open(fixture::root().join(name));
        let expected = replay::answer_to(&fixture);
        let replay = Replay::start(fixture.exchanges.clone());
        let mut asked = request::to(&replay.server, &fixture.case.mode);
        for (key, value) in &fixture.case.config {
            asked = request::with(asked, key, value.clone());
        }
        let output = answer(&asked, Trust::System);
        let authority = replay.server.url.trim_start_matches("http://");
        let answered = String::from_utf8(output.stdout.clone())
            .expect("UTF-8")
            .replace(authority, fixture::AUTHORITY);
        assert_eq!(answered, expected, "{name}: {}", stderr(&output));
        assert_eq!(replay.left(), 0, "{name}");
    }
}

#[test]
fn package_example_and_driver_are_typed_strictly() {
    let cache = tempfile::tempdir().expect("a folder");
    let output = Command::new(python())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .args(["-m", "mypy", "--strict", "--package", "stocktake_vcenter"])
        .arg("--cache-dir")
        .arg(cache.path())
        .output()
        .expect("mypy starts");
    let message = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{message}{}", stderr(&output));
    for program in ["example.py", "driver.py"] {
        let output = Command::new(python())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .args(["-m", "mypy", "--strict"])
            .arg("--cache-dir")
            .arg(cache.path())
            .arg(programs().join(program))
            .output()
            .expect("mypy starts");
        let message = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success(), "{message}{}", stderr(&output));
    }
}

#[test]
fn the_example_is_no_longer_than_thirty_lines() {
    let example = std::fs::read_to_string(programs().join("example.py")).expect("the example");
    assert!(example.lines().count() <= 30);
}
