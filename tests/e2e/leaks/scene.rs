//! One case: a folder of its own, its servers, its output.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use stocktake_simulator::{Fault, SimulatorBuilder};
use stocktake_tests::executable::{command, command_against, feed};
use stocktake_tests::server::{self, MARKED_PASSWORD, Server, Simulated};
use tempfile::TempDir;

use super::search::Search;

/// The time limit of a run in seconds; some vCenters never answer.
pub(super) const TIMEOUT: &str = "4";

/// Whose the session is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Login {
    /// The host's.
    Hosts,
    /// The component's, which is given the password.
    Guests,
}

/// Where a case is played.
pub(super) struct Scene {
    login: Login,
    /// Everything is written here: files, fixtures, temporary files, the state of the breaker.
    folder: TempDir,
    simulated: Vec<Simulated>,
    outputs: Vec<Output>,
}

impl Scene {
    pub(super) fn new(login: Login) -> Self {
        Scene {
            login,
            folder: tempfile::tempdir().expect("a folder"),
            simulated: Vec::new(),
            outputs: Vec::new(),
        }
    }

    /// A small simulator with `faults`.
    pub(super) fn simulator(&mut self, faults: &[Fault]) -> Server {
        self.keep(server::simulator(faults))
    }

    /// A simulator as `builder` describes it.
    pub(super) fn start(&mut self, builder: SimulatorBuilder) -> Server {
        self.keep(server::start(builder))
    }

    fn keep(&mut self, simulated: Simulated) -> Server {
        let server = Server {
            url: simulated.server.url.clone(),
            username: simulated.server.username.clone(),
            password: MARKED_PASSWORD.to_owned(),
            ca_file: simulated.server.ca_file.clone(),
            preferred_version: simulated.server.preferred_version,
        };
        self.simulated.push(simulated);
        server
    }

    /// The last simulator, for its counters.
    pub(super) fn last(&self) -> &Simulated {
        self.simulated.last().expect("a simulator")
    }

    /// A place for a file.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The plugin, with full logging.
    pub(super) fn plugin(&self, server: &Server, arguments: &[&str]) -> Command {
        let mut command = command(&["plugin"]);
        command.args(arguments);
        if !arguments.contains(&"--timeout") {
            command.args(["--timeout", TIMEOUT]);
        }
        if let Some(ca_file) = &server.ca_file {
            command.env("STOCKTAKE_CA_FILE", ca_file);
        }
        if self.login == Login::Guests {
            command.env("STOCKTAKE_CREDENTIALS_TO_GUEST", "1");
        }
        self.set(command)
    }

    /// Runs the plugin on a request, and stores its output.
    pub(super) fn ask(&mut self, server: &Server, request: &Value) {
        let output = feed(
            &mut self.plugin(server, &[]),
            request.to_string().as_bytes(),
        );
        self.add_output(output);
    }

    /// A command with the connection options of `server`, with full logging.
    pub(super) fn command(&self, server: &Server, name: &str, arguments: &[&str]) -> Command {
        let mut command = command_against(server, name, arguments);
        if !arguments.contains(&"--timeout") {
            command.args(["--timeout", TIMEOUT]);
        }
        if self.login == Login::Guests {
            command.arg("--credentials-to-guest");
        }
        self.set(command)
    }

    /// Runs such a command, and stores its output.
    pub(super) fn run(&mut self, server: &Server, name: &str, arguments: &[&str]) {
        let output = self.command(server, name, arguments).output();
        self.add_output(output.expect("stocktake starts"));
    }

    /// Any command, with full logging.
    pub(super) fn set(&self, mut command: Command) -> Command {
        command
            .current_dir(self.folder.path())
            .env("TMPDIR", self.folder.path())
            .env("STOCKTAKE_LOG", "trace")
            .env("STOCKTAKE_ATTEMPTS", "2");
        // Commands that record have no breaker.
        command.env("STOCKTAKE_BREAKER_STATE", self.path("breaker"));
        command
    }

    /// Stores the output of a process.
    pub(super) fn add_output(&mut self, output: Output) {
        self.outputs.push(output);
    }

    /// Disclosed secrets.
    pub(super) fn leaks(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).expect("a folder").count();
        assert!(self.outputs.len() + entries > 0, "nothing was run");
        let keys: Vec<String> = self
            .simulated
            .iter()
            .flat_map(|simulated| simulated.simulator.keys_given())
            .collect();
        let search = Search::new(MARKED_PASSWORD, &keys);
        let mut found = Vec::new();
        for output in &self.outputs {
            for (stream, bytes) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
                let leaks = search.in_text(bytes);
                found.extend(leaks.into_iter().map(|leak| format!("{stream}: {leak}")));
            }
        }
        found.extend(search.in_folder(self.folder.path()));
        found
    }

    /// The stderr of all processes.
    pub(super) fn stderr(&self) -> String {
        let texts = self.outputs.iter();
        texts
            .map(|output| String::from_utf8_lossy(&output.stderr))
            .collect()
    }
}

/// A path as an argument.
pub(super) fn argument(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}
