//! Tags: the calls of the Automation API, and what becomes of them.
//!
//! Nothing of it fails a run: without tags the inventory is as complete.

use super::Run;
use super::plan::Step;
use crate::collection::{Collection, Stage};
use crate::exchange::Call;
use crate::tags::Failure;
use crate::warnings;

impl Run {
    /// Whether tags can be read; reports why they cannot.
    pub(super) fn has_tags(&mut self) -> bool {
        let brokered = self
            .config
            .as_ref()
            .is_some_and(|config| config.credential.is_none());
        let failure = if !self.session.service.about.is_vcenter() {
            Failure::NoVcenter
        } else if !brokered {
            Failure::OwnSession
        } else {
            return true;
        };
        self.tags_failed(&failure);
        false
    }

    pub(super) fn read_tags(&mut self) {
        let Collection {
            tags, inventory, ..
        } = &mut self.collection;
        if let Some(call) = tags.next_call(inventory) {
            self.plan.push_front(Step::ReadTags);
            self.call(Call::Tags(call), String::new());
        }
    }

    pub(super) fn tags_answered(&mut self, call: Call, status: u16, body: &[u8]) {
        let Call::Tags(call) = call else { return };
        if self.collection.stage == Stage::Discard {
            return;
        }
        let Collection {
            tags, inventory, ..
        } = &mut self.collection;
        if let Err(failure) = tags.answered(&call, (status, body), inventory) {
            self.tags_failed(&failure);
        }
    }

    pub(super) fn tags_failed(&mut self, failure: &Failure) {
        let Some(config) = &self.config else { return };
        if self.collection.stage != Stage::Discard && self.collection.tags.give_up() {
            let warning = warnings::tags_unread(&failure.message(&config.endpoint));
            self.collection.output.warning(&warning);
        }
    }
}
