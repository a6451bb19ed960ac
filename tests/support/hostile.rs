//! A collector that misbehaves on request: `tests/hostile`, built and wrapped by
//! this package's build script.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;
use stocktake_runtime::gateway::Trust;
use stocktake_runtime::limits::SandboxLimits;
use stocktake_runtime::{Cache, Collector, Extras, Outcome, Policy, Response, Runtime};
use tokio_util::sync::CancellationToken;

use crate::executable;
use crate::request;
use crate::server::Server;

/// The component.
pub const COMPONENT: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/hostile.wasm"));

/// The component as a file, for `--component`.
///
/// # Panics
/// When it cannot be written.
#[must_use]
pub fn file() -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().expect("a file");
    fs::write(file.path(), COMPONENT).expect("written");
    file
}

/// A request for `behaviour` to `server`.
#[must_use]
pub fn request(server: &Server, behaviour: &str) -> Value {
    request::with(request::to(server, "collect"), "behaviour", behaviour)
}

/// What a run of `request` may do, believing the server's certificate.
///
/// # Panics
/// When there is none where there should be.
#[must_use]
pub fn policy(server: &Server, request: &Value) -> Policy {
    let trust = server.ca_file.as_ref();
    let trust = trust.map_or(Trust::System, |file: &PathBuf| {
        Trust::ca_file(file).expect("the CA file")
    });
    Policy::for_request(&request::parsed(request)).trusting(trust)
}

/// The collector in its sandbox.
#[derive(Debug)]
pub struct Cage {
    collector: Collector,
    limits: SandboxLimits,
    executor: tokio::runtime::Runtime,
}

/// What came out of a run.
#[derive(Debug)]
pub struct Ran {
    /// What became of it.
    pub outcome: Outcome,
    /// The response document.
    pub response: Vec<u8>,
}

impl Cage {
    /// A sandbox with these limits.
    ///
    /// # Panics
    /// When the component cannot be loaded.
    #[must_use]
    pub fn new(limits: SandboxLimits) -> Self {
        let runtime = Runtime::new().expect("an engine");
        let runtime = runtime.with_cache(Cache::new(executable::compiled()));
        Cage {
            collector: runtime.load(COMPONENT).expect("the hostile component"),
            limits,
            executor: tokio::runtime::Runtime::new().expect("threads"),
        }
    }

    /// Runs it once against `server`.
    #[must_use]
    pub fn run(&self, server: &Server, behaviour: &str) -> Ran {
        let request = request(server, behaviour);
        self.run_under(&request, &policy(server, &request))
    }

    /// Runs it once against `server`, knowing the password.
    #[must_use]
    pub fn run_in_the_know(&self, server: &Server, behaviour: &str) -> Ran {
        let request = request(server, behaviour);
        let policy = policy(server, &request).with_credentials_to_guest(true);
        self.run_under(&request, &policy)
    }

    /// Runs it once under a policy of the caller's, within the limits of this sandbox.
    ///
    /// # Panics
    /// When the response cannot be written.
    #[must_use]
    pub fn run_under(&self, request: &Value, policy: &Policy) -> Ran {
        let request = request::parsed(request);
        let mut policy = policy.clone();
        policy.limits.sandbox = self.limits;
        let extras = Extras {
            evidence: true,
            usage: true,
        };
        let (outcome, writer) = self.executor.block_on(stocktake_runtime::run(
            &self.collector,
            &request,
            &policy,
            Response::new(Vec::new(), extras),
            |_| {},
            &CancellationToken::new(),
        ));
        let response = writer.expect("a vector does not block").into_inner();
        Ran { outcome, response }
    }
}

impl Ran {
    /// The response, which is one line of ASCII without control characters.
    ///
    /// # Panics
    /// When it is not.
    #[must_use]
    pub fn document(&self) -> Value {
        let text = str::from_utf8(&self.response).expect("UTF-8");
        let line = text.strip_suffix('\n').expect("a line");
        let is_printable = |byte: u8| (b' '..0x7f).contains(&byte);
        assert!(line.bytes().all(is_printable), "{line}");
        serde_json::from_str(line).expect("JSON")
    }

    /// The codes of its errors.
    #[must_use]
    pub fn codes(&self) -> Vec<&'static str> {
        let errors = self.outcome.errors.iter();
        errors.map(|error| error.code.as_str()).collect()
    }
}
