//! A simulated vCenter over TLS.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use stocktake_contract::ErrorCode;
use stocktake_runtime::gateway::{Retries, Trust};
use stocktake_runtime::{Limits, Outcome};
use stocktake_simulator::{Fault, Simulator, Verdict};

use super::{Job, Shown, difference, must_fail, must_succeed};
use crate::finding::{Deviation, Wrong};
use crate::request::Request;
use crate::runner::{self, Ran, Runner, TestRun};
use crate::transport::Watch;

const USERNAME: &str = "reader@vsphere.local";
/// A password to search for, which every encoding changes.
const PASSWORD: &str = "<&>\"' %41\\ü-M4RKs3cr3t-ü\\%+ '\"&;";
/// Objects that the host compares with what it reads itself: all of a small vCenter.
const SPOT_CHECKED: usize = 1000;
/// Objects per page, small enough for several pages.
const PAGE: u32 = 7;

/// A small vCenter with its request.
pub(super) struct Site {
    pub(super) simulator: Arc<Simulator>,
    trust: Trust,
}

impl Site {
    pub(super) async fn start(fault: Option<Fault>) -> Result<Self, Deviation> {
        // With slow bodies, more would only take longer.
        let (vms, hosts) = match fault {
            Some(Fault::SlowDrip) => (4, 2),
            _ => (40, 6),
        };
        let builder = Simulator::builder()
            .vms(vms)
            .hosts(hosts)
            .clusters(2)
            .seed(11);
        let builder = fault
            .into_iter()
            .fold(builder, |builder, fault| builder.fault(fault));
        // An error here is not the component's fault, but no result of it either.
        let failed = |why: String| Deviation::new(Wrong::Refused, "a simulator that starts", why);
        let simulator = builder
            .credentials(USERNAME, PASSWORD)
            .start()
            .await
            .map_err(|error| failed(error.to_string()))?;
        let pem = simulator.ca_pem().unwrap_or_default();
        let trust = Trust::ca_pem(pem.as_bytes()).map_err(|error| failed(error.to_string()))?;
        Ok(Site {
            simulator: Arc::new(simulator),
            trust,
        })
    }

    /// A run against it, with templates, so that all VMs can be counted.
    pub(super) fn test_run(
        &self,
        runner: &Runner,
        page_size: Option<u32>,
        is_own: bool,
    ) -> TestRun {
        self.test_run_as(runner, page_size, is_own, PASSWORD)
    }

    fn test_run_as(
        &self,
        runner: &Runner,
        page_size: Option<u32>,
        is_own: bool,
        password: &str,
    ) -> TestRun {
        let mut config = runner.config.clone();
        config.insert("include_templates".to_owned(), Value::Bool(true));
        config.extend(page_size.map(|size| ("page_size".to_owned(), json!(size))));
        let request = Request {
            source_type: &runner.source_type,
            mode: runner.collecting(),
            endpoint: &self.simulator.url(),
            username: USERNAME,
            password,
            config: &config,
        };
        let request = request.document().to_string();
        let mut retries = Retries::default();
        retries.first_wait = Duration::from_millis(10);
        retries.longest_wait = Duration::from_millis(50);
        retries.longest_retry_after = Duration::from_secs(1);
        let mut limits = Limits::default();
        limits.network.requests = 2000;
        let policy = runner::policy(&request)
            .trusting(self.trust.clone())
            .retrying(retries)
            .within(limits)
            .with_credentials_to_guest(is_own)
            // It needs a session of the host's.
            .spot_checking(if is_own { 0 } else { SPOT_CHECKED });
        TestRun {
            request,
            policy,
            cancel_after: None,
        }
    }
}

/// What a run left open on the server.
pub(super) fn left_behind(simulator: &Simulator) -> Option<Deviation> {
    let counters = simulator.counters();
    let open = [
        ("sessions", counters.sessions_open),
        ("views", counters.views_open),
        ("tokens", counters.tokens_open),
    ];
    let left: Vec<String> = open
        .iter()
        .filter(|(_, count)| *count > 0)
        .map(|(what, count)| format!("{count} {what}"))
        .collect();
    let came = format!("{} are open", left.join(", "));
    (!left.is_empty()).then(|| {
        let expected = "no session, view or token on the server";
        Deviation::new(Wrong::LeavesBehind, expected, came)
    })
}

