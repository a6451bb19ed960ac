//! From the generated types of the WIT package to those of this crate.

use serde_json::{Map, Value};
use stocktake_contract::response::{Detection, Evidence, KindEvidence};
use stocktake_contract::{Category, ErrorCode, Problem};

use crate::bindings::exports::stocktake::collector::inventory as wit;
use crate::page::{Page, Progress, Stats, Summary};
use crate::quote::printable;

pub(crate) fn page(page: wit::Page) -> Page {
    Page {
        sequence: page.sequence,
        assets: page
            .assets
            .into_iter()
            .map(|entry| (entry.kind, entry.count))
            .collect(),
        relations: page.relations,
        warnings: page.warnings,
        progress: Progress {
            done: page.progress.done,
            total: page.progress.total,
        },
        batch: page.batch,
    }
}

/// The summary as far as it can be understood, and what cannot.
pub(crate) fn summary(summary: wit::Summary) -> (Summary, Vec<Problem>) {
    let mut misfits = Vec::new();
    let mut errors = Vec::new();
    for error in summary.errors {
        match problem(error) {
            Ok(error) => errors.push(error),
            Err(misfit) => misfits.push(misfit),
        }
    }
    let detection = match summary.detection.map(detection).transpose() {
        Ok(detection) => detection,
        Err(misfit) => {
            misfits.push(misfit);
            None
        }
    };
    let summary = Summary {
        stats: Stats {
            assets: summary.stats.assets,
            relations: summary.stats.relations,
            warnings: summary.stats.warnings,
            inventory_complete: summary.stats.inventory_complete,
        },
        evidence: evidence(summary.evidence),
        detection,
        errors,
    };
    (summary, misfits)
}

fn problem(error: wit::Problem) -> Result<Problem, Problem> {
    let Ok(code) = error.code.parse::<ErrorCode>() else {
        return Err(invalid(format!(
            "the collector reported the code {}, which is not one of the contract: {}",
            printable(&error.code, 100),
            printable(&error.message, 500)
        )));
    };
    let redacted_context = match error.redacted_context {
        None => None,
        Some(text) => Some(object(&text, "the redacted-context of an error")?),
    };
    Ok(Problem {
        code,
        category: category(error.category),
        message: error.message,
        retryable: error.retryable,
        redacted_context,
    })
}

fn category(category: wit::Category) -> Category {
    match category {
        wit::Category::Auth => Category::Auth,
        wit::Category::Permission => Category::Permission,
        wit::Category::Network => Category::Network,
        wit::Category::RateLimit => Category::RateLimit,
        wit::Category::Parse => Category::Parse,
        wit::Category::Schema => Category::Schema,
        wit::Category::Config => Category::Config,
        wit::Category::Unknown => Category::Unknown,
    }
}

fn detection(detection: wit::Detection) -> Result<Detection, Problem> {
    Ok(Detection {
        target_version: detection.target_version,
        capabilities: object(&detection.capabilities, "the capabilities of the detection")?,
        driver: detection.driver,
        recommended_preferred_version: detection.recommended_preferred_version,
    })
}

fn evidence(evidence: wit::Evidence) -> Evidence {
    Evidence {
        kinds: evidence.kinds.into_iter().map(kind_evidence).collect(),
        pages: evidence.pages,
        continue_calls: evidence.continue_calls,
        drained: evidence.drained,
        logins: evidence.logins,
        logouts: evidence.logouts,
        views_created: evidence.views_created,
        views_destroyed: evidence.views_destroyed,
        restarts: evidence.restarts,
        sessions_lost: evidence.sessions_lost,
        views_lost: evidence.views_lost,
    }
}

fn kind_evidence(evidence: wit::KindEvidence) -> KindEvidence {
    KindEvidence {
        kind: evidence.kind,
        announced: evidence.announced,
        returned: evidence.returned,
        unannounced: evidence.unannounced,
        vanished: evidence.vanished,
        quarantined: evidence.quarantined,
        excluded: evidence.excluded,
        unreadable: evidence.unreadable,
        missing_privileges: evidence.missing_privileges,
    }
}

fn object(text: &str, what: &str) -> Result<Map<String, Value>, Problem> {
    serde_json::from_str(text)
        .map_err(|error| invalid(format!("{what}: expected a JSON object: {error}")))
}

fn invalid(message: String) -> Problem {
    Problem::new(ErrorCode::PluginResponseInvalid, message)
}
