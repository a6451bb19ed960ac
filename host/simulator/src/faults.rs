//! Fault injection: one file per hook, each called by the part of the server that it affects.
//!
//! | hook | called | returns |
//! | --- | --- | --- |
//! | `http` | before a request is read, and once its method is known | a reply in place of ours |
//! | `call` | at a retrieval and at a continuation | go on, refuse, end the session, hide the rest |
//! | `inventory` | for sizes and objects | absent, gone, out of sight, unknown |
//! | `property` | for the value of a property | another value, unset, unreadable |
//! | `extra` | after a device list, an object, a reply | what else to write |
//! | `body` | when a reply is about to be sent | how to corrupt or compress its bytes |
//!
//! `victim` selects the objects that a fault affects; `names`, `ghosts` hold what `property` writes for some of them.

mod body;
mod call;
mod extra;
mod ghosts;
mod http;
mod inventory;
mod names;
mod property;
mod victim;

pub(crate) use body::{BodyFault, Packing};
pub(crate) use call::Continuation;
pub(crate) use http::CannedReply;
pub(crate) use names::LONE_SURROGATE;
pub(crate) use property::Refusal;

use crate::Fault;
use crate::inventory::{Object, Site};
use std::sync::atomic::AtomicBool;

/// The faults of one simulator and what they have done so far.
#[derive(Debug)]
pub(crate) struct Faults {
    active: Vec<Fault>,
    seed: u64,
    /// The objects that each active fault affects.
    victims: Vec<(Fault, Vec<Object>)>,
    session_was_lost: AtomicBool,
    session_was_lost_quietly: AtomicBool,
    last_vm_is_gone: AtomicBool,
    retrieval_was_refused: AtomicBool,
    connection_was_reset: AtomicBool,
    page_was_canceled: AtomicBool,
    session_was_lost_in_json: AtomicBool,
    view_was_lost: AtomicBool,
}

impl Faults {
    pub(crate) fn new(active: Vec<Fault>, site: &Site) -> Self {
        Self {
            victims: victim::all(&active, site),
            active,
            seed: site.seed,
            session_was_lost: AtomicBool::new(false),
            session_was_lost_quietly: AtomicBool::new(false),
            last_vm_is_gone: AtomicBool::new(false),
            retrieval_was_refused: AtomicBool::new(false),
            connection_was_reset: AtomicBool::new(false),
            page_was_canceled: AtomicBool::new(false),
            session_was_lost_in_json: AtomicBool::new(false),
            view_was_lost: AtomicBool::new(false),
        }
    }

    fn has(&self, fault: Fault) -> bool {
        self.active.contains(&fault)
    }
}
