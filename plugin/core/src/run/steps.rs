//! The call of each step.

use stocktake_contract::normalized::Kind;
use stocktake_contract::request::{Mode, PAGE_SIZE_MOST};
use stocktake_contract::vsphere;

use super::plan::{self, Again, Fetch, Step};
use super::{Outgoing, Run, lacking};
use crate::collection::Stage;
use crate::config::{Config, Credential};
use crate::exchange::{Call, Exchange};
use crate::inventory::{Bookmark, Difference};
use crate::inventory_tree::{self, InventoryTree};
use crate::moref::OwnedMoRef;
use crate::transport::ExchangeId;
use crate::types;
use crate::verdict;
use crate::vim::calls::{self, Options, PropertySet};

/// More missing objects than this are not requested one by one: that many do
/// not vanish during a run.
const MAX_PROBES: usize = 1000;

impl Run {
    /// Begins the next step. No call is pending.
    pub(super) fn proceed(&mut self) {
        let (Some(config), Some(step)) = (&self.config, self.plan.pop_front()) else {
            self.ended = true;
            return;
        };
        let session = &self.session;
        self.step = Some(step.clone());
        match step {
            Step::Connect => self.call(Call::ServiceContent, calls::retrieve_service_content()),
            Step::LogIn => match (&config.credential, &session.service.session_manager) {
                (None, _) => self.call(Call::Session, calls::current_time()),
                (Some(credential), Some(manager)) => {
                    let Credential { username, password } = credential;
                    let body = calls::login(manager.as_ref(), username, password);
                    self.call(Call::Login, body);
                }
                (Some(_), None) => self.fail(lacking("sessionManager")),
            },
            Step::ProveSession => self.call(Call::CurrentTime, calls::current_time()),
            Step::ReadRoot => {
                let root = session.service.root_folder.clone();
                let set = PropertySet::from(vsphere::ROOT);
                self.retrieve_objects(Call::FirstPage, Stage::Root, vec![root], &[set]);
            }
            Step::OpenView(container, types) => match &session.service.view_manager {
                Some(manager) => {
                    let container = container.as_ref().unwrap_or(&session.service.root_folder);
                    let body =
                        calls::create_container_view(manager.as_ref(), container.as_ref(), &types);
                    self.call(Call::CreateView, body);
                }
                None => self.fail(lacking("viewManager")),
            },
            Step::ReadAttributes => {
                if let Some(manager) = session.service.custom_fields_manager.clone() {
                    let set = PropertySet::from(vsphere::ATTRIBUTES);
                    self.retrieve_objects(
                        Call::FirstPage,
                        Stage::Attributes,
                        vec![manager],
                        &[set],
                    );
                }
            }
            Step::ReadTags => self.read_tags(),
            Step::Retrieve(stage) => self.retrieve(stage),
            Step::Announce(Stage::Tags) if !self.has_tags() => {}
            Step::Announce(stage) => self.announce(stage),
            Step::Fetch(fetch) => self.fetch(fetch),
            Step::ListAgain(_) => self.announce(Stage::ListAgain),
            Step::Cancel => self.cancel(),
            Step::CloseView => {
                if let Some(view) = self.session.view.take() {
                    self.call(Call::DestroyView, calls::destroy_view(view.as_ref()));
                }
            }
            Step::ChooseRoots => self.choose_roots(),
            Step::Account => self.account(),
            Step::Probe(kind, object) => {
                let set = PropertySet {
                    type_name: types::name(types::ObjectType::plain(kind)),
                    paths: vec!["name"],
                };
                let call = Call::Probe(kind, object.value.clone());
                self.retrieve_objects(call, Stage::Probe, vec![object], &[set]);
            }
            Step::Relate(bookmark) => self.relate(bookmark),
            Step::CleanUp => self.clean_up(),
        }
    }

    fn options(&self) -> Options {
        Options {
            page_size: self.config.as_ref().map_or(1, |config| config.page_size),
            tolerate_missing: self.tolerates_missing,
        }
    }

    fn sets(&self, stage: Stage) -> Vec<PropertySet> {
        match stage {
            Stage::InventoryTree => inventory_tree::property_sets(self.wants_uses()),
            Stage::Datastores => self.profile.datastores.iter().cloned().collect(),
            Stage::Places => self.profile.places.clone(),
            _ => self.profile.inventory.clone(),
        }
    }

