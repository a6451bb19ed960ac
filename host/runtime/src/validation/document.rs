//! Whole documents: `collector-response-v1` of any collector.

use std::collections::BTreeMap;

use stocktake_contract::ErrorCode::PluginResponseInvalid;
use stocktake_contract::WarningCode;
use stocktake_contract::response::Evidence;

use super::envelope::{Detect, Envelope, Reported, Stats};
use super::issue::{Issue, Issues};
use super::item_validator::ItemValidator;
use super::limits::ItemLimits;
use super::reader::{Mismatch, read};
use super::scope::Scope;
use super::summary_check::{SummaryCheck, check_summary};
use super::value::Object;

/// What a document holds, and everything that is wrong with it.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct DocumentReport {
    /// Assets per kind.
    pub assets: BTreeMap<String, u64>,
    /// Relations.
    pub relations: u64,
    /// Warnings.
    pub warnings: u64,
    /// Errors that the collector reported.
    pub errors: u64,
    /// `stats.inventory_complete`.
    pub complete: bool,
    /// `stats.evidence`, when it is there.
    pub evidence: Option<Evidence>,
    /// Broken rules, in the order of the document; the document is valid when there are none.
    pub issues: Vec<Issue>,
}

/// Validates the bytes of a document.
///
/// The first mistake of each asset, each relation and each other member is reported. When the mode
/// is unknown (`scope.mode` is `None`) a document without hosts is taken for one whose hosts are
/// elsewhere, as `collect_vms` answers it. A document that carries errors may be partial: its
/// relations may have ends that never came.
#[must_use]
pub fn validate(document: &[u8], scope: Scope, limits: ItemLimits) -> DocumentReport {
    let envelope = match Envelope::read(document) {
        Ok(envelope) => envelope,
        Err(issue) => {
            return DocumentReport {
                issues: vec![issue],
                ..DocumentReport::default()
            };
        }
    };
    let mut items = ItemValidator::new(scope, limits, Issues::all());
    let mut part = Members {
        issues: &mut items.issues,
    };
    let detect = envelope.detect.0;
    let is_detected = detect.is_some();
    let detect = detect.map(|detect| part.read::<Object<Detect>>("detect", detect.get()));
    let stats: Option<Object<Stats<'_>>> = part.read("stats", envelope.stats.get());
    let errors: Option<Vec<Object<Reported<'_>>>> = part.read("errors", envelope.errors.get());
    let evidence = stats.as_ref().and_then(|Object(stats)| stats.evidence.0);
    let evidence: Option<Object<Evidence>> =
        evidence.and_then(|raw| part.read("stats.evidence", raw.0.get()));
    let evidence = evidence.map(|Object(evidence)| evidence);
    for text in &envelope.assets {
        items.asset(text.get());
    }
    for text in &envelope.relations {
        items.relation(text.get());
    }
    let mut report = DocumentReport {
        errors: errors.as_ref().map_or(0, Vec::len) as u64,
        ..DocumentReport::default()
    };
    if let Some(Object(stats)) = &stats {
        report.warnings = stats.warnings.len() as u64;
        report.complete = stats.inventory_complete;
        items.warnings = report.warnings;
        let code = WarningCode::SessionLeft.as_str();
        let mut codes = stats.warnings.iter().map(|Object(warning)| &warning.code);
        items.reported_session_left = codes.any(|reported| reported == code);
    }
    // A summary that cannot be read cannot contradict anything.
    if let (Some(Object(stats)), Some(errors), None | Some(Some(_))) = (&stats, &errors, &detect) {
        check_summary(
            &mut items,
            &SummaryCheck {
                assets: stats.assets.0,
                relations: stats.relations.0,
                warnings: report.warnings,
                complete: stats.inventory_complete,
                evidence: evidence.as_ref(),
                detected: is_detected,
                errors: errors.len(),
            },
        );
    }
    DocumentReport {
        relations: items.relations,
        evidence,
        assets: items.assets,
        issues: items.issues.into_kept(),
        ..report
    }
}

/// Reads the members of a document one by one, so that the mistakes of each are reported.
struct Members<'i> {
    issues: &'i mut Issues,
}

impl Members<'_> {
    fn read<'a, T: serde::Deserialize<'a>>(&mut self, name: &str, text: &'a str) -> Option<T> {
        read(text)
            .map_err(|mismatch: Mismatch| {
                let Mismatch { path, message } = mismatch.within(name);
                let issue = Issue::new(PluginResponseInvalid, path, "", message);
                self.issues.push(issue);
            })
            .ok()
    }
}
