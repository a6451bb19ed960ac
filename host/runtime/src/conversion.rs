//! From the generated types of the WIT package to those of this crate.

use serde_json::{Map, Value};
use stocktake_contract::response::{CountedBy, Detection, Evidence, KindEvidence};
use stocktake_contract::{Category, ErrorCode, Problem};

use crate::bindings::exports::stocktake::collector::inventory as wit;
use crate::page::{Page, Progress, Stats, Summary};
use crate::quote::printable;
use crate::redaction::Redaction;

/// Characters of a message.
const MESSAGE: usize = 4096;
/// Characters of a code, a kind, a version, a privilege.
const NAME: usize = 200;
/// Bytes of a JSON object in a summary.
const OBJECT: usize = 64 * 1024;
/// Errors of a summary.
const ERRORS: usize = 100;
/// Kinds that a summary gives evidence of; the contract has seven.
const KINDS: usize = 20;
/// Missing privileges of a kind.
const PRIVILEGES: usize = 1000;

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

/// A guest's texts, fit for messages: without the password and control characters, and bounded.
struct Texts<'r> {
    redaction: &'r Redaction,
    misfits: Vec<Problem>,
}

/// The summary as far as it can be understood, and what cannot.
pub(crate) fn summary(summary: wit::Summary, redaction: &Redaction) -> (Summary, Vec<Problem>) {
    let mut texts = Texts {
        redaction,
        misfits: Vec::new(),
    };
    let errors = texts.first(ERRORS, summary.errors, "errors");
    let errors = errors.into_iter().filter_map(|error| texts.problem(error));
    let summary = Summary {
        errors: errors.collect(),
        stats: Stats {
            assets: summary.stats.assets,
            relations: summary.stats.relations,
            warnings: summary.stats.warnings,
            inventory_complete: summary.stats.inventory_complete,
        },
        evidence: texts.evidence(summary.evidence),
        detection: summary
            .detection
            .and_then(|detection| texts.detection(&detection)),
    };
    (summary, texts.misfits)
}

impl Texts<'_> {
    fn clean(&self, text: &str, limit: usize) -> String {
        // What lies far beyond the limit need not be searched.
        let mut text: String = text.chars().take(16 * limit).collect();
        self.redaction.clean(&mut text);
        printable(&text, limit)
    }

    fn problem(&mut self, error: wit::Problem) -> Option<Problem> {
        let message = self.clean(&error.message, MESSAGE);
        let Ok(code) = error.code.parse::<ErrorCode>() else {
            let code = self.clean(&error.code, NAME);
            self.misfit(format!(
                "the collector reported the code {code}, which is not one of the contract: {message}"
            ));
            return None;
        };
        if message.is_empty() {
            self.misfit(format!("the collector reported {code} without a message"));
            return None;
        }
        let redacted_context = error
            .redacted_context
            .and_then(|text| self.object(&text, "the redacted-context of an error"));
        Some(Problem {
            code,
            category: category(error.category),
            message,
            retryable: error.retryable,
            redacted_context,
        })
    }

    fn detection(&mut self, detection: &wit::Detection) -> Option<Detection> {
        let capabilities =
            self.object(&detection.capabilities, "the capabilities of the detection")?;
        let is_plain = |value: &Value| value.is_boolean() || value.is_string();
        if let Some((name, _)) = capabilities.iter().find(|(_, value)| !is_plain(value)) {
            let name = printable(name, NAME);
            self.misfit(format!(
                "the capability {name} is neither a flag nor a text"
            ));
            return None;
        }
        let [target_version, driver, recommended_preferred_version] = [
            &detection.target_version,
            &detection.driver,
            &detection.recommended_preferred_version,
        ]
        .map(|text| self.clean(text, NAME));
        if [&target_version, &driver, &recommended_preferred_version]
            .iter()
            .any(|text| text.is_empty())
        {
            self.misfit("the detection lacks version, driver or recommendation".to_owned());
            return None;
        }
        Some(Detection {
            target_version,
            capabilities,
            driver,
            recommended_preferred_version,
        })
    }

    fn evidence(&mut self, evidence: wit::Evidence) -> Evidence {
        let kinds = self.first(KINDS, evidence.kinds, "kinds of evidence");
        Evidence {
            counted_by: CountedBy::Collector,
            kinds: kinds
                .into_iter()
                .map(|kind| self.kind_evidence(kind))
                .collect(),
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
            scope: None,
            spot_checked: 0,
        }
    }

    fn kind_evidence(&mut self, evidence: wit::KindEvidence) -> KindEvidence {
        let privileges = self.first(
            PRIVILEGES,
            evidence.missing_privileges,
            "missing privileges",
        );
        KindEvidence {
            kind: self.clean(&evidence.kind, NAME),
            announced: evidence.announced,
            returned: evidence.returned,
            unannounced: evidence.unannounced,
            vanished: evidence.vanished,
            quarantined: evidence.quarantined,
            excluded: evidence.excluded,
            unreadable: evidence.unreadable,
            missing_privileges: privileges
                .iter()
                .map(|privilege| self.clean(privilege, NAME))
                .collect(),
        }
    }

    fn object(&mut self, text: &str, what: &str) -> Option<Map<String, Value>> {
        if text.len() > OBJECT {
            let length = text.len();
            self.misfit(format!(
                "{what} is {length} bytes long, {OBJECT} are allowed"
            ));
            return None;
        }
        match serde_json::from_str(text) {
            Ok(mut value @ Value::Object(_)) => {
                self.redaction.clean_value(&mut value);
                match value {
                    Value::Object(members) => Some(members),
                    _ => None,
                }
            }
            Ok(_) => {
                self.misfit(format!("{what}: expected a JSON object"));
                None
            }
            Err(error) => {
                self.misfit(format!("{what}: expected a JSON object: {error}"));
                None
            }
        }
    }

    /// The first of a list; a list that is longer is a misfit.
    fn first<T>(&mut self, most: usize, mut list: Vec<T>, what: &str) -> Vec<T> {
        if list.len() > most {
            let length = list.len();
            self.misfit(format!(
                "the collector reported {length} {what}; the first {most} are kept"
            ));
            list.truncate(most);
        }
        list
    }

    fn misfit(&mut self, message: String) {
        let misfit = Problem::new(ErrorCode::PluginResponseInvalid, message);
        self.misfits.push(misfit);
    }
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
