//! The component, its test data, and the test.

use std::time::Duration;

use serde_json::{Map, Value};
use stocktake_contract::Problem;
use stocktake_fixture::{Fixture, SessionOf};
use stocktake_runtime::limits::SandboxLimits;
use stocktake_runtime::{Inspection, Runtime};

use crate::check::{Check, Group};
use crate::checks;
use crate::finding::Finding;
use crate::report::{Progress, Report, Result};
use crate::request::VCENTER;
use crate::runner::Runner;

/// A component and its test data.
///
/// ```no_run
/// # async fn test() -> Result<(), Box<dyn std::error::Error>> {
/// use stocktake_conformance::Suite;
///
/// let component = std::fs::read("inventory.wasm")?;
/// let fixtures = stocktake_fixture::Fixture::open_all("fixtures".as_ref())?;
/// let report = Suite::new(component).with_fixtures(fixtures).test(&mut |_| {}).await?;
/// assert!(report.holds());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Suite {
    component: Vec<u8>,
    fixtures: Vec<Fixture>,
    config: Map<String, Value>,
    source_type: Option<String>,
    checks: Vec<Check>,
    limits: SandboxLimits,
}

/// Why a test could not start.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum NotTestable {
    /// This machine cannot run WebAssembly.
    #[error(transparent)]
    Machine(Box<Problem>),
    /// The component accepts several source types.
    #[error("the component accepts the source types {}; choose one by --source-type", .0.join(", "))]
    SourceTypes(Vec<String>),
    /// The component accepts others.
    #[error("the component does not accept the source type {chosen:?}; it accepts {}", .accepted.join(", "))]
    NoSuchSourceType {
        /// What was chosen.
        chosen: String,
        /// The source types that it accepts.
        accepted: Vec<String>,
    },
}

/// Budgets that are smaller than those of a host, and larger than a small inventory needs.
#[must_use]
pub fn limits() -> SandboxLimits {
    let mut limits = SandboxLimits::default();
    limits.memory_bytes = 256 << 20;
    limits.handles = 1000;
    limits.hostcall_bytes = 128 << 20;
    limits.pages = 5000;
    limits.output_bytes = 256 << 20;
    limits.wall = Duration::from_secs(30);
    limits
}

impl Suite {
    /// Tests these bytes by every check.
    #[must_use]
    pub fn new(component: Vec<u8>) -> Self {
        Suite {
            component,
            fixtures: Vec::new(),
            config: Map::new(),
            source_type: None,
            checks: Check::all(),
            limits: limits(),
        }
    }

    /// Replays these recordings; those of other source types, and those of a session of the host, are skipped.
    #[must_use]
    pub fn with_fixtures(mut self, fixtures: Vec<Fixture>) -> Self {
        self.fixtures = fixtures;
        self
    }

    /// Adds these keys to `source.config` of every request.
    #[must_use]
    pub fn with_config(mut self, config: Map<String, Value>) -> Self {
        self.config = config;
        self
    }

    /// Tests the component as a collector of this source type.
    #[must_use]
    pub fn as_source(mut self, source_type: impl Into<String>) -> Self {
        self.source_type = Some(source_type.into());
        self
    }

    /// Tests by these checks only.
    #[must_use]
    pub fn by(mut self, checks: Vec<Check>) -> Self {
        self.checks = checks;
        self
    }

