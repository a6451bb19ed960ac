//! Page after page, and the proof that they are all: as many came as were announced.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize as _;

use crate::bindings::exports::stocktake::collector::inventory::{
    Evidence, GuestRun, KindCount, KindEvidence, Page, Problem, Progress, Pulled, Stats, Summary,
};
use crate::bindings::wasi::cli::stderr::get_stderr;
use crate::http;
use crate::listing::{self, Listing, Object};
use crate::request::{INCOMPLETE, PARSE, Request, problem};

pub(crate) struct Run(RefCell<State>);

#[derive(Default)]
struct State {
    request: Request,
    /// The number of the next page; none when there is no more to fetch.
    next: Option<u64>,
    pages: u32,
    announced: BTreeMap<String, u64>,
    returned: BTreeMap<String, u64>,
    hosts: BTreeSet<String>,
    relations: u64,
    errors: Vec<Problem>,
}

impl GuestRun for Run {
    fn new(request: String) -> Self {
        // A trap says nothing, so a panic tells its place; not its words, which may hold a secret.
        std::panic::set_hook(Box::new(|info| {
            let words = format!("the collector panicked at {:?}\n", info.location());
            let _ = get_stderr().blocking_write_and_flush(words.as_bytes());
        }));
        let mut state = State::default();
        match Request::of(&request) {
            Ok(request) => (state.request, state.next) = (request, Some(1)),
            Err(refusal) => state.errors.push(refusal),
        }
        Run(RefCell::new(state))
    }

    fn pull(&self) -> Pulled {
        let state = &mut *self.0.borrow_mut();
        let page = state.next.take().map(|number| state.page(number));
        match page {
            Some(Ok(page)) => return Pulled::Page(page),
            Some(Err(problem)) => state.errors.push(problem),
            None => {}
        }
        Pulled::Summary(state.summary())
    }

    fn close(&self) -> Summary {
        let state = &mut *self.0.borrow_mut();
        if state.next.take().is_some() {
            let message = "the run was closed before its last page";
            state.errors.push(problem(INCOMPLETE, message));
        }
        state.summary()
    }
}

impl State {
    fn page(&mut self, number: u64) -> Result<Page, Problem> {
        let path = format!("/inventory?page={number}");
        let body = http::get(&self.request, &path)?;
        let unread = |error| problem(PARSE, format!("{path} is no inventory: {error}"));
        let listing: Listing = serde_json::from_slice(&body).map_err(unread)?;
        if number > 1 && listing.total != self.announced {
            let message = "the inventory changed while it was read; collect again";
            return Err(problem(INCOMPLETE, message));
        }
        let (mut batch, mut relations) = (String::new(), 0);
        let mut assets = BTreeMap::<String, u64>::new();
        for raw in &listing.objects {
            let object = Object::deserialize(raw).map_err(unread)?;
            batch += &listing::asset(&object, raw);
            match object.host {
                // This source lists hosts first; where it does not, relations wait for the last page.
                Some(host) if self.hosts.contains(&host) => {
                    batch += &listing::relations(&object.id, &host);
                    relations += 2;
                }
                Some(host) => {
                    let message = format!("{} runs on {host}, which is not listed", object.id);
                    return Err(problem(INCOMPLETE, message));
                }
                None => drop(self.hosts.insert(object.id)),
            }
            *assets.entry(object.kind).or_default() += 1;
        }
        for (kind, count) in &assets {
            *self.returned.entry(kind.clone()).or_default() += count;
        }
        self.announced = listing.total;
        // A page that leads back would never end.
        self.next = listing.next.filter(|&next| next > number);
        self.relations += u64::from(relations);
        self.pages += 1;
        let counts = assets.into_iter();
        Ok(Page {
            sequence: self.pages - 1,
            assets: counts
                .map(|(kind, count)| KindCount { kind, count })
                .collect(),
            relations,
            warnings: 0,
            progress: Progress {
                done: self.returned.values().sum(),
                total: Some(self.announced.values().sum()),
            },
            batch,
        })
    }

    /// Without an error only when everything that was announced has come.
    #[rustfmt::skip]
    fn summary(&mut self) -> Summary {
        let assets = self.returned.values().sum();
        if self.errors.is_empty() && self.returned != self.announced {
            let message = "the source sent less or more than it announced; collect again";
            self.errors.push(problem(INCOMPLETE, message));
        }
        if self.errors.is_empty() && assets == 0 && !self.request.allow_empty {
            let message = "the inventory is empty; set allow_empty if that is right";
            self.errors.push(problem(INCOMPLETE, message));
        }
        let is_whole = self.errors.is_empty();
        let of = |counts: &BTreeMap<_, _>, kind| counts.get(kind).copied().unwrap_or_default();
        let kinds = ["vm", "host", "cluster"].map(|kind| KindEvidence {
            kind: kind.to_owned(),
            announced: of(&self.announced, kind),
            returned: of(&self.returned, kind),
            unannounced: 0, vanished: 0, quarantined: 0, excluded: 0, unreadable: 0,
            missing_privileges: Vec::new(),
        });
        Summary {
            stats: Stats { assets, relations: self.relations, warnings: 0, inventory_complete: is_whole },
            evidence: Evidence {
                kinds: kinds.into(),
                pages: self.pages,
                continue_calls: self.pages.saturating_sub(1),
                drained: is_whole,
                // There are no sessions and views to be left behind.
                logins: 0, logouts: 0, sessions_lost: 0,
                views_created: 0, views_destroyed: 0, views_lost: 0, restarts: 0,
            },
            detection: None,
            errors: self.errors.clone(),
        }
    }
}