/// The number of objects must be that of the inventory.
fn counts(outcome: &Outcome, simulator: &Simulator, gone: u32) -> Option<Deviation> {
    let totals = simulator.totals();
    let expected: BTreeMap<String, u64> = [
        ("vm", totals.vms - gone),
        ("host", totals.hosts),
        ("cluster", totals.clusters),
    ]
    .map(|(kind, count)| (kind.to_owned(), count.into()))
    .into();
    let came = &outcome.counts.assets;
    let list = |counts: &BTreeMap<String, u64>| {
        let counts = counts.iter().map(|(kind, count)| format!("{count} {kind}"));
        counts.collect::<Vec<_>>().join(", ")
    };
    (*came != expected).then(|| Deviation::new(Wrong::Miscounts, list(&expected), list(came)))
}

impl Job<'_> {
    pub(super) async fn sound_server(&mut self) {
        let shown = sound(self.runner).await;
        self.find(shown);
    }

    pub(super) async fn page_sizes(&mut self) {
        let shown = page_sizes(self.runner).await;
        self.find(shown);
    }

    pub(super) async fn own_session(&mut self) {
        let shown = own_session(self.runner).await;
        self.find(shown);
    }

    pub(super) async fn wrong_password(&mut self) {
        let shown = wrong_password(self.runner).await;
        self.find(shown);
    }

    pub(super) async fn fault(&mut self, fault: Fault) {
        let runner = self.runner;
        self.each(vec![false, true], |is_own| under(runner, fault, is_own))
            .await;
    }
}

async fn sound(runner: &Runner) -> Shown {
    let place = "the simulator".to_owned();
    let site = match Site::start(None).await {
        Ok(site) => site,
        Err(deviation) => return (place, vec![deviation]),
    };
    let test_run = site.test_run(runner, Some(PAGE), false);
    let (policy, watch) = Watch::over(test_run.policy);
    let Ran {
        outcome,
        mut deviations,
        ..
    } = runner.run(TestRun { policy, ..test_run }).await;
    deviations.extend(must_succeed(&outcome));
    deviations.extend(counts(&outcome, &site.simulator, 0));
    deviations.extend(left_behind(&site.simulator));
    let smuggled = watch.map(|watch| watch.smuggled()).unwrap_or_default();
    if !smuggled.is_empty() {
        let expected = "requests without headers of a session or a connection";
        let came = smuggled.join(", ");
        deviations.push(Deviation::new(Wrong::SmugglesHeaders, expected, came));
    }
    (place, deviations)
}

async fn page_sizes(runner: &Runner) -> Shown {
    let place = "the simulator".to_owned();
    let site = match Site::start(None).await {
        Ok(site) => site,
        Err(deviation) => return (place, vec![deviation]),
    };
    let whole = runner.run(site.test_run(runner, None, false)).await;
    let mut deviations = whole.deviations;
    deviations.extend(must_succeed(&whole.outcome));
    for size in [1, PAGE] {
        let ran = runner.run(site.test_run(runner, Some(size), false)).await;
        deviations.extend(ran.deviations);
        deviations.extend(must_succeed(&ran.outcome));
        deviations.extend(difference(&whole.response, &ran.response));
    }
    deviations.extend(left_behind(&site.simulator));
    (place, deviations)
}