    /// Replaces the budgets of a run.
    #[must_use]
    pub fn within(mut self, limits: SandboxLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Runs the checks, and reports the progress of each.
    ///
    /// # Errors
    ///
    /// When the source type to test is ambiguous. Errors of the component itself are in the report.
    pub async fn test(
        self,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> std::result::Result<Report, NotTestable> {
        let machine = |problem| NotTestable::Machine(Box::new(problem));
        let runtime = Runtime::new().map_err(machine)?;
        let inspected = runtime.inspect(&self.component).await;
        let described = match &inspected {
            Ok(Inspection {
                description: Ok(said),
                ..
            }) => Some(said),
            _ => None,
        };
        let accepted = described.map_or_else(Vec::new, |said| said.source_types.clone());
        let source_type = self.choose(accepted)?;
        let loads = checks::component::loads(&inspected);
        let describes = checks::component::describes_itself(&runtime, &self.component, &inspected);
        let mut early = [
            (Check::Loads, loads),
            (Check::DescribesItself, describes.await),
        ];
        let runner = described.and_then(|said| {
            let collector = runtime.load(&self.component).ok()?;
            let (modes, config) = (said.modes.clone(), self.config.clone());
            Some(Runner::new(
                collector,
                self.limits,
                source_type.clone(),
                modes,
                config,
            ))
        });
        let fixtures: Vec<Fixture> = self
            .fixtures
            .into_iter()
            .filter(|fixture| fixture.case.source_type == source_type)
            // In a session of the host not all calls are the component's.
            .filter(|fixture| fixture.case.session == SessionOf::Collector)
            .collect();
        let mut report = Report {
            sha256: inspected
                .as_ref()
                .map_or_else(|_| String::new(), |known| known.sha256.clone()),
            component: described.map_or_else(String::new, |said| {
                format!("{} {}", said.name, said.version)
            }),
            source_type,
            results: Vec::new(),
            runs: 0,
        };
        for (done, &check) in self.checks.iter().enumerate() {
            let mut ticking = |runs| {
                progress(Progress {
                    check,
                    done: done as u64,
                    checks: self.checks.len() as u64,
                    runs,
                });
            };
            ticking(runner.as_ref().map_or(0, Runner::runs));
            let (findings, omitted) = match early.iter_mut().find(|(known, _)| *known == check) {
                Some((_, findings)) => (std::mem::take(findings), None),
                None => run(runner.as_ref(), &fixtures, check, &mut ticking).await,
            };
            report.results.push(Result {
                check,
                group: check.group(),
                findings,
                omitted,
            });
        }
        report.runs = runner.as_ref().map_or(0, Runner::runs);
        Ok(report)
    }

    fn choose(&self, accepted: Vec<String>) -> std::result::Result<String, NotTestable> {
        match (&self.source_type, accepted.as_slice()) {
            (Some(chosen), []) => Ok(chosen.clone()),
            (Some(chosen), accepted) if accepted.contains(chosen) => Ok(chosen.clone()),
            (Some(chosen), _) => Err(NotTestable::NoSuchSourceType {
                chosen: chosen.clone(),
                accepted,
            }),
            (None, [only]) => Ok(only.clone()),
            (None, []) => Ok(VCENTER.to_owned()),
            (None, _) => Err(NotTestable::SourceTypes(accepted)),
        }
    }
}

/// The findings of a check that runs the component, and why it was not run, or not completely.
async fn run(
    runner: Option<&Runner>,
    fixtures: &[Fixture],
    check: Check,
    tick: &mut (dyn FnMut(u64) + Send),
) -> (Vec<Finding>, Option<String>) {
    let omitted = |reason: &str| (Vec::new(), Some(reason.to_owned()));
    let Some(runner) = runner else {
        return omitted("the component cannot be run");
    };
    let is_vcenter = runner.source_type == VCENTER;
    match check.group() {
        _ if runner.is_endless() => return omitted("its runs do not end"),
        Group::Fixtures if fixtures.is_empty() => {
            return omitted(
                "there is no fixture of its source type; give a folder with --fixtures",
            );
        }
        Group::Endings if fixtures.is_empty() && !is_vcenter => {
            return omitted(
                "there is no fixture of its source type; give a folder with --fixtures",
            );
        }
        Group::Server if !is_vcenter => {
            return omitted("it is for collectors of the source type vcenter");
        }
        _ => {}
    }
    let mut job = checks::Job {
        runner,
        fixtures,
        findings: Vec::new(),
        tick,
    };
    job.run(check).await;
    let omitted = runner
        .is_endless()
        .then(|| "the rest of the check: runs do not end".to_owned());
    (job.findings, omitted)
}
