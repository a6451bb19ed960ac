//! One run, as a state machine: it says what to send and what to read on, and
//! never waits itself.
//!
//! A run goes through phases. Each has one call under way, but for the
//! retrieval: as soon as a page's token is read, the next page is asked for,
//! while the rest of this page is still being read. Whatever happens, a run
//! ends by the phase that cleans up.

use std::collections::VecDeque;

use stocktake_contract::normalized::Kind;
use stocktake_contract::request::Mode;
use stocktake_contract::response::{Detection, Evidence};
use stocktake_contract::{ErrorCode, Problem};

use crate::collection::{Collection, Stage};
use crate::config::Config;
use crate::exchange::{Call, Exchange, Outcome};
use crate::moref::MoRef;
use crate::output::{Page, Summary};
use crate::profile::{self, Profile};
use crate::refusal;
use crate::session::Session;
use crate::soap::fault::Fault;
use crate::tape::{Tape, Value};
use crate::transport::{ExchangeId, Received, Request};
use crate::unreadable::EVERY_OBJECT;
use crate::vim::calls::{self, PropertySet};
use crate::vim::listing::Listing;
use crate::vim::service::Service;
use crate::{detection, verdict};

/// What a run wants its transport to do next.
#[derive(Debug)]
pub enum Action {
    /// Begin an exchange; do not wait for its reply.
    Send(ExchangeId, Request),
    /// Tell [`Run::receive`] the next part of this reply.
    Receive(ExchangeId),
    /// Nothing more will be asked of this exchange.
    Forget(ExchangeId),
    /// Hand this to the host.
    Hand(Pulled),
}

/// What a pull answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Pulled {
    /// The next page.
    Page(Page),
    /// There are no more pages.
    Summary(Box<Summary>),
}

#[derive(Debug)]
enum Phase {
    Connect,
    Login,
    ProveSession,
    CreateView,
    Retrieve(Stage),
    Probe(VecDeque<(Kind, String)>),
    Relate(usize),
    CleanUp,
    Ended,
}

/// More missing objects than this are not asked for one by one: that many do
/// not vanish during a run.
const MAX_PROBES: usize = 1000;

/// One run.
#[derive(Debug)]
pub struct Run {
    config: Option<Config>,
    profile: Profile,
    session: Session,
    collection: Collection,
    listing: Listing,
    phase: Phase,
    detection: Option<Detection>,
    evidence: Evidence,
    problems: Vec<Problem>,
    outbox: VecDeque<Outgoing>,
    reading: Option<Exchange>,
    ahead: Option<Exchange>,
    exchanges: u32,
    relogins: u32,
}

#[derive(Debug)]
enum Outgoing {
    Send(ExchangeId, Request),
    Forget(ExchangeId),
    Page,
}

impl Run {
    /// Opens a run from the text of a `collector-request-v1` document. Nothing
    /// is sent yet; a request that is refused is told by the summary.
    #[must_use]
    pub fn open(request: &str) -> Self {
        let (config, problems) = match Config::from_request(request) {
            Ok(config) => (Some(config), Vec::new()),
            Err(problem) => (None, vec![problem]),
        };
        let mode = config
            .as_ref()
            .map_or(Mode::Healthcheck, |config| config.mode);
        Run {
            profile: Profile::of(mode),
            session: Session::default(),
            collection: config.as_ref().map(Collection::new).unwrap_or_default(),
            listing: Listing::default(),
            phase: if config.is_some() {
                Phase::Connect
            } else {
                Phase::Ended
            },
            detection: None,
            evidence: Evidence::default(),
            problems,
            outbox: VecDeque::new(),
            reading: None,
            ahead: None,
            exchanges: 0,
            relogins: 0,
            config,
        }
    }

