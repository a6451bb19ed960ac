//! The pages of a source, and the proof that they are complete: as many objects were returned as announced.

use std::collections::BTreeSet;

use stocktake_contract::normalized::Kind;
use stocktake_contract::request::Mode;
use stocktake_contract::{Category, ErrorCode, Problem};

use crate::bindings::exports::stocktake::collector::inventory as wit;
use crate::page::Page;
use crate::request::Request;
use crate::source::{Counts, Source};

#[cfg(test)]
pub(crate) mod fake;
#[cfg(test)]
mod tests;

pub(crate) struct Run<S> {
    /// `None` when the run has ended.
    source: Option<S>,
    /// `None` when the request is refused.
    mode: Option<Mode>,
    allow_empty: bool,
    pages: u32,
    announced: Counts,
    returned: Counts,
    relations: u64,
    warnings: u64,
    /// The source has no more pages.
    is_drained: bool,
    errors: Vec<Problem>,
}

impl<S: Source> Run<S> {
    /// A refused request is reported in the summary.
    pub(crate) fn open(request: &str) -> Self {
        let mut run = Run {
            source: None,
            mode: None,
            allow_empty: false,
            pages: 0,
            announced: Counts::new(),
            returned: Counts::new(),
            relations: 0,
            warnings: 0,
            is_drained: false,
            errors: Vec::new(),
        };
        let opened = Request::read::<S>(request).and_then(|request| {
            run.mode = Some(request.mode);
            run.allow_empty = request.allow_empty;
            S::open(request)
        });
        match opened {
            Ok(source) => run.source = Some(source),
            Err(problem) => run.errors.push(problem),
        }
        run
    }

    /// The next page; `None` when only the summary is left.
    pub(crate) fn pull(&mut self) -> Option<wit::Page> {
        let mut source = self.source.take()?;
        match self.advance(&mut source) {
            Ok(Some(page)) => {
                self.source = Some(source);
                return Some(self.count(page));
            }
            Ok(None) => {
                self.is_drained = true;
                self.errors.extend(self.shortcoming());
            }
            Err(problem) => self.errors.push(problem),
        }
        source.close();
        None
    }

    /// Ends the run in any state.
    pub(crate) fn close(&mut self) {
        if let Some(mut source) = self.source.take() {
            let message = "the run was closed before its last page; collect again";
            self.errors.push(incomplete(message.to_owned()));
            source.close();
        }
    }

    fn advance(&mut self, source: &mut S) -> Result<Option<Page>, Problem> {
        let page = source.page()?;
        let announced = source.announced();
        for (kind, before) in &self.announced {
            let now = announced.get(kind).copied().unwrap_or_default();
            if now != *before {
                let kind = kind.as_str();
                return Err(incomplete(format!(
                    "the inventory changed while it was read, from {before} of kind {kind} to {now}; collect again"
                )));
            }
        }
        self.announced.clone_from(announced);
        Ok(page)
    }

    fn count(&mut self, page: Page) -> wit::Page {
        for (kind, count) in &page.assets {
            *self.returned.entry(*kind).or_default() += count;
        }
        self.relations += u64::from(page.relations);
        self.warnings += u64::from(page.warnings);
        self.pages += 1;
        let assets = page.assets.into_iter().map(|(kind, count)| wit::KindCount {
            kind: kind.as_str().to_owned(),
            count,
        });
        wit::Page {
            sequence: self.pages - 1,
            assets: assets.collect(),
            relations: page.relations,
            warnings: page.warnings,
            progress: wit::Progress {
                done: sum(&self.returned),
                total: Some(sum(&self.announced)),
            },
            batch: page.batch,
        }
    }

    fn collects(&self) -> bool {
        self.mode.is_some_and(Mode::collects)
    }

    /// Why the returned objects are not the complete inventory.
    fn shortcoming(&self) -> Option<Problem> {
        if !self.collects() {
            return None;
        }
        for kind in self.kinds() {
            let (announced, returned) = (of(&self.announced, kind), of(&self.returned, kind));
            if announced != returned {
                let kind = kind.as_str();
                return Some(incomplete(format!(
                    "the source announced {announced} of kind {kind} and sent {returned}; collect again"
                )));
            }
        }
        let is_empty = sum(&self.returned) == 0 && !self.allow_empty;
        is_empty.then(|| {
            let message = "the inventory is empty; set source.config.allow_empty if that is right";
            incomplete(message.to_owned())
        })
    }

    /// The kinds of the mode, and all others that were announced or returned.
    fn kinds(&self) -> BTreeSet<Kind> {
        let mode = |is_covered: fn(Mode) -> bool| self.mode.is_some_and(is_covered);
        let vms = mode(Mode::collects_vms).then_some(Kind::Vm);
        let hosts = mode(Mode::collects_hosts).then_some([Kind::Host, Kind::Cluster]);
        let counted = self.announced.keys().chain(self.returned.keys()).copied();
        vms.into_iter()
            .chain(hosts.into_iter().flatten())
            .chain(counted)
            .collect()
    }

    /// Without an error only if everything announced has been returned.
    pub(crate) fn summary(&self) -> wit::Summary {
        let kinds = self.kinds().into_iter().map(|kind| wit::KindEvidence {
            kind: kind.as_str().to_owned(),
            announced: of(&self.announced, kind),
            returned: of(&self.returned, kind),
            unannounced: 0,
            vanished: 0,
            quarantined: 0,
            excluded: 0,
            unreadable: 0,
            missing_privileges: Vec::new(),
        });
        wit::Summary {
            stats: wit::Stats {
                assets: sum(&self.returned),
                relations: self.relations,
                warnings: self.warnings,
                inventory_complete: self.collects() && self.is_drained && self.errors.is_empty(),
            },
            evidence: wit::Evidence {
                kinds: kinds.collect(),
                pages: self.pages,
                continue_calls: self.pages.saturating_sub(1),
                drained: self.is_drained,
                // Only vCenters have sessions and views.
                logins: 0,
                logouts: 0,
                sessions_lost: 0,
                views_created: 0,
                views_destroyed: 0,
                views_lost: 0,
                restarts: 0,
            },
            detection: None,
            errors: self.errors.iter().cloned().map(exported).collect(),
        }
    }
}

fn incomplete(message: String) -> Problem {
    Problem::new(ErrorCode::InventoryIncomplete, message)
}

fn of(counts: &Counts, kind: Kind) -> u64 {
    counts.get(&kind).copied().unwrap_or_default()
}

/// Counts come from a server and may be any number.
fn sum(counts: &Counts) -> u64 {
    counts
        .values()
        .fold(0, |sum, count| sum.saturating_add(*count))
}

fn exported(problem: Problem) -> wit::Problem {
    wit::Problem {
        code: problem.code.as_str().to_owned(),
        category: match problem.category {
            Category::Auth => wit::Category::Auth,
            Category::Permission => wit::Category::Permission,
            Category::Network => wit::Category::Network,
            Category::RateLimit => wit::Category::RateLimit,
            Category::Parse => wit::Category::Parse,
            Category::Schema => wit::Category::Schema,
            Category::Config => wit::Category::Config,
            Category::Unknown => wit::Category::Unknown,
        },
        message: problem.message,
        retryable: problem.retryable,
        redacted_context: problem
            .redacted_context
            .map(|context| serde_json::Value::Object(context).to_string()),
    }
}
