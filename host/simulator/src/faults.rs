//! Where faults enter: one file per seam, each asked by the part of the server it disturbs.
//!
//! | seam | asked | answers |
//! | --- | --- | --- |
//! | `http` | before a request is read, and once its method is known | a reply in place of ours |
//! | `call` | at a continuation | go on, refuse, end the session, hide the rest |
//! | `inventory` | for sizes, objects and properties | absent, gone, unreadable, unknown |
//! | `body` | when a page is about to be sent | how to spoil its bytes |

mod body;
mod call;
mod http;
mod inventory;

pub(crate) use body::BodyFault;
pub(crate) use call::Continuation;
pub(crate) use http::CannedReply;

use crate::Fault;
use std::sync::atomic::AtomicBool;

/// The faults of one simulator and what they have done so far.
#[derive(Debug)]
pub(crate) struct Faults {
    active: Vec<Fault>,
    seed: u64,
    vms: u32,
    session_was_lost: AtomicBool,
}

impl Faults {
    pub(crate) fn new(active: Vec<Fault>, seed: u64, vms: u32) -> Self {
        Self {
            active,
            seed,
            vms,
            session_was_lost: AtomicBool::new(false),
        }
    }

    fn has(&self, fault: Fault) -> bool {
        self.active.contains(&fault)
    }
}