    /// Whether datastores or networks are emitted, which compute resources use.
    fn wants_uses(&self) -> bool {
        self.profile.kinds.iter().any(|kind| kind.is_extended())
    }

    fn begin(&mut self, stage: Stage) {
        self.listing.reset();
        let collection = &mut self.collection;
        collection.stage = stage;
        collection.objects = 0;
        collection.announced = false;
        collection.listed = 0;
        collection.taken = 0;
        match stage {
            Stage::InventoryTree => collection.tree = InventoryTree::default(),
            Stage::ListAgain => collection.inventory.begin_list_again(),
            _ => {}
        }
    }

    fn retrieve(&mut self, stage: Stage) {
        let Some(view) = &self.session.view else {
            return self.fail(lacking("container view"));
        };
        let mut options = self.options();
        if stage == Stage::Places {
            options.page_size = PAGE_SIZE_MOST;
        }
        let body = calls::retrieve_view(
            self.session.collector(),
            view.as_ref(),
            matches!(stage, Stage::Inventory | Stage::InventoryTree),
            &self.sets(stage),
            options,
        );
        self.begin(stage);
        if stage == Stage::Inventory {
            self.collection.inventory.begin_list();
        }
        self.call(Call::FirstPage, body);
    }

    fn announce(&mut self, stage: Stage) {
        let Some(view) = &self.session.view else {
            return self.fail(lacking("container view"));
        };
        let collector = self.session.collector();
        let body = calls::retrieve_announcement(collector, view.as_ref(), self.options());
        self.begin(stage);
        if stage == Stage::Inventory {
            self.collection.inventory.begin_list();
        }
        self.call(Call::FirstPage, body);
    }

    fn fetch(&mut self, mut fetch: Fetch) {
        let size = fetch.size as usize;
        let objects = match fetch.stage {
            Stage::Datastores => {
                let datastores = &mut self.collection.datastores;
                let unread = std::iter::from_fn(|| datastores.next_unread());
                let reference = |value| OwnedMoRef {
                    type_name: "Datastore".to_owned(),
                    value,
                };
                unread.take(size).map(reference).collect()
            }
            Stage::Places => {
                let places = &mut self.collection.places;
                std::iter::from_fn(|| places.next_unread())
                    .take(size)
                    .collect()
            }
            _ => self.collection.inventory.next_unaccounted(
                &self.profile.kinds,
                fetch.by_name,
                &mut fetch.cursor,
                size,
            ),
        };
        if objects.is_empty() {
            return;
        }
        self.step = Some(Step::Fetch(fetch));
        let mut sets = self.sets(fetch.stage);
        // A set without a matching object would only be searched.
        let kinds: Vec<_> = objects
            .iter()
            .filter_map(|object| types::of(&object.type_name))
            .collect();
        let has_places = fetch.stage == Stage::Places;
        sets.retain(|set| {
            has_places
                || types::of(set.type_name)
                    .is_some_and(|of| kinds.iter().any(|kind| kind.kind == of.kind))
        });
        self.retrieve_objects(Call::FirstPage, fetch.stage, objects, &sets);
    }

    /// A call for one deleted object fails; of several only the existing ones are returned.
    fn retrieve_objects(
        &mut self,
        call: Call,
        stage: Stage,
        objects: Vec<OwnedMoRef>,
        sets: &[PropertySet],
    ) {
        let options = Options {
            tolerate_missing: self.tolerates_missing && objects.len() > 1,
            ..self.options()
        };
        let body = calls::retrieve_objects(
            self.session.collector(),
            objects.iter().map(OwnedMoRef::as_ref),
            sets,
            options,
        );
        self.begin(stage);
        self.asked = objects;
        self.call(call, body);
    }

    fn choose_roots(&mut self) {
        let Some(config) = &self.config else { return };
        let collection = &mut self.collection;
        if let Some(id) = collection.tree.contradiction() {
            let problem = verdict::torn_tree(id);
            return self.fail(problem);
        }
        let roots = match config.scope.roots(&collection.tree) {
            Ok(roots) => roots,
            Err(problem) => return self.fail(problem),
        };
        // A view does not contain its container, nor what a compute resource only uses.
        for node in collection.tree.below(&roots) {
            let container = roots.contains(&node.reference).then_some(&node.reference);
            for object in container.into_iter().chain(&node.uses) {
                if let Some(object_type) = types::of(&object.type_name) {
                    collection
                        .inventory
                        .announce_by_name(object_type, &object.value);
                }
            }
        }
        self.plan = plan::below_roots(config, &self.profile, roots);
    }

