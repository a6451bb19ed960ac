//! The exported interface over the core's types.

use std::cell::RefCell;

use stocktake_contract::request::{
    Mode, PAGE_SIZE_DEFAULT, PAGE_SIZE_LEAST, PAGE_SIZE_MOST, SCHEMA_VERSION as REQUEST,
};
use stocktake_contract::{Category as CoreCategory, Problem as CoreProblem, normalized, response};
use stocktake_vcenter::output;
use stocktake_vcenter::run::{Pulled as CorePulled, Run as Core};
use stocktake_vcenter::transport::drive;

use crate::bindings::exports::stocktake::collector::inventory::{
    Category, Description, Detection, Evidence, Guest, GuestRun, KindCount, KindEvidence, Page,
    PageSizeLimits, Problem, Progress, Pulled, Stats, Summary,
};
use crate::{Component, Wire};

/// A run and its open exchanges.
pub(crate) struct Run(RefCell<(Core, Wire)>);

impl Guest for Component {
    type Run = Run;

    fn describe() -> Description {
        Description {
            name: "vcenter".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            source_types: vec!["vcenter".to_owned()],
            modes: Mode::ALL.map(|mode| mode.as_str().to_owned()).into(),
            contracts: [REQUEST, response::SCHEMA_VERSION, normalized::VERSION]
                .map(str::to_owned)
                .into(),
            page_size: PageSizeLimits {
                least: PAGE_SIZE_LEAST,
                most: PAGE_SIZE_MOST,
                default: PAGE_SIZE_DEFAULT,
            },
        }
    }
}

impl GuestRun for Run {
    fn new(request: String) -> Self {
        crate::panic::report();
        Run(RefCell::new((Core::open(&request), Wire::default())))
    }

    fn pull(&self) -> Pulled {
        let (run, wire) = &mut *self.0.borrow_mut();
        match drive(run, wire) {
            CorePulled::Page(handed) => Pulled::Page(page(handed)),
            CorePulled::Summary(handed) => Pulled::Summary(summary(*handed)),
        }
    }

    fn close(&self) -> Summary {
        let (run, wire) = &mut *self.0.borrow_mut();
        run.close();
        loop {
            if let CorePulled::Summary(handed) = drive(run, wire) {
                return summary(*handed);
            }
        }
    }
}

fn page(page: output::Page) -> Page {
    Page {
        sequence: page.sequence,
        assets: page
            .assets
            .into_iter()
            .map(|(kind, count)| KindCount {
                kind: kind.to_owned(),
                count,
            })
            .collect(),
        relations: page.relations,
        warnings: page.warnings,
        progress: Progress {
            done: page.done,
            total: page.total,
        },
        batch: page.batch,
    }
}

fn summary(summary: output::Summary) -> Summary {
    Summary {
        stats: Stats {
            assets: summary.totals.assets,
            relations: summary.totals.relations,
            warnings: summary.totals.warnings,
            inventory_complete: summary.inventory_complete,
        },
        evidence: evidence(summary.evidence),
        detection: summary.detection.map(detection),
        errors: summary.errors.into_iter().map(problem).collect(),
    }
}

fn evidence(evidence: response::Evidence) -> Evidence {
    Evidence {
        kinds: evidence
            .kinds
            .into_iter()
            .map(|counts| KindEvidence {
                kind: counts.kind,
                announced: counts.announced,
                returned: counts.returned,
                unannounced: counts.unannounced,
                vanished: counts.vanished,
                quarantined: counts.quarantined,
                excluded: counts.excluded,
                unreadable: counts.unreadable,
                missing_privileges: counts.missing_privileges,
            })
            .collect(),
        pages: evidence.pages,
        continue_calls: evidence.continue_calls,
        drained: evidence.drained,
        logins: evidence.logins,
        logouts: evidence.logouts,
        sessions_lost: evidence.sessions_lost,
        views_created: evidence.views_created,
        views_destroyed: evidence.views_destroyed,
        views_lost: evidence.views_lost,
        restarts: evidence.restarts,
    }
}

fn detection(detection: response::Detection) -> Detection {
    Detection {
        target_version: detection.target_version,
        capabilities: serde_json::Value::Object(detection.capabilities).to_string(),
        driver: detection.driver,
        recommended_preferred_version: detection.recommended_preferred_version,
    }
}

fn problem(problem: CoreProblem) -> Problem {
    Problem {
        code: problem.code.as_str().to_owned(),
        category: match problem.category {
            CoreCategory::Auth => Category::Auth,
            CoreCategory::Permission => Category::Permission,
            CoreCategory::Network => Category::Network,
            CoreCategory::RateLimit => Category::RateLimit,
            CoreCategory::Parse => Category::Parse,
            CoreCategory::Schema => Category::Schema,
            CoreCategory::Config => Category::Config,
            CoreCategory::Unknown => Category::Unknown,
        },
        message: problem.message,
        retryable: problem.retryable,
        redacted_context: problem
            .redacted_context
            .map(|context| serde_json::Value::Object(context).to_string()),
    }
}
