//! One run, as a state machine: it returns what to send and what to read next, and
//! never blocks.
//!
//! A run follows a plan, step by step. A step has one pending call, except for
//! retrievals: as soon as a page's token is read, the next page is requested,
//! while the rest of this page is still being read. Failures change the
//! plan; its last step always cleans up.

use std::collections::VecDeque;

use stocktake_contract::response::{Detection, Evidence};
use stocktake_contract::{ErrorCode, Problem};

use crate::collection::Collection;
use crate::config::Config;
use crate::exchange::{Call, Exchange, Outcome};
use crate::moref::OwnedMoRef;
use crate::output::{Page, Summary};
use crate::profile::Profile;
use crate::session::Session;
use crate::transport::{ExchangeId, Received, Request};
use crate::verdict::{self, Withheld};
use crate::vim::calls;
use crate::vim::listing::Listing;

use plan::Step;

mod answers;
mod faults;
mod plan;
mod steps;
mod tags;

/// The next action of the transport.
#[derive(Debug)]
pub enum Action {
    /// Begin an exchange, without waiting for its reply.
    Send(ExchangeId, Request),
    /// Pass the next part of this reply to [`Run::receive`].
    Receive(ExchangeId),
    /// This exchange is not needed any more.
    Forget(ExchangeId),
    /// Return this to the host.
    Hand(Pulled),
}

/// The result of a pull.
#[derive(Clone, Debug, PartialEq)]
pub enum Pulled {
    /// The next page.
    Page(Page),
    /// There are no more pages.
    Summary(Box<Summary>),
}

/// One run.
#[derive(Debug)]
pub struct Run {
    config: Option<Config>,
    profile: Profile,
    session: Session,
    collection: Collection,
    listing: Listing,
    plan: VecDeque<Step>,
    /// The current step, or the last one.
    step: Option<Step>,
    ended: bool,
    detection: Option<Detection>,
    evidence: Evidence,
    problems: Vec<Problem>,
    /// Logouts without a reply.
    refused_logouts: u32,
    outbox: VecDeque<Outgoing>,
    reading: Option<Exchange>,
    ahead: Option<Exchange>,
    exchanges: u32,
    relogins: u32,
    /// A further page was lost, and its retrieval restarted.
    lost_page: bool,
    /// A call was answered by a transient fault, and retried.
    repeated: bool,
    /// The view was gone before it was read, and another one created.
    lost_view: bool,
    /// Times that the host's session was found dead.
    renewals: u32,
    /// Objects of the current set that are read by id.
    asked: Vec<OwnedMoRef>,
    /// The token of the page requested last.
    continued: Option<String>,
    /// Whether the server can omit missing objects from a reply.
    tolerates_missing: bool,
    /// Further pages were refused, and objects are read by id.
    degraded: bool,
    /// Announced objects with contradictory replies.
    withheld: Vec<Withheld>,
}

#[derive(Debug)]
enum Outgoing {
    Send(ExchangeId, Request),
    Forget(ExchangeId),
    Page,
}

impl Run {
    /// Opens a run from the text of a `collector-request-v1` document. Sends
    /// nothing; a refused request is reported in the summary.
    #[must_use]
    pub fn open(request: &str) -> Self {
        Run::of(Config::from_request(request))
    }

    /// Opens a run without a host that logs in: an
    /// empty credential is refused.
    #[must_use]
    pub fn open_alone(request: &str) -> Self {
        Run::of(Config::from_request(request).and_then(Config::with_credential))
    }

    fn of(config: Result<Config, Problem>) -> Self {
        let (config, problems) = match config {
            Ok(config) => (Some(config), Vec::new()),
            Err(problem) => (None, vec![problem]),
        };
        let profile = config
            .as_ref()
            .map(Profile::from_config)
            .unwrap_or_default();
        let collection = config
            .as_ref()
            .map(|config| Collection::new(config, &profile));
        Run {
            plan: match config {
                Some(_) => VecDeque::from([Step::Connect, Step::LogIn]),
                None => VecDeque::new(),
            },
            step: None,
            ended: config.is_none(),
            profile,
            session: Session::default(),
            collection: collection.unwrap_or_default(),
            listing: Listing::default(),
            detection: None,
            evidence: Evidence::default(),
            problems,
            refused_logouts: 0,
            outbox: VecDeque::new(),
            reading: None,
            ahead: None,
            exchanges: 0,
            relogins: 0,
            lost_page: false,
            repeated: false,
            lost_view: false,
            renewals: 0,
            asked: Vec::new(),
            continued: None,
            tolerates_missing: true,
            degraded: false,
            withheld: Vec::new(),
            config,
        }
    }

