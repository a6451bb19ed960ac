//! The exported interface: a run that behaves as it was asked to.

use std::cell::RefCell;

use crate::Component;
use crate::behaviour::{self, Pull};
use crate::bindings::exports::stocktake::collector::inventory::{
    Description, Guest, GuestRun, PageSizeLimits, Pulled, Summary,
};
use crate::endings;
use crate::run::Run;

/// A run and what it does when it is pulled.
pub(crate) struct Misbehaving(RefCell<Run>, Pull);

impl Misbehaving {
    /// A run that is never pulled.
    pub(crate) fn idle() -> Self {
        Misbehaving(RefCell::new(Run::open(String::new())), Run::truth)
    }
}

impl Guest for Component {
    type Run = Misbehaving;

    fn describe() -> Description {
        Description {
            name: "hostile".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            source_types: vec!["vcenter".to_owned()],
            modes: vec!["collect".to_owned()],
            contracts: [
                "collector-request-v1",
                "collector-response-v1",
                "normalized-v1",
            ]
            .map(str::to_owned)
            .into(),
            page_size: PageSizeLimits {
                least: 1,
                most: 10_000,
                default: 1000,
            },
        }
    }
}

impl GuestRun for Misbehaving {
    fn new(request: String) -> Self {
        let run = Run::open(request);
        let name = run.behaviour();
        if name == "panics-in-the-constructor" {
            endings::panic_in_the_constructor(&run);
        }
        let pull = behaviour::by_name(&name);
        Misbehaving(RefCell::new(run), pull)
    }

    fn pull(&self) -> Pulled {
        self.1(&mut self.0.borrow_mut())
    }

    fn close(&self) -> Summary {
        let run = self.0.borrow();
        match &*run.behaviour() {
            "spins-for-ever" => crate::exhaustion::spin(),
            "traps-while-closing" => endings::trap(),
            _ => run.failure("INVENTORY_INCOMPLETE", "the run was closed"),
        }
    }
}
