//! A whole run against a planned vCenter: it ends, it loses nothing silently, and
//! it leaves nothing on the server.

use stocktake_contract::ErrorCode;
use stocktake_vcenter::output::Summary;
use stocktake_vcenter::run::{Pulled, Run};
use stocktake_vcenter::transport::{Transport, drive};

use super::ledger::Ledger;
use super::plan::{Ask, Kind, Plan, State};
use super::vcenter::VCenter;

/// Most output bytes of a run per received byte, and without any.
const GROWTH: usize = 12;
const LEAST: usize = 64 * 1024;

/// The result of a run.
#[derive(Debug)]
pub struct Outcome {
    /// All lines.
    pub lines: String,
    /// The summary.
    pub summary: Summary,
    /// The methods that were called.
    pub calls: Vec<String>,
}

/// Checks a fuzzer's input.
///
/// # Panics
/// When a property does not hold.
pub fn check(data: &[u8]) {
    if let Some(plan) = Plan::of(data) {
        let _ = check_plan(&plan);
    }
}

/// Checks a run over a planned vCenter.
///
/// # Panics
/// When a property does not hold.
#[must_use]
pub fn check_plan(plan: &Plan) -> Outcome {
    let mut vcenter = VCenter::new(plan);
    let (ledger, summary) = run(plan, &mut vcenter);
    vcenter.end();
    ledger.close(&summary, plan.ask == Ask::CollectVms);
    assert!(
        ledger.lines.len() <= LEAST + GROWTH * vcenter.answered.bytes,
        "{} bytes of {}",
        ledger.lines.len(),
        vcenter.answered.bytes
    );
    assert_eq!(
        summary.inventory_complete,
        summary.errors.is_empty(),
        "{:?}",
        summary.errors
    );
    let errors = serde_json::to_string(&summary.errors).expect("JSON");
    assert!(!errors.contains("pa55"), "{errors}");
    for error in &summary.errors {
        assert_ne!(error.code, ErrorCode::InternalError, "{error}");
    }
    if !vcenter.answered.garbled {
        assert_eq!(vcenter.left, Vec::<String>::new(), "left on the server");
        assert!(
            summary.evidence.logins <= vcenter.answered.logins,
            "{:?}",
            summary.evidence
        );
        if summary.inventory_complete {
            nothing_is_lost(plan, &vcenter, &ledger, &summary);
        }
    }
    Outcome {
        lines: ledger.lines,
        summary,
        calls: vcenter.answered.calls,
    }
}

/// A run of what the plan asks for, over any transport.
pub fn run(plan: &Plan, vcenter: &mut impl Transport) -> (Ledger, Summary) {
    let mut ledger = Ledger::default();
    let mut run = Run::open(&plan.request());
    let mut pages = 0;
    loop {
        pages += 1;
        if plan.close_after == pages {
            run.close();
        }
        match drive(&mut run, vcenter) {
            Pulled::Page(page) => ledger.take(&page),
            Pulled::Summary(summary) => return (ledger, *summary),
        }
        pages = pages.min(u8::MAX - 1);
    }
}

/// Everything that the server answered of is somewhere.
fn nothing_is_lost(plan: &Plan, vcenter: &VCenter<'_>, ledger: &Ledger, summary: &Summary) {
    let answered = &vcenter.answered;
    for (kind, id) in answered.announced.iter().chain(&answered.sent) {
        let Some(external) = kind.external().filter(|_| plan.emits(*kind)) else {
            continue;
        };
        let asset = (external.to_owned(), id.clone());
        let is_template = || {
            !plan.wants_templates()
                && plan.objects.iter().any(|object| {
                    (object.kind, object.state) == (Kind::Vm, State::Template) && object.id() == *id
                })
        };
        assert!(
            ledger.assets.contains(&asset)
                || ledger.quarantined.contains(&asset)
                || answered.gone.contains(&(*kind, id.clone()))
                || is_template(),
            "{asset:?} is lost silently"
        );
    }
    assert!(summary.evidence.drained, "{:?}", summary.evidence);
    for kind in &summary.evidence.kinds {
        let announced = answered
            .announced
            .iter()
            .filter(|(of, _)| of.external() == Some(&kind.kind))
            .count();
        assert_eq!(kind.announced, announced as u64, "{kind:?}");
        assert_eq!(
            kind.announced,
            kind.returned + kind.vanished + kind.quarantined,
            "{kind:?}"
        );
    }
}
