//! What each phase sends.

use stocktake_contract::request::Mode;

use super::{Outgoing, Phase, Run, lacking};
use crate::collection::Stage;
use crate::exchange::{Call, Exchange};
use crate::moref::MoRef;
use crate::profile;
use crate::transport::ExchangeId;
use crate::vim::calls::{self, PropertySet};

impl Run {
    /// Starts what the phase consists of. Nothing is under way.
    pub(super) fn proceed(&mut self) {
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

    pub(super) fn begin_retrieval(&mut self, stage: Stage, page_size: u32) {
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

    pub(super) fn relate(&mut self, mut next: usize) {
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
    pub(super) fn clean_up(&mut self) {
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

    pub(super) fn call(&mut self, call: Call, body: String) {
        let exchange = self.send(call, body);
        self.reading = Some(exchange);
    }

    pub(super) fn send(&mut self, call: Call, body: String) -> Exchange {
        let id = ExchangeId(self.exchanges);
        self.exchanges += 1;
        if let Some(config) = &self.config {
            let request = self.session.request(config, body);
            self.outbox.push_back(Outgoing::Send(id, request));
        }
        Exchange::new(id, call)
    }
}
