//! The npm package, installed as a user would, and the example that comes with it.
//!
//! | module | holds |
//! | --- | --- |
//! | [`bytes`] | comparison with the executable |
//! | [`trust`] | which certificates it trusts |
//! | [`egress`] | allowed requests |
//! | [`limits`] | limits of a run |
//! | [`endings`] | how a run can end before it is over |
//! | [`package`] | the published package |

mod bytes;
mod egress;
mod endings;
mod limits;
mod package;
mod trust;

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use serde_json::{Value, json};
use stocktake_tests::executable::{self, feed, response};
use stocktake_tests::hostile;
use stocktake_tests::server::{MARK, Server};
use tempfile::TempDir;

/// As a program that has it installed imports it.
const PACKAGE: &str = "stocktake-vcenter";

/// Which certificates the example trusts.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Trust<'a> {
    /// Those that Node trusts.
    Node,
    /// The authorities of this file.
    Ca(&'a Path),
    /// This certificate or key.
    Pin(&'a str),
}

impl<'a> Trust<'a> {
    /// The authority of the server's certificate, if it has one.
    pub(crate) fn of(server: &'a Server) -> Self {
        server.ca_file.as_deref().map_or(Trust::Node, Trust::Ca)
    }
}

/// The output of the example for `request` on stdin.
pub(crate) fn answer(request: &Value, trust: Trust<'_>) -> Output {
    let mut command = node();
    command.arg("example.mjs");
    match trust {
        Trust::Node => &mut command,
        Trust::Ca(file) => command.arg("--ca").arg(file),
        Trust::Pin(pin) => command.args(["--pin", pin]),
    };
    let output = feed(&mut command, request.to_string().as_bytes());
    for stream in [&output.stdout, &output.stderr] {
        assert!(!String::from_utf8_lossy(stream).contains(MARK));
    }
    output
}

/// Node in the folder of a program that has the package installed.
fn node() -> Command {
    let mut command = Command::new("node");
    command.current_dir(folder()).env_clear();
    for kept in ["PATH", "HOME", "TMPDIR"] {
        if let Some(value) = env::var_os(kept) {
            command.env(kept, value);
        }
    }
    command
}

fn folder() -> PathBuf {
    let folder = env::var_os("STOCKTAKE_EMBED_NODE").expect(
        "STOCKTAKE_EMBED_NODE is the folder of a program that has the npm package installed; run cargo xtask test, which makes it",
    );
    PathBuf::from(folder)
}

/// A copy of `plugin/npm` with its tools.
fn build() -> PathBuf {
    folder().join("../build/plugin/npm")
}

/// Runs a module that imports `package` and prints one JSON value; it finds `argument` as `given`.
fn run(package: &str, argument: &Value, body: &str) -> Value {
    let module = format!(
        "import {{ open, describe, response }} from {};\nconst given = {argument};\n{body}",
        json!(package)
    );
    let mut command = node();
    let output = feed(
        command.args(["--input-type=module", "-"]),
        module.as_bytes(),
    );
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{message}");
    for stream in [&output.stdout, &output.stderr] {
        assert!(!String::from_utf8_lossy(stream).contains(MARK));
    }
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {message}"))
}

/// The request and the policy of a run against `server`, for [`run`].
fn given(server: &Server, request: &Value) -> Value {
    let ca = server.ca_file.as_ref();
    let ca = ca.map(|file| std::fs::read_to_string(file).expect("the CA file"));
    json!({"request": request, "policy": ca.map_or_else(|| json!({}), |ca| json!({"ca": ca}))})
}

fn codes(output: &Output) -> Vec<String> {
    let document = response(output);
    let codes = executable::error_codes(&document);
    assert_eq!(output.status.code(), Some(i32::from(!codes.is_empty())));
    assert_eq!(document["stats"]["inventory_complete"], codes.is_empty());
    codes
}

/// The package of a collector that misbehaves on request.
struct Misbehaving(TempDir);

static MISBEHAVING: LazyLock<Misbehaving> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("a folder");
    let component = hostile::file();
    let mut command = node();
    command
        .arg(build().join("build.mjs"))
        .args([component.path(), folder.path()]);
    let output = command.output().expect("node starts");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{message}");
    Misbehaving(folder)
});

impl Misbehaving {
    /// What [`run`] imports.
    fn package(&self) -> String {
        let module = self.0.path().join("index.js");
        module.to_str().expect("UTF-8").to_owned()
    }

    /// The response of a run of `request`.
    fn answer(&self, server: &Server, request: &Value) -> Value {
        run(
            &self.package(),
            &given(server, request),
            "
            const run = open(given.request, given.policy);
            console.log([...response(run)].join(''));",
        )
    }
}
