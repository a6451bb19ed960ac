//! vCenters to collect from: vcsim and the project's own simulator.

use std::path::PathBuf;

use stocktake_simulator::{Fault, Simulator, SimulatorBuilder};
use tempfile::TempDir;

/// Where a vCenter is and how to log in.
#[derive(Clone, Debug)]
pub struct Server {
    /// The endpoint.
    pub url: String,
    /// The account.
    pub username: String,
    /// Its password.
    pub password: String,
    /// The authority behind its certificate.
    pub ca_file: Option<PathBuf>,
    /// The range that contains its version.
    pub preferred_version: &'static str,
}

/// The project's own simulator, with the file of its authority.
#[derive(Debug)]
pub struct Simulated {
    /// How to reach it.
    pub server: Server,
    /// The simulator itself, for its counters.
    pub simulator: Simulator,
    _folder: TempDir,
}

/// The piece of [`MARKED_PASSWORD`] that plain, JSON, XML and URLs all spell the same.
pub const MARK: &str = "M4RKs3cr3t";

/// A password to search for in all output. The characters around the mark are changed by every encoding.
pub const MARKED_PASSWORD: &str = "<&>\"' %41\\ü-M4RKs3cr3t-ü\\%+ '\"&;";

/// A small simulator with `faults`.
///
/// # Panics
/// When it cannot be started.
#[must_use]
pub fn simulator(faults: &[Fault]) -> Simulated {
    let builder = Simulator::builder().vms(40).hosts(6).clusters(2).seed(11);
    start(
        faults
            .iter()
            .fold(builder, |builder, &fault| builder.fault(fault)),
    )
}

/// A simulator as `builder` describes it.
///
/// # Panics
/// When it cannot be started.
#[must_use]
pub fn start(builder: SimulatorBuilder) -> Simulated {
    let simulator = builder
        .credentials("reader@vsphere.local", MARKED_PASSWORD)
        .start_blocking()
        .expect("the simulator starts");
    let folder = tempfile::tempdir().expect("a folder");
    let ca_file = simulator.ca_pem().map(|pem| {
        let file = folder.path().join("ca.pem");
        std::fs::write(&file, pem).expect("the CA file");
        file
    });
    Simulated {
        server: Server {
            url: simulator.url(),
            username: simulator.username().to_owned(),
            password: simulator.password().to_owned(),
            ca_file,
            preferred_version: "7.0-8.x",
        },
        simulator,
        _folder: folder,
    }
}

impl Simulated {
    /// Asserts that no session, view or token is left.
    ///
    /// # Panics
    /// When something is.
    pub fn assert_clean(&self) {
        let counters = self.simulator.counters();
        assert_eq!(counters.sessions_open, 0, "sessions left: {counters:?}");
        assert_eq!(counters.views_open, 0, "views left: {counters:?}");
        assert_eq!(counters.tokens_open, 0, "tokens left: {counters:?}");
    }
}
