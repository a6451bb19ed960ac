use std::io;
use std::time::Duration;

use stocktake_contract::request::Mode;
use stocktake_contract::response::{CountedBy, KindEvidence};
use stocktake_contract::{ErrorCode, Problem};

use super::{Kept, VerifyingSink, conclude};
use crate::count::Count;
use crate::execution::RunReport;
use crate::limits::SandboxLimits;
use crate::outcome::{Conclusion, Counts, Outcome};
use crate::page::{Page, Progress, Stats, Summary};
use crate::redaction::Redaction;
use crate::request::Request;
use crate::sink::Sink as _;
use crate::validation::{Asset, ItemLimits, RawWarning, Relation, Scope, Verifier};
use crate::writer::Writer;

fn verifier(mode: Mode) -> Verifier {
    let request = format!(r#"{{"request":{{"mode":"{mode}"}}}}"#);
    let request = Request::parse(&request).expect("JSON");
    Verifier::new(Scope::from_request(&request), ItemLimits::default())
}

fn codes(outcome: &Outcome) -> Vec<ErrorCode> {
    outcome.errors.iter().map(|error| error.code).collect()
}

fn report(summary: Option<Summary>) -> RunReport {
    RunReport {
        summary,
        ..RunReport::default()
    }
}

fn claims_complete() -> Summary {
    Summary {
        stats: Stats {
            inventory_complete: true,
            ..Stats::default()
        },
        ..Summary::default()
    }
}

#[test]
fn a_guest_that_claims_too_much_is_not_complete() {
    let outcome = conclude(
        report(Some(claims_complete())),
        Some(verifier(Mode::Collect)),
        Vec::new(),
        Counts::default(),
        true,
    );
    assert_eq!(outcome.conclusion, Conclusion::Failed);
    assert_eq!(codes(&outcome), [ErrorCode::InventoryIncomplete]);
}

#[test]
fn what_the_host_finds_drops_the_proof_of_a_guest_that_is_right_by_itself() {
    let request = r#"{"source":{"config":{"allow_empty":true}},"request":{"mode":"collect_vms"}}"#;
    let mut summary = claims_complete();
    summary.evidence.drained = true;
    summary.evidence.kinds.push(KindEvidence {
        kind: "vm".to_owned(),
        ..KindEvidence::default()
    });
    let conclude = |change: fn(&mut RunReport), assets: u64| {
        let scope = Scope::from_request(&Request::parse(request).expect("JSON"));
        let verifier = Verifier::new(scope, ItemLimits::default());
        let mut report = report(Some(summary.clone()));
        change(&mut report);
        let mut counts = Counts::default();
        counts.assets.insert("vm".to_owned(), assets);
        conclude(report, Some(verifier), Vec::new(), counts, true)
    };
    let counted = conclude(|report| report.count = Count::Agrees, 0);
    let proof = counted.proof().expect("a proof");
    assert_eq!(proof.counted_by(), CountedBy::Host);
    let changes: [fn(&mut RunReport); 3] = [
        |report| {
            let problem = Problem::new(ErrorCode::InventoryIncomplete, "vm-1 was withheld");
            report.count = Count::Differs(vec![problem]);
        },
        |report| {
            report
                .problems
                .push(Problem::new(ErrorCode::EgressDenied, "no"))
        },
        |report| report.cancelled = true,
    ];
    for change in changes {
        assert_eq!(conclude(change, 0).conclusion, Conclusion::Failed);
        assert_eq!(conclude(change, 1).conclusion, Conclusion::Partial);
    }
}

#[test]
fn a_run_that_lists_nothing_is_answered() {
    let outcome = conclude(
        report(Some(Summary::default())),
        Some(verifier(Mode::Healthcheck)),
        Vec::new(),
        Counts::default(),
        false,
    );
    assert_eq!(outcome.conclusion, Conclusion::Answered);
    assert!(outcome.succeeded());
}

#[test]
fn a_guest_without_a_summary_failed() {
    let outcome = conclude(
        report(None),
        Some(verifier(Mode::Detect)),
        Vec::new(),
        Counts::default(),
        false,
    );
    assert_eq!(codes(&outcome), [ErrorCode::PluginExitNonzero]);
}

#[test]
fn what_the_host_found_comes_first_and_is_not_followed_by_contradictions() {
    let mut report = report(Some(claims_complete()));
    report
        .problems
        .push(Problem::new(ErrorCode::EgressDenied, "no"));
    let outcome = conclude(
        report,
        Some(verifier(Mode::Collect)),
        Vec::new(),
        Counts::default(),
        true,
    );
    assert_eq!(outcome.conclusion, Conclusion::Failed);
    assert_eq!(codes(&outcome), [ErrorCode::EgressDenied]);
}

#[test]
fn a_cancelled_run_says_so() {
    let mut report = report(Some(Summary::default()));
    report.cancelled = true;
    let outcome = conclude(
        report,
        Some(verifier(Mode::Collect)),
        Vec::new(),
        Counts::default(),
        true,
    );
    assert_eq!(codes(&outcome), [ErrorCode::InventoryIncomplete]);
    assert!(outcome.errors[0].message.contains("cancelled"));
}

#[test]
fn nothing_of_a_broken_page_is_written() {
    #[derive(Default)]
    struct Count(usize);
    impl Writer for Count {
        fn asset(&mut self, _: &Asset<'_>) -> io::Result<()> {
            self.0 += 1;
            Ok(())
        }
        fn relation(&mut self, _: &Relation<'_>) -> io::Result<()> {
            Ok(())
        }
        fn warning(&mut self, _: &RawWarning, _: &str) -> io::Result<()> {
            Ok(())
        }
        fn finish(&mut self, _: &Outcome) -> io::Result<()> {
            Ok(())
        }
    }
    let sound = r#"{"asset":{"external_kind":"vm","external_id":"vm-1","normalized":{"version":"normalized-v1","kind":"vm"},"raw_payload":{}}}"#;
    let broken = sound
        .replace("vm-1", "vm-2")
        .replace("normalized-v1", "normalized-v2");
    let page = Page {
        assets: vec![("vm".to_owned(), 2)],
        batch: format!("{sound}\n{broken}\n"),
        ..Page::default()
    };
    let mut sink = VerifyingSink {
        verifier: verifier(Mode::Collect),
        writer: Count::default(),
        progress: |_: Progress| {},
        counts: Counts::default(),
        warnings: Vec::new(),
        further: Vec::new(),
        writing: Duration::ZERO,
        kept: Kept::within(&SandboxLimits::default()),
        redaction: Redaction::default(),
        spot_check: None,
    };
    let problem = sink.page(page).expect_err("refused");
    assert_eq!(problem.code, ErrorCode::SchemaValidationFailed);
    assert_eq!(sink.writer.0, 0);
}

#[test]
fn evidence_that_contradicts_what_was_received_is_not_passed_on() {
    let mut summary = claims_complete();
    summary.evidence.kinds.push(KindEvidence {
        kind: "vm".to_owned(),
        announced: 1,
        returned: 2,
        ..KindEvidence::default()
    });
    let conclude = |summary: &Summary| {
        let report = report(Some(summary.clone()));
        conclude(
            report,
            Some(verifier(Mode::Collect)),
            Vec::new(),
            Counts::default(),
            true,
        )
    };
    assert_eq!(conclude(&summary).evidence, None);
    summary.evidence.kinds[0].announced = 2;
    assert_eq!(conclude(&summary).evidence, Some(summary.evidence));
}