    /// Every page is read: requests each object that was announced and not returned.
    fn account(&mut self) {
        self.evidence.drained = true;
        let root = &mut self.collection.root;
        let asks = self.config.as_ref().is_some_and(Config::asks_for_root);
        if asks && !root.is_read && !root.is_told {
            let fault = root.fault.take().unwrap_or_default();
            self.root_is_unreadable(fault);
        }
        let inventory = &self.collection.inventory;
        let unlisted: Vec<_> = inventory.unlisted(&self.profile.kinds).collect();
        self.problems.extend(verdict::unlisted(&unlisted));
        let missing: Vec<_> = self
            .collection
            .inventory
            .unaccounted(&self.profile.kinds)
            .collect();
        if missing.len() > MAX_PROBES {
            self.problems.push(verdict::short_list(&missing));
            return;
        }
        self.probe(missing);
    }

    fn probe(&mut self, objects: Vec<(Kind, OwnedMoRef)>) {
        for (kind, object) in objects.into_iter().rev() {
            self.plan.push_front(Step::Probe(kind, object));
        }
    }

    /// The list was read again. Returned objects that it does not name must be deleted; new objects
    /// are read when objects are read by id, and otherwise unaccounted for.
    pub(super) fn listed_again(&mut self, again: Again) {
        let inventory = &mut self.collection.inventory;
        let Difference { new, forgotten } = inventory.end_list_again(&self.profile.kinds);
        if let (Some(size), false) = (again.set_size, new.is_empty()) {
            if again.rounds == 0 {
                // They were created meanwhile, not withheld by pages.
                if let Some(problem) = verdict::unsettled_list(&new) {
                    self.fail(problem);
                }
                return;
            }
            let rounds = again.rounds - 1;
            self.plan
                .push_front(Step::ListAgain(Again { rounds, ..again }));
            let fetch = Fetch::new(Stage::Inventory, size);
            self.plan.push_front(Step::Fetch(fetch));
        }
        if forgotten.len() > MAX_PROBES {
            self.problems.extend(verdict::forgetful_list(&forgotten));
        } else {
            self.probe(forgotten);
        }
    }

    fn relate(&mut self, mut bookmark: Bookmark) {
        let hosts_elsewhere = self
            .config
            .as_ref()
            .is_some_and(|config| config.mode == Mode::CollectVms);
        let collection = &mut self.collection;
        while !collection.output.is_full() {
            let Some(placement) = collection.inventory.placements().next(&mut bookmark) else {
                return collection.conclude();
            };
            collection.relate(placement, hosts_elsewhere);
        }
        self.plan.push_front(Step::Relate(bookmark));
    }

    fn cancel(&mut self) {
        if let Some(token) = self.session.token.take() {
            let body = calls::cancel_retrieve(self.session.collector(), &token);
            self.call(Call::Cancel, body);
        }
    }

    /// Cleans up on the server, one call after the other.
    fn clean_up(&mut self) {
        let session = &mut self.session;
        if session.token.is_some() {
            self.cancel();
        } else if let Some(view) = session.view.take() {
            self.call(Call::DestroyView, calls::destroy_view(view.as_ref()));
        } else if let (true, Some(manager)) = (session.logged_in, &session.service.session_manager)
        {
            let body = calls::logout(manager.as_ref());
            session.logged_in = false;
            self.call(Call::Logout, body);
        } else {
            // The host ends its session after this run.
            if self
                .config
                .as_ref()
                .is_some_and(|config| config.credential.is_none())
            {
                self.views_gone();
            }
            self.ended = true;
            return;
        }
        self.plan.push_front(Step::CleanUp);
    }

    pub(super) fn call(&mut self, call: Call, body: String) {
        let exchange = self.send(call, body);
        self.reading = Some(exchange);
    }

    pub(super) fn send(&mut self, call: Call, body: String) -> Exchange {
        let id = ExchangeId(self.exchanges);
        self.exchanges += 1;
        if let Some(config) = &self.config {
            let request = match &call {
                Call::Tags(call) => self.session.automation_request(config, call),
                _ => self.session.request(config, body),
            };
            self.outbox.push_back(Outgoing::Send(id, request));
        }
        Exchange::new(id, call)
    }
}
