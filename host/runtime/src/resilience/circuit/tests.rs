//! The circuit against a model that counts in seconds and knows its runs by number.

use std::time::{Duration, SystemTime};

use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any, prop_oneof, proptest};

use super::{Admission, Change, Circuit, CircuitSettings, PermitId, State};
use crate::resilience::verdict::Verdict;

/// How long a probe may take.
const LEASE: u64 = 310;
/// The model's clock begins here.
const BEGIN: u64 = 1_000_000;

fn at(second: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(second)
}

fn failed() -> Verdict {
    Verdict::Failed {
        reason: "down".to_owned(),
    }
}

fn ask(circuit: &mut Circuit, second: u64) -> Admission {
    circuit.admit(at(second), Duration::from_secs(LEASE))
}

fn report(
    circuit: &mut Circuit,
    permit_id: &PermitId,
    verdict: &Verdict,
    second: u64,
) -> Option<Change> {
    circuit.report(permit_id, verdict, at(second), &CircuitSettings::default())
}

fn admitted(circuit: &mut Circuit, second: u64) -> PermitId {
    match ask(circuit, second) {
        Admission::Admitted(permit_id) => permit_id,
        other => panic!("{other:?}"),
    }
}

fn probe(circuit: &mut Circuit, second: u64) -> PermitId {
    match ask(circuit, second) {
        Admission::Probe(permit_id) => permit_id,
        other => panic!("{other:?}"),
    }
}

fn refused_until(circuit: &mut Circuit, second: u64) -> u64 {
    match ask(circuit, second) {
        Admission::Refused { until, .. } => {
            let since = until.duration_since(SystemTime::UNIX_EPOCH);
            since.expect("after 1970").as_secs()
        }
        other => panic!("{other:?}"),
    }
}

/// A circuit that opened at second 100.
fn opened() -> Circuit {
    let mut circuit = Circuit::default();
    for nth in 1..=5 {
        let permit_id = admitted(&mut circuit, 100);
        let change = report(&mut circuit, &permit_id, &failed(), 100);
        let cooldown = Duration::from_secs(30);
        assert_eq!(change, (nth == 5).then_some(Change::Opened { cooldown }));
    }
    circuit
}

#[test]
fn five_failures_in_a_row_open_it_and_an_answer_in_between_does_not() {
    let mut circuit = Circuit::default();
    for verdict in [failed(), failed(), failed(), failed(), Verdict::Answered] {
        let permit_id = admitted(&mut circuit, 100);
        assert_eq!(report(&mut circuit, &permit_id, &verdict, 100), None);
    }
    assert_eq!(circuit, Circuit::default());
    assert_eq!(refused_until(&mut opened(), 100), 130);
}

#[test]
fn what_found_out_nothing_neither_counts_nor_ends_the_count() {
    let mut circuit = Circuit::default();
    for verdict in [failed(), Verdict::Unknown, failed(), Verdict::Unknown] {
        let permit_id = admitted(&mut circuit, 100);
        report(&mut circuit, &permit_id, &verdict, 100);
    }
    assert_eq!(circuit.state, State::Closed { failures: 2 });
}

#[test]
fn one_probe_goes_after_the_cooldown_and_its_answer_closes() {
    let mut circuit = opened();
    assert_eq!(refused_until(&mut circuit, 129), 130);
    let permit_id = probe(&mut circuit, 130);
    assert_eq!(refused_until(&mut circuit, 131), 130 + LEASE);
    let change = report(&mut circuit, &permit_id, &Verdict::Answered, 140);
    assert_eq!(change, Some(Change::Closed));
    admitted(&mut circuit, 140);
}

#[test]
fn each_probe_that_fails_doubles_the_cooldown_up_to_five_minutes() {
    let mut circuit = opened();
    let mut now = 130;
    for cooldown in [60, 120, 240, 300, 300] {
        let permit_id = probe(&mut circuit, now);
        let change = report(&mut circuit, &permit_id, &failed(), now);
        let expected = Duration::from_secs(cooldown);
        assert_eq!(change, Some(Change::Reopened { cooldown: expected }));
        assert_eq!(refused_until(&mut circuit, now), now + cooldown);
        now += cooldown;
    }
}

#[test]
fn a_probe_that_found_out_nothing_gives_its_place_to_the_next() {
    let mut circuit = opened();
    let permit_id = probe(&mut circuit, 130);
    assert_eq!(
        report(&mut circuit, &permit_id, &Verdict::Unknown, 131),
        None
    );
    probe(&mut circuit, 131);
}

#[test]
fn a_probe_that_never_reports_is_given_up_and_not_heard_later() {
    let mut circuit = opened();
    let lost = probe(&mut circuit, 130);
    refused_until(&mut circuit, 129 + LEASE);
    let next = probe(&mut circuit, 130 + LEASE);
    assert_eq!(report(&mut circuit, &lost, &Verdict::Answered, 500), None);
    assert_eq!(
        report(&mut circuit, &next, &Verdict::Answered, 500),
        Some(Change::Closed)
    );
}