async fn own_session(runner: &Runner) -> Shown {
    let place = "the simulator, in a session of its own".to_owned();
    let site = match Site::start(None).await {
        Ok(site) => site,
        Err(deviation) => return (place, vec![deviation]),
    };
    let hosts = runner.run(site.test_run(runner, Some(PAGE), false)).await;
    let before = site.simulator.counters().logins;
    let own = runner.run(site.test_run(runner, Some(PAGE), true)).await;
    let mut deviations = own.deviations;
    deviations.extend(must_succeed(&own.outcome));
    deviations.extend(counts(&own.outcome, &site.simulator, 0));
    deviations.extend(difference(&hosts.response, &own.response));
    let counters = site.simulator.counters();
    if own.outcome.proof().is_some() && counters.logins == before {
        let expected = "a login with the credential of the request";
        let came = "an inventory without a login";
        deviations.push(Deviation::new(Wrong::AsksOtherwise, expected, came));
    }
    let keys = site.simulator.keys_given();
    let response = String::from_utf8_lossy(&own.response);
    let disclosed = keys.iter().any(|key| response.contains(key.as_str()));
    if disclosed {
        let expected = "a response without a session key";
        let came = "the key of its session in the response";
        deviations.push(Deviation::new(Wrong::TellsASecret, expected, came));
    }
    deviations.extend(left_behind(&site.simulator));
    (place, deviations)
}

async fn wrong_password(runner: &Runner) -> Shown {
    let place = "the simulator, with a wrong password".to_owned();
    let site = match Site::start(None).await {
        Ok(site) => site,
        Err(deviation) => return (place, vec![deviation]),
    };
    let test_run = site.test_run_as(runner, Some(PAGE), true, "wr0ng-p4ssw0rd");
    let ran = runner.run(test_run).await;
    let mut deviations = ran.deviations;
    let refused = ErrorCode::VcenterAuthFailed.as_str();
    deviations.extend(must_fail(&ran.outcome, &[refused]));
    let logins = site.simulator.counters().refused_logins;
    if logins > 1 {
        let came = format!("{logins} logins");
        deviations.push(Deviation::new(Wrong::RepeatsALogin, "one login", came));
    }
    deviations.extend(left_behind(&site.simulator));
    (place, deviations)
}

async fn under(runner: &Runner, fault: Fault, is_own: bool) -> Shown {
    let place = if is_own {
        format!("the simulator with {fault}, in a session of its own")
    } else {
        format!("the simulator with {fault}")
    };
    let site = match Site::start(Some(fault)).await {
        Ok(site) => site,
        Err(deviation) => return (place, vec![deviation]),
    };
    let Ran {
        outcome,
        mut deviations,
        ..
    } = runner.run(site.test_run(runner, Some(PAGE), is_own)).await;
    match fault.verdict() {
        Verdict::Fails(codes) => deviations.extend(must_fail(&outcome, codes)),
        Verdict::Whole => {
            deviations.extend(must_succeed(&outcome));
            deviations.extend(gone(fault).and_then(|gone| counts(&outcome, &site.simulator, gone)));
        }
    }
    if fault == Fault::LoginQuoted {
        // The server repeats it; what the host redacts in the quotation is not a finding.
        deviations.retain(|deviation| deviation.wrong != Wrong::TellsASecret);
    }
    // A server that refuses every Logout keeps the session.
    if fault != Fault::LogoutFails {
        deviations.extend(left_behind(&site.simulator));
    }
    (place, deviations)
}

/// VMs that a fault hides; `None` where it depends on the site.
fn gone(fault: Fault) -> Option<u32> {
    match fault {
        Fault::VanishedVm | Fault::GoneOnContinue => Some(1),
        Fault::LimitedRole | Fault::HostOutOfSight => None,
        _ => Some(0),
    }
}

#[cfg(test)]
mod tests {
    use stocktake_contract::ErrorCode;
    use stocktake_simulator::{Fault, Verdict};

    #[test]
    fn every_fault_fails_by_codes_of_the_contract() {
        let mut failing = 0;
        for fault in Fault::all() {
            if let Verdict::Fails(codes) = fault.verdict() {
                failing += 1;
                assert!(!codes.is_empty(), "{fault}");
                for code in codes {
                    assert!(code.parse::<ErrorCode>().is_ok(), "{fault}: {code}");
                }
            }
        }
        assert!(failing > 10);
    }
}
