//! The effect of each fault.

use stocktake_contract::Problem;

use super::plan::{self, Fetch, Step};
use super::{Outgoing, Run};
use crate::collection::{Collection, Stage};
use crate::config::Config;
use crate::exchange::Call;
use crate::moref::OwnedMoRef;
use crate::soap::fault::Fault;
use crate::unreadable::EVERY_OBJECT;
use crate::{errors, types, warnings};

/// Logouts of one session; after that it expires on the server.
const LOGOUTS: u32 = 3;

impl Run {
    pub(super) fn faulted(&mut self, call: Call, fault: &Fault) {
        let stage = self.collection.stage;
        match call {
            // The run continues, although its session is gone.
            Call::Cancel if fault.lost_session() && self.step == Some(Step::Cancel) => {
                self.lose_session(call.method());
            }
            Call::Cancel => {}
            // It ended by itself, with its views.
            Call::DestroyView if fault.lost_session() => {
                self.evidence.views_lost += 1;
                self.evidence.sessions_lost += u32::from(self.session.logged_in);
                self.session.lose();
            }
            Call::DestroyView if fault.is_of_the_gone() => self.evidence.views_lost += 1,
            // It ends with its session.
            Call::DestroyView => {}
            Call::Logout if fault.lost_session() => {
                // The call whose reply was lost had ended it.
                match self.refused_logouts {
                    0 => self.evidence.sessions_lost += 1,
                    _ => self.evidence.logouts += 1,
                }
                self.views_gone();
            }
            Call::Logout => {
                let problem = errors::from_fault(fault, call.method(), self.username());
                self.logout_refused(&problem);
            }
            Call::NextPage if stage == Stage::Discard => {
                self.session.token = self.continued.take();
            }
            _ if stage == Stage::Discard => {}
            // The host has created another session by now.
            Call::Session if fault.lost_session() && self.renewals <= self.relogins => {
                self.renewals += 1;
                self.plan = [Step::LogIn].into();
            }
            Call::FirstPage | Call::NextPage | Call::Probe(..) | Call::CreateView
                if fault.lost_session() =>
            {
                self.lose_session(call.method());
            }
            Call::NextPage if stage == Stage::Skip => {
                self.session.token = self.continued.take();
            }
            // It was returned before it was deleted.
            Call::Probe(kind, ref id)
                if fault.is_of_the_gone()
                    && !fault.concerns_the_api()
                    && self.collection.inventory.has_come(kind, id) => {}
            Call::Probe(kind, id) if fault.is_of_the_gone() && !fault.concerns_the_api() => {
                self.collection.inventory.vanish(kind, &id);
                let warning = warnings::vanished(kind, &id);
                self.collection.output.warning(&warning);
            }
            Call::FirstPage if self.mend_retrieval(fault) => {}
            Call::FirstPage if self.renew_view(fault) => {}
            Call::FirstPage | Call::CreateView | Call::Probe(..) if self.repeat(fault) => {}
            Call::NextPage if fault.is_transient() && !self.lost_page => {
                self.lost_page = true;
                self.lose_page();
            }
            Call::NextPage if self.mend_paging(fault) => {}
            Call::NextPage => {
                self.session.token = self.continued.take();
                self.fail(errors::from_fault(fault, call.method(), self.username()));
            }
            _ => self.fail(errors::from_fault(fault, call.method(), self.username())),
        }
    }

    fn username(&self) -> &str {
        self.config.as_ref().map_or("", Config::account)
    }

    /// Changes the plan so that the current step can be retried, or is not needed.
    fn mend_retrieval(&mut self, fault: &Fault) -> bool {
        let step = match &self.step {
            Some(Step::Fetch(fetch)) => Step::Fetch(fetch.anew(fetch.size)),
            Some(step) => step.clone(),
            None => return false,
        };
        let is_set = self.asked.len() > 1;
        let tolerant = self.tolerates_missing && (is_set || !matches!(step, Step::Fetch(_)));
        match (fault.name.as_str(), step) {
            ("NoPermission" | "ManagedObjectNotFound", Step::ReadRoot)
                if !fault.concerns_the_api() =>
            {
                self.root_is_unreadable(fault.clone());
            }
            (_, Step::ReadAttributes) => {
                let manager = self.asked.first().map(OwnedMoRef::as_ref);
                let manager = manager.unwrap_or(EVERY_OBJECT);
                self.collection.unreadable.add(manager, "field", fault);
            }
            // Later calls will report other errors.
            (_, Step::ReadRoot) => self.collection.root.fault = Some(fault.clone()),
            ("InvalidProperty", step) => {
                if !self.drop_property(fault) {
                    return false;
                }
                self.evidence.restarts += 1;
                self.plan.push_front(step);
            }
            ("InvalidRequest" | "InvalidArgument" | "NotSupported" | "", step) if tolerant => {
                self.tolerates_missing = false;
                self.plan.push_front(step);
            }
            ("ManagedObjectNotFound", Step::Fetch(fetch)) if !fault.concerns_the_api() => {
                self.pass_over(fault, fetch);
            }
            _ => return false,
        }
        true
    }

    /// Retries the call of the current step, once in a run, after a transient fault.
    fn repeat(&mut self, fault: &Fault) -> bool {
        let Some(step) = self
            .step
            .clone()
            .filter(|_| fault.is_transient() && !self.repeated)
        else {
            return false;
        };
        self.repeated = true;
        self.evidence.restarts += 1;
        self.ask_for_set_again();
        self.plan.push_front(match step {
            Step::Fetch(fetch) => Step::Fetch(fetch.anew(fetch.size)),
            step => step,
        });
        true
    }