#[test]
fn runs_that_were_under_way_when_it_opened_do_not_lengthen_the_cooldown() {
    let mut circuit = Circuit::default();
    let permits: Vec<_> = (0..8).map(|_| admitted(&mut circuit, 100)).collect();
    for permit_id in &permits {
        report(&mut circuit, permit_id, &failed(), 100);
    }
    assert_eq!(refused_until(&mut circuit, 100), 130);
}

#[test]
fn a_clock_that_is_set_back_prolongs_no_wait() {
    let mut circuit = opened();
    assert_eq!(refused_until(&mut circuit, 50), 80);
    probe(&mut circuit, 80);
    assert_eq!(refused_until(&mut circuit, 10), 10 + LEASE);
}

#[test]
fn a_reset_closes_it_and_whoever_was_under_way_is_not_heard() {
    let mut circuit = opened();
    let permit_id = probe(&mut circuit, 130);
    circuit.reset();
    assert_eq!(report(&mut circuit, &permit_id, &failed(), 131), None);
    admitted(&mut circuit, 131);
}

/// What happens to a circuit.
#[derive(Clone, Debug)]
enum Step {
    Elapse(u64),
    Ask,
    /// The run under way at this place, modulo their number, reports.
    Report(usize, Verdict),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let verdict = prop_oneof![
        4 => Just(failed()),
        1 => Just(Verdict::Answered),
        1 => Just(Verdict::Unknown),
    ];
    let step = prop_oneof![
        2 => (0..200_u64).prop_map(Step::Elapse),
        4 => Just(Step::Ask),
        4 => (any::<usize>(), verdict).prop_map(|(run, verdict)| Step::Report(run, verdict)),
    ];
    vec(step, 0..200)
}

/// The rules as a history: which runs count now, and what is waited for.
#[derive(Debug, Default)]
struct Model {
    /// Numbers of the runs whose reports count.
    heard: Vec<u32>,
    failures: u32,
    /// Not closed: until when, and how long the cooldown was.
    waiting: Option<(u64, u64)>,
    /// The one run that was let through although it is not closed.
    probe: Option<u32>,
}

impl Model {
    /// Whether `run` is let through, and else until when not.
    fn ask(&mut self, run: u32, now: u64) -> Result<(), u64> {
        if let Some((until, cooldown)) = self.waiting {
            if now < until {
                return Err(until);
            }
            self.waiting = Some((now + LEASE, cooldown));
            self.probe = Some(run);
            self.heard.clear();
        }
        self.heard.push(run);
        Ok(())
    }

    fn report(&mut self, run: u32, verdict: &Verdict, now: u64) {
        let Some(place) = self.heard.iter().position(|&heard| heard == run) else {
            return;
        };
        self.heard.remove(place);
        let cooldown = self.waiting.map(|(_, cooldown)| cooldown);
        match (self.probe.take(), cooldown, verdict) {
            (Some(_), _, Verdict::Answered) => *self = Model::default(),
            (Some(_), Some(before), Verdict::Failed { .. }) => {
                self.wait(now, (before * 2).min(300));
            }
            (Some(_), Some(before), Verdict::Unknown) => self.waiting = Some((now, before)),
            (_, _, Verdict::Answered) => self.failures = 0,
            (_, _, Verdict::Failed { .. }) => {
                self.failures += 1;
                if self.failures == 5 {
                    self.wait(now, 30);
                }
            }
            (_, _, Verdict::Unknown) => {}
        }
    }

    fn wait(&mut self, now: u64, cooldown: u64) {
        self.waiting = Some((now + cooldown, cooldown));
        self.heard.clear();
    }
}

proptest! {
    #[test]
    fn any_history_is_that_of_the_model(steps in steps()) {
        let (mut circuit, mut model) = (Circuit::default(), Model::default());
        let mut now = BEGIN;
        let mut runs: Vec<(u32, PermitId)> = Vec::new();
        let mut next = 0;
        for step in steps {
            match step {
                Step::Elapse(seconds) => now += seconds,
                Step::Ask => {
                    let expected = model.ask(next, now);
                    match ask(&mut circuit, now) {
                        Admission::Admitted(permit_id) => {
                            assert_eq!((expected, model.probe), (Ok(()), None));
                            runs.push((next, permit_id));
                        }
                        Admission::Probe(permit_id) => {
                            assert_eq!((expected, model.probe), (Ok(()), Some(next)));
                            runs.push((next, permit_id));
                        }
                        Admission::Refused { until, half_open, .. } => {
                            assert_eq!(expected.map_err(at), Err(until));
                            assert_eq!(half_open, model.probe.is_some());
                        }
                    }
                    next += 1;
                }
                Step::Report(run, verdict) if !runs.is_empty() => {
                    let (run, permit_id) = runs.swap_remove(run % runs.len());
                    model.report(run, &verdict, now);
                    report(&mut circuit, &permit_id, &verdict, now);
                }
                Step::Report(..) => {}
            }
        }
        // Whatever happened, no caller is refused for ever.
        let later = now + LEASE.max(300);
        assert!(!matches!(ask(&mut circuit, later), Admission::Refused { .. }));
    }
}