    /// What to do next.
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
            if let Phase::Ended = self.phase {
                return Action::Hand(match self.take_page() {
                    Some(page) => Pulled::Page(page),
                    None => Pulled::Summary(Box::new(self.summary())),
                });
            }
            self.proceed();
        }
    }

    /// Winds the run up wherever it is; pages not yet handed over are dropped.
    pub fn close(&mut self) {
        if matches!(self.phase, Phase::CleanUp | Phase::Ended) {
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

    /// Starts what the phase consists of. Nothing is under way.
    fn proceed(&mut self) {
        let Some(config) = &self.config else {
            self.phase = Phase::Ended;
            return;
        };
        let session = &self.session;
        let page_size = config.page_size;
        match &mut self.phase {
            Phase::Connect => self.call(Call::ServiceContent, calls::retrieve_service_content()),
            Phase::Login => match &session.service.session_manager {
                Some(manager) => {
                    let body = calls::login(manager.as_ref(), &config.username, &config.password);
                    self.call(Call::Login, body);
                }
                None => self.fail(lacking("sessionManager")),
            },
            Phase::ProveSession => self.call(Call::CurrentTime, calls::current_time()),
            Phase::CreateView => match &session.service.view_manager {
                Some(manager) => {
                    let root = session.service.root_folder.as_ref();
                    let types = self.profile.types();
                    let body = calls::create_container_view(manager.as_ref(), root, &types);
                    self.call(Call::CreateView, body);
                }
                None => self.fail(lacking("viewManager")),
            },
            Phase::Retrieve(stage) => {
                let stage = *stage;
                self.begin_retrieval(stage, page_size);
            }
            Phase::Probe(missing) => match missing.pop_front() {
                Some((kind, id)) => {
                    let set = PropertySet {
                        type_name: profile::type_name(kind),
                        paths: vec!["name"],
                    };
                    let object = MoRef {
                        type_name: set.type_name,
                        value: &id,
                    };
                    let body = calls::retrieve_object(session.collector(), object, &set);
                    self.collection.stage = Stage::Probe;
                    self.collection.objects = 0;
                    self.call(Call::Probe(kind, id), body);
                }
                None => self.phase = Phase::Relate(0),
            },
            Phase::Relate(next) => {
                let next = *next;
                self.relate(next);
            }
            Phase::CleanUp => self.clean_up(),
            Phase::Ended => {}
        }
    }

    fn begin_retrieval(&mut self, stage: Stage, page_size: u32) {
        let sets = match (stage, &self.profile.datastores) {
            (Stage::Datastores, Some(datastores)) => std::slice::from_ref(datastores),
            _ => &self.profile.inventory,
        };
        let Some(view) = &self.session.view else {
            self.phase = Phase::CreateView;
            return;
        };
        let announce = stage == Stage::Inventory;
        let body = calls::retrieve_view(
            self.session.collector(),
            view.as_ref(),
            announce,
            sets,
            page_size,
        );
        self.listing.reset();
        self.collection.stage = stage;
        if announce {
            self.collection.inventory.begin_announcement();
        }
        self.call(Call::FirstPage, body);
    }

    fn relate(&mut self, mut next: usize) {
        let hosts_elsewhere = self
            .config
            .as_ref()
            .is_some_and(|config| config.mode == Mode::CollectVms);
        let collection = &mut self.collection;
        while next < collection.inventory.placements() && !collection.output.is_full() {
            if let Some(relation) = collection.inventory.relation(next, hosts_elsewhere) {
                collection.output.relation(relation);
            }
            next += 1;
        }
        if next < collection.inventory.placements() {
            self.phase = Phase::Relate(next);
        } else {
            for warning in collection.unreadable.warnings() {
                collection.output.warning(&warning);
            }
            self.phase = Phase::CleanUp;
        }
    }

    /// Ends on the server what this run began there, one call after the other.
    fn clean_up(&mut self) {
        let session = &mut self.session;
        if let Some(token) = session.token.take() {
            let body = calls::cancel_retrieve(session.collector(), &token);
            self.call(Call::Cancel, body);
        } else if let Some(view) = session.view.take() {
            self.call(Call::DestroyView, calls::destroy_view(view.as_ref()));
        } else if let (true, Some(manager)) = (session.logged_in, &session.service.session_manager)
        {
            let body = calls::logout(manager.as_ref());
            session.logged_in = false;
            self.call(Call::Logout, body);
        } else {
            self.phase = Phase::Ended;
        }
    }

    fn call(&mut self, call: Call, body: String) {
        let exchange = self.send(call, body);
        self.reading = Some(exchange);
    }

    fn send(&mut self, call: Call, body: String) -> Exchange {
        let id = ExchangeId(self.exchanges);
        self.exchanges += 1;
        if let Some(config) = &self.config {
            let request = self.session.request(config, body);
            self.outbox.push_back(Outgoing::Send(id, request));
        }
        Exchange::new(id, call)
    }

    /// Takes the next part of a reply that [`Action::Receive`] asked for.
    pub fn receive(&mut self, id: ExchangeId, received: Received) {
        let Some(mut exchange) = self.reading.take_if(|exchange| exchange.id == id) else {
            return;
        };
        let Some(config) = &self.config else { return };
        if let Received::Head(head) = &received
            && exchange.call == Call::Login
        {
            self.session.keep_cookie(head);
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
                // While winding up, a page is of use only until its token is known.
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
            Outcome::Faulted(fault) => {
                self.outbox.push_back(Outgoing::Forget(exchange.id));
                self.faulted(exchange.call, &fault);
            }
            Outcome::Failed(problem) => {
                self.outbox.push_back(Outgoing::Forget(exchange.id));
                self.failed(&exchange.call, problem);
            }
        }
    }

    /// Asks for the next page once its token is known; while winding up, keeps
    /// the token to cancel it.
    fn ask_ahead(&mut self, call: &Call) {
        if !matches!(call, Call::FirstPage | Call::NextPage) {
            return;
        }
        let Some(token) = self.collection.token.take() else {
            return;
        };
        if self.collection.stage == Stage::Discard {
            self.session.token = Some(token);
            return;
        }
        let body = calls::continue_retrieve(self.session.collector(), &token);
        self.evidence.continue_calls += 1;
        let ahead = self.send(Call::NextPage, body);
        self.ahead = Some(ahead);
    }

    fn answered(&mut self, call: Call, values: &Tape) {
        match call {
            Call::ServiceContent => self.connected(values),
            Call::Login => {
                self.evidence.logins += 1;
                self.session.logged_in = true;
                self.logged_in();
            }
            Call::CurrentTime => self.phase = Phase::CleanUp,
            Call::CreateView => match values.get("returnval").and_then(Value::as_reference) {
                Some(view) => {
                    self.session.view = Some(view.to_owned());
                    self.evidence.views_created += 1;
                    self.phase = Phase::Retrieve(match self.profile.datastores {
                        Some(_) => Stage::Datastores,
                        None => Stage::Inventory,
                    });
                }
                None => self.fail(lacking("returnval of CreateContainerView")),
            },
            Call::FirstPage | Call::NextPage => self.page_read(),
            Call::Probe(kind, id) => {
                if self.collection.objects > 0 {
                    self.fail_later(verdict::withheld(kind, &id));
                } else {
                    self.fail_later(verdict::hidden(kind, &id));
                }
            }
            Call::Cancel => {}
            Call::DestroyView => self.evidence.views_destroyed += 1,
            Call::Logout => self.evidence.logouts += 1,
        }
    }

    fn connected(&mut self, values: &Tape) {
        let Some(config) = &self.config else { return };
        match Service::from_reply(values) {
            Ok(service) => {
                if config.mode != Mode::Healthcheck {
                    self.detection = Some(detection::describe(&service, config.preferred));
                }
                self.session.service = service;
                self.phase = Phase::Login;
            }
            Err(field) => self.fail(lacking(field)),
        }
    }

    fn logged_in(&mut self) {
        let Some(config) = &self.config else { return };
        let mode = config.mode;
        if mode == Mode::Healthcheck {
            self.phase = Phase::ProveSession;
        } else if let Err(problem) = detection::gate(&self.session.service, config.preferred) {
            self.fail(problem);
        } else if mode.collects() {
            self.phase = Phase::CreateView;
        } else {
            self.phase = Phase::CleanUp;
        }
    }

    fn page_read(&mut self) {
        if self.collection.session_lost {
            self.collection.session_lost = false;
            self.lose_session("RetrievePropertiesEx");
            return;
        }
        self.evidence.pages += 1;
        self.outbox.push_back(Outgoing::Page);
        if self.ahead.is_some() {
            return;
        }
        match self.collection.stage {
            Stage::Datastores => self.phase = Phase::Retrieve(Stage::Inventory),
            Stage::Inventory => {
                self.evidence.drained = true;
                self.check_announcement();
            }
            Stage::Probe | Stage::Discard => {}
        }
    }

    /// Every page was read: asks for each object that was announced and did not come.
    fn check_announcement(&mut self) {
        let inventory = &self.collection.inventory;
        if !inventory.has_announcement() {
            self.fail_later(verdict::no_announcement());
            return;
        }
        let missing = inventory.unaccounted(&self.profile.kinds);
        if missing.len() > MAX_PROBES {
            self.fail_later(verdict::short_list(&missing));
            return;
        }
        self.phase = Phase::Probe(missing.into());
    }

    fn faulted(&mut self, call: Call, fault: &Fault) {
        match call {
            Call::Cancel | Call::DestroyView | Call::Logout => {}
            Call::Probe(kind, id) if fault.name == "ManagedObjectNotFound" => {
                self.collection.inventory.vanish(kind, &id);
                self.collection
                    .output
                    .warning(&verdict::vanished(kind, &id));
            }
            _ if self.collection.stage == Stage::Discard => {}
            Call::FirstPage | Call::NextPage | Call::Probe(..) | Call::CreateView
                if fault.lost_session() =>
            {
                self.lose_session(call.method());
            }
            Call::FirstPage if fault.name == "InvalidProperty" && self.drop_property(fault) => {
                self.evidence.restarts += 1;
            }
            _ => self.fail(refusal::of_fault(fault, call.method(), self.username())),
        }
    }

    fn username(&self) -> &str {
        self.config.as_ref().map_or("", |config| &config.username)
    }

    fn failed(&mut self, call: &Call, problem: Problem) {
        match call {
            // Nothing can be mended while winding up; the evidence shows what is left.
            Call::Cancel | Call::DestroyView | Call::Logout => {}
            _ if self.collection.stage == Stage::Discard => {}
            _ => self.fail(problem),
        }
    }

    /// Stops asking for a property that this server's version does not know.
    fn drop_property(&mut self, fault: &Fault) -> bool {
        let Some(path) = fault.property.as_deref() else {
            return false;
        };
        let dropped = self.profile.drop_property(path);
        if dropped {
            self.collection.unreadable.add(EVERY_OBJECT, path, fault);
        }
        dropped
    }

    /// One new login and one restart; what was emitted before stays emitted.
    fn lose_session(&mut self, method: &str) {
        let had_view = self.session.view.is_some();
        self.evidence.sessions_lost += u32::from(self.session.logged_in);
        self.evidence.views_lost += u32::from(had_view);
        self.session.lose();
        self.collection.token = None;
        if let Some(ahead) = self.ahead.take() {
            self.outbox.push_back(Outgoing::Forget(ahead.id));
        }
        if self.relogins == 0 {
            self.relogins += 1;
            self.evidence.restarts += 1;
            self.phase = Phase::Login;
            return;
        }
        let fault = Fault {
            name: "NotAuthenticated".to_owned(),
            ..Fault::default()
        };
        self.fail(refusal::of_fault(&fault, method, ""));
    }

    /// The list cannot be called whole; what was read is still handed over.
    fn fail_later(&mut self, problem: Problem) {
        self.problems.push(problem);
        self.phase = Phase::Relate(0);
    }

    /// Stops reading, hands over what was read and cleans up.
    fn fail(&mut self, problem: Problem) {
        self.problems.push(problem);
        self.wind_up();
        self.phase = Phase::Relate(0);
    }

    /// A page under way is read on for its token only, so that it can be cancelled.
    fn wind_up(&mut self) {
        self.collection.stage = Stage::Discard;
        self.collection.token = None;
        if let Some(ahead) = self.ahead.take() {
            self.listing.reset();
            if let Some(exchange) = self.reading.replace(ahead) {
                self.outbox.push_back(Outgoing::Forget(exchange.id));
            }
        }
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