    /// The view is gone before it was read: another one is created, once in a run, and read from
    /// its beginning. Emitted objects stay emitted.
    fn renew_view(&mut self, fault: &Fault) -> bool {
        let names_view = fault.object.as_ref().is_some_and(|object| {
            let view = self.session.view.as_ref();
            object.type_name.ends_with("ContainerView")
                || view.is_some_and(|view| view.value == object.value)
        });
        if !(fault.is_of_the_gone() && names_view) || self.session.view.is_none() {
            return false;
        }
        self.session.view = None;
        self.evidence.views_lost += 1;
        if self.lost_view {
            return false;
        }
        self.lost_view = true;
        self.evidence.restarts += 1;
        self.logged_in();
        true
    }

    /// The remaining views ended with their session.
    pub(super) fn views_gone(&mut self) {
        self.evidence.views_lost += self.evidence.views_left();
    }

    /// Retries a failed clean-up call, with a warning when it keeps failing: the
    /// inventory is still complete.
    pub(super) fn logout_refused(&mut self, problem: &Problem) {
        self.refused_logouts += 1;
        if problem.retryable && self.refused_logouts < LOGOUTS {
            self.session.logged_in = true;
            return;
        }
        let warning = warnings::session_left(problem);
        self.collection.output.warning(&warning);
    }

    /// An object of the current set is gone: the set is requested without it.
    fn pass_over(&mut self, fault: &Fault, fetch: Fetch) {
        let asked = std::mem::take(&mut self.asked);
        let is_gone = |object: &&OwnedMoRef| match (&fault.object, asked.len()) {
            (_, 1) => true,
            (Some(gone), _) => gone.value == object.value,
            (None, _) => false,
        };
        let gone = asked.iter().find(is_gone);
        let size = if gone.is_some() { fetch.size } else { 1 };
        for object in &asked {
            match (fetch.stage, types::of(&object.type_name)) {
                (Stage::Datastores, _) if Some(object) != gone => {
                    self.collection.datastores.announce(&object.value);
                }
                (Stage::Places, _) if Some(object) != gone => {
                    self.collection.places.announce(object.as_ref());
                }
                (Stage::Inventory, Some(of)) if Some(object) == gone => {
                    self.collection.inventory.vanish(of.kind, &object.value);
                    let warning = warnings::vanished(of.kind, &object.value);
                    self.collection.output.warning(&warning);
                }
                _ => {}
            }
        }
        self.plan.push_front(Step::Fetch(fetch.anew(size)));
    }

    /// Some servers return a page and refuse the next one, or fail on a
    /// deleted object: the announced objects are then read by id.
    fn mend_paging(&mut self, fault: &Fault) -> bool {
        let stage = self.collection.stage;
        let is_refused = fault.name == "NoPermission";
        let is_gone = fault.is_of_the_gone() && !fault.concerns_the_api();
        if !(is_refused || is_gone) {
            return false;
        }
        let Some(config) = &self.config else {
            return false;
        };
        let size = plan::set_size(config);
        let steps = match self.step {
            Some(Step::Fetch(fetch)) if fetch.size > 1 => {
                vec![Step::Fetch(fetch.anew(fetch.size / 2))]
            }
            Some(Step::Retrieve(Stage::Inventory)) if self.collection.announced => {
                plan::fetch(stage, size)
            }
            Some(Step::Retrieve(Stage::Inventory | Stage::Datastores | Stage::Places)) => {
                let mut steps = vec![Step::Announce(stage)];
                steps.extend(plan::fetch(stage, size));
                steps
            }
            _ => return false,
        };
        self.hold_list_against_pages();
        self.ask_for_set_again();
        if is_refused && !self.degraded {
            self.degraded = true;
            let warning = warnings::continue_refused(fault);
            self.collection.output.warning(&warning);
        }
        for step in steps.into_iter().rev() {
            self.plan.push_front(step);
        }
        self.session.token = self.continued.take();
        self.plan.push_front(Step::Cancel);
        true
    }

    /// The datastores or places of the current set may be incomplete.
    fn ask_for_set_again(&mut self) {
        let Some(Step::Fetch(_)) = &self.step else {
            return;
        };
        let Collection {
            stage,
            datastores,
            places,
            ..
        } = &mut self.collection;
        for object in &self.asked {
            match stage {
                Stage::Datastores => datastores.announce(&object.value),
                Stage::Places => places.announce(object.as_ref()),
                _ => {}
            }
        }
    }

    /// A further page was lost, and its token may be used up: the retrieval
    /// is restarted, from the same view. Emitted objects stay emitted.
    pub(super) fn lose_page(&mut self) {
        let step = match self.step.clone() {
            Some(Step::Fetch(fetch)) => Step::Fetch(fetch.anew(fetch.size)),
            Some(step) => step,
            None => return,
        };
        self.ask_for_set_again();
        self.evidence.restarts += 1;
        self.collection.session_lost = false;
        self.keep_token();
        self.drop_pages(Stage::Skip);
        self.plan.push_front(step);
        self.plan.push_front(Step::Cancel);
    }

    /// Removes a property that this server's version does not know.
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

    /// One new login and one restart; emitted objects stay emitted.
    pub(super) fn lose_session(&mut self, method: &str) {
        self.evidence.sessions_lost += u32::from(self.session.logged_in);
        self.evidence.views_lost += u32::from(self.session.view.is_some());
        self.session.lose();
        self.collection.token = None;
        if let Some(ahead) = self.ahead.take() {
            self.outbox.push_back(Outgoing::Forget(ahead.id));
        }
        if self.relogins == 0 {
            self.relogins += 1;
            self.evidence.restarts += 1;
            self.plan = [Step::LogIn].into();
            return;
        }
        let fault = Fault {
            name: "NotAuthenticated".to_owned(),
            ..Fault::default()
        };
        self.fail(errors::from_fault(&fault, method, ""));
    }
}