    /// The next action.
    pub fn act(&mut self) -> Action {
        loop {
            if let Some(outgoing) = self.outbox.pop_front() {
                match outgoing {
                    Outgoing::Send(exchange, request) => return Action::Send(exchange, request),
                    Outgoing::Forget(exchange) => return Action::Forget(exchange),
                    Outgoing::Page => {}
                }
                if let Some(page) = self.take_page() {
                    return Action::Hand(Pulled::Page(page));
                }
                continue;
            }
            if self.collection.output.is_full()
                && let Some(page) = self.take_page()
            {
                return Action::Hand(Pulled::Page(page));
            }
            if let Some(exchange) = &self.reading {
                return Action::Receive(exchange.id);
            }
            if let Some(exchange) = self.ahead.take() {
                self.reading = Some(exchange);
                continue;
            }
            if self.ended {
                return Action::Hand(match self.take_page() {
                    Some(page) => Pulled::Page(page),
                    None => Pulled::Summary(Box::new(self.summary())),
                });
            }
            self.proceed();
        }
    }

    /// Ends the run in any state; pages not yet returned are dropped.
    pub fn close(&mut self) {
        if self.ended || self.step == Some(Step::CleanUp) {
            return;
        }
        self.fail(Problem::new(
            ErrorCode::InventoryIncomplete,
            "the run was closed before it had read everything",
        ));
    }

    fn take_page(&mut self) -> Option<Page> {
        let progress = self.collection.inventory.progress(&self.profile.kinds);
        self.collection.output.take(progress)
    }

    /// Takes the next part of a reply, after [`Action::Receive`].
    pub fn receive(&mut self, id: ExchangeId, received: Received) {
        let Some(mut exchange) = self.reading.take_if(|exchange| exchange.id == id) else {
            return;
        };
        let Some(config) = &self.config else { return };
        if let Received::Head(head) = &received {
            let is_made = exchange.call == Call::Login;
            self.session
                .keep_cookies(head, &config.endpoint.path, is_made);
        }
        let outcome = exchange.receive(
            received,
            &config.endpoint,
            &mut self.listing,
            &mut self.collection,
        );
        match outcome {
            Outcome::More => {
                self.ask_ahead(&exchange.call);
                // A dropped page is read only until its token is known.
                if self.session.token.is_some() {
                    self.outbox.push_back(Outgoing::Forget(exchange.id));
                } else {
                    self.reading = Some(exchange);
                }
            }
            Outcome::Answered(values) => {
                self.outbox.push_back(Outgoing::Forget(exchange.id));
                self.ask_ahead(&exchange.call);
                self.answered(exchange.call, &values);
            }
            Outcome::Tags(status, body) => {
                self.outbox.push_back(Outgoing::Forget(exchange.id));
                self.tags_answered(exchange.call, status, &body);
            }
            Outcome::Faulted(fault) => {
                self.outbox.push_back(Outgoing::Forget(exchange.id));
                self.faulted(exchange.call, &fault);
            }
            Outcome::Lost(problem) => {
                self.outbox.push_back(Outgoing::Forget(exchange.id));
                self.lost(&exchange.call, problem);
            }
            Outcome::Failed(problem) => {
                self.outbox.push_back(Outgoing::Forget(exchange.id));
                self.failed(&exchange.call, problem);
            }
        }
    }

    /// Requests the next page once its token is known; of a dropped
    /// page, keeps the token to cancel it.
    fn ask_ahead(&mut self, call: &Call) {
        if !matches!(call, Call::FirstPage | Call::NextPage) {
            return;
        }
        let Some(token) = self.collection.token.take() else {
            return;
        };
        if self.collection.stage.drops_pages() {
            self.session.token = Some(token);
            return;
        }
        let body = calls::continue_retrieve(self.session.collector(), &token);
        self.continued = Some(token);
        self.evidence.continue_calls += 1;
        let ahead = self.send(Call::NextPage, body);
        self.ahead = Some(ahead);
    }

    fn summary(&mut self) -> Summary {
        let kinds = &self.profile.kinds;
        self.evidence.kinds = kinds
            .iter()
            .map(|&kind| self.collection.inventory.evidence(kind))
            .collect();
        verdict::summarize(
            self.config.as_ref(),
            &self.collection,
            &self.problems,
            &self.withheld,
            &self.evidence,
            self.detection.as_ref(),
        )
    }
}

fn lacking(field: &str) -> Problem {
    Problem::new(
        ErrorCode::VcenterApiVersionUnsupported,
        format!("the server's answer has no {field}; it is too old or not a vCenter"),
    )
}
