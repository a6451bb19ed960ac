//! What each answer leads to.

use stocktake_contract::Problem;
use stocktake_contract::request::Mode;

use super::{Outgoing, Phase, Run, lacking};
use crate::collection::Stage;
use crate::exchange::Call;
use crate::soap::fault::Fault;
use crate::tape::{Tape, Value};
use crate::unreadable::EVERY_OBJECT;
use crate::vim::service::Service;
use crate::{detection, refusal, verdict};

/// More missing objects than this are not asked for one by one: that many do
/// not vanish during a run.
const MAX_PROBES: usize = 1000;

impl Run {
    pub(super) fn answered(&mut self, call: Call, values: &Tape) {
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

    pub(super) fn connected(&mut self, values: &Tape) {
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

    pub(super) fn logged_in(&mut self) {
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

    pub(super) fn page_read(&mut self) {
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
    pub(super) fn check_announcement(&mut self) {
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

    pub(super) fn faulted(&mut self, call: Call, fault: &Fault) {
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

    pub(super) fn username(&self) -> &str {
        self.config.as_ref().map_or("", |config| &config.username)
    }

    pub(super) fn failed(&mut self, call: &Call, problem: Problem) {
        match call {
            // Nothing can be mended while winding up; the evidence shows what is left.
            Call::Cancel | Call::DestroyView | Call::Logout => {}
            _ if self.collection.stage == Stage::Discard => {}
            _ => self.fail(problem),
        }
    }

    /// Stops asking for a property that this server's version does not know.
    pub(super) fn drop_property(&mut self, fault: &Fault) -> bool {
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
    pub(super) fn lose_session(&mut self, method: &str) {
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
    pub(super) fn fail_later(&mut self, problem: Problem) {
        self.problems.push(problem);
        self.phase = Phase::Relate(0);
    }

    /// Stops reading, hands over what was read and cleans up.
    pub(super) fn fail(&mut self, problem: Problem) {
        self.problems.push(problem);
        self.wind_up();
        self.phase = Phase::Relate(0);
    }

    /// A page under way is read on for its token only, so that it can be cancelled.
    pub(super) fn wind_up(&mut self) {
        self.collection.stage = Stage::Discard;
        self.collection.token = None;
        if let Some(ahead) = self.ahead.take() {
            self.listing.reset();
            if let Some(exchange) = self.reading.replace(ahead) {
                self.outbox.push_back(Outgoing::Forget(exchange.id));
            }
        }
    }
}
