//! The effect of each reply.

use stocktake_contract::Problem;
use stocktake_contract::request::Mode;

use super::plan::{self, Again, Step};
use super::{Outgoing, Run, lacking};
use crate::collection::{Collection, Stage};
use crate::detection;
use crate::exchange::Call;
use crate::inventory::Bookmark;
use crate::soap::fault::Fault;
use crate::tags::Failure;
use crate::tape::{Tape, Value};
use crate::verdict::{self, Whereabouts, Withheld};
use crate::vim::service::Service;
use crate::warnings;

/// Withheld objects that are named.
const NAMED: usize = 20;

impl Run {
    pub(super) fn answered(&mut self, call: Call, values: &Tape) {
        match call {
            Call::ServiceContent => self.connected(values),
            Call::Login => {
                self.evidence.logins += 1;
                self.session.logged_in = true;
                self.logged_in();
            }
            Call::Session => self.logged_in(),
            Call::CurrentTime | Call::Cancel => {}
            Call::CreateView => match values.get("returnval").and_then(Value::as_reference) {
                Some(view) => {
                    self.session.view = Some(view.to_owned());
                    self.evidence.views_created += 1;
                }
                None => self.fail(lacking("returnval of CreateContainerView")),
            },
            Call::FirstPage | Call::NextPage => self.page_read(),
            Call::Probe(..) if self.collection.session_lost => self.page_read(),
            Call::Probe(kind, id) => {
                let whereabouts = if self.collection.inventory.has_come(kind, &id) {
                    Whereabouts::Delisted
                } else if self.collection.objects > 0 {
                    Whereabouts::There
                } else {
                    Whereabouts::Unknown
                };
                self.withheld.push(Withheld {
                    kind,
                    id,
                    whereabouts,
                });
                // The list is incomplete already; more names add nothing.
                if self.withheld.len() == NAMED {
                    self.plan.retain(|step| !matches!(step, Step::Probe(..)));
                }
            }
            // Its reply is no SOAP.
            Call::Tags(_) => {}
            Call::DestroyView => self.evidence.views_destroyed += 1,
            Call::Logout => {
                self.evidence.logouts += 1;
                self.views_gone();
            }
        }
    }

    fn connected(&mut self, values: &Tape) {
        let Some(config) = &self.config else { return };
        match Service::from_reply(values) {
            Ok(service) => {
                if config.mode != Mode::Healthcheck {
                    self.detection = Some(detection::describe(&service, config.preferred));
                }
                self.collection
                    .root_folder
                    .clone_from(&service.root_folder.value);
                self.session.service = service;
            }
            Err(field) => self.fail(lacking(field)),
        }
    }

    pub(super) fn logged_in(&mut self) {
        let Some(config) = &self.config else { return };
        let gate = match config.mode {
            Mode::Healthcheck => Ok(()),
            _ => detection::gate(&self.session.service, config.preferred),
        };
        match gate {
            Ok(()) => {
                self.plan = plan::after_login(config, &self.profile);
            }
            Err(problem) => self.fail(problem),
        }
    }

    fn page_read(&mut self) {
        if self.collection.session_lost {
            self.collection.session_lost = false;
            self.lose_session("RetrievePropertiesEx");
            return;
        }
        self.evidence.pages += u32::from(self.collection.stage != Stage::Root);
        self.outbox.push_back(Outgoing::Page);
        if self.ahead.is_some() || self.collection.stage.drops_pages() {
            return;
        }
        match self.step.clone() {
            Some(
                Step::Retrieve(Stage::Inventory | Stage::InventoryTree)
                | Step::Announce(_)
                | Step::ListAgain(_),
            ) if !self.collection.announced => {
                self.problems.push(verdict::no_announcement());
            }
            Some(Step::ReadRoot) => {
                if let Some(fault) = self.collection.root.fault.take() {
                    self.root_is_unreadable(fault);
                }
            }
            Some(Step::Retrieve(Stage::Inventory)) => {
                self.hold_list_against_pages();
                // Created after the list, if a second list names it.
                if self.collection.inventory.unlisted_count() > 0 {
                    self.plan.push_front(Step::ListAgain(Again::PAGES));
                }
            }
            Some(Step::ListAgain(again)) => self.listed_again(again),
            Some(Step::Fetch(fetch)) => self.plan.push_front(Step::Fetch(fetch)),
            _ => {}
        }
    }

    /// The account may not read the root folder.
    pub(super) fn root_is_unreadable(&mut self, fault: Fault) {
        let Some(config) = &self.config else { return };
        let root = self.session.service.root_folder.as_ref();
        if config.require_root {
            return self.fail(verdict::root_required(root, &fault));
        }
        if !std::mem::replace(&mut self.collection.root.is_told, true) {
            let warning = warnings::hidden_root(root, &fault);
            self.collection.output.warning(&warning);
        }
    }

    /// Objects before or after an empty list cannot all have been created meanwhile.
    pub(super) fn hold_list_against_pages(&mut self) {
        let Collection {
            announced,
            listed,
            taken,
            ..
        } = self.collection;
        if announced && listed == 0 && taken > 0 {
            self.problems.push(verdict::empty_list(taken));
        }
    }

    /// Only the token of a further page cannot be used again: other lost
    /// calls have been retried already.
    pub(super) fn lost(&mut self, call: &Call, problem: Problem) {
        let is_first = *call == Call::NextPage && !self.lost_page;
        if is_first && !self.collection.stage.drops_pages() {
            self.lost_page = true;
            self.lose_page();
        } else {
            self.failed(call, problem);
        }
    }

    pub(super) fn failed(&mut self, call: &Call, problem: Problem) {
        match call {
            // Failures of the clean-up are not retried; the evidence shows what is left.
            Call::Cancel | Call::DestroyView => {}
            Call::Tags(_) => self.tags_failed(&Failure::Lost(problem.message)),
            Call::Logout => self.logout_refused(&problem),
            Call::NextPage if self.collection.stage.drops_pages() => {
                self.session.token = self.continued.take();
            }
            // The server may have created the session.
            Call::Login => {
                self.session.logged_in = self.session.has_cookie();
                self.fail(problem);
            }
            _ if self.collection.stage == Stage::Discard => {}
            Call::NextPage => {
                self.keep_token();
                self.fail(problem);
            }
            _ => self.fail(problem),
        }
    }

    /// Stops reading, returns what was read and cleans up.
    pub(super) fn fail(&mut self, problem: Problem) {
        self.problems.push(problem);
        self.drop_pages(Stage::Discard);
        self.plan = [Step::Relate(Bookmark::default()), Step::CleanUp].into();
    }

    /// Keeps the token of a lost page, to cancel it. It is used up
    /// when the page contained the next token before it broke off.
    pub(super) fn keep_token(&mut self) {
        if self.ahead.is_none() {
            self.session.token = self.continued.take();
        }
    }

    /// Continues a pending page for its token only, to cancel it.
    pub(super) fn drop_pages(&mut self, stage: Stage) {
        self.collection.stage = stage;
        self.collection.token = None;
        if let Some(ahead) = self.ahead.take() {
            self.listing.reset();
            if let Some(exchange) = self.reading.replace(ahead) {
                self.outbox.push_back(Outgoing::Forget(exchange.id));
            }
        }
    }
}
