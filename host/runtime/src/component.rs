//! A collector component, checked and compiled.

mod cache;
mod digest;

use stocktake_contract::{ErrorCode, Problem};
use wasmtime::component::{Component, types::ComponentItem};

use crate::bindings::GuestPre;
use crate::resilience::Breaker;
use crate::sandbox::Sandbox;
use crate::world;

pub(crate) use cache::CacheSlot;
pub use cache::{Cache, Code};
pub use digest::{Digest, NoDigest};

/// A component that passed the checks, ready to be run any number of times.
#[derive(Clone)]
pub struct Collector {
    pub(crate) pre: GuestPre<Sandbox>,
    pub(crate) breaker: Option<Breaker>,
    code: Code,
}

impl Collector {
    pub(crate) fn new(pre: GuestPre<Sandbox>, code: Code) -> Self {
        Collector {
            pre,
            breaker: None,
            code,
        }
    }

    /// Refuses runs while `breaker` says that their vCenter fails.
    #[must_use]
    pub fn guarded_by(mut self, breaker: Breaker) -> Self {
        self.breaker = Some(breaker);
        self
    }

    /// Whether its code was compiled by this process or taken from the cache.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }
}

impl std::fmt::Debug for Collector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Collector")
            .field("breaker", &self.breaker)
            .field("code", &self.code)
            .finish_non_exhaustive()
    }
}

/// What a component imports and exports, by name.
pub(crate) struct Names {
    pub(crate) imports: Vec<String>,
    pub(crate) exports: Vec<String>,
    /// Imports that the world does not offer.
    pub(crate) foreign: Vec<String>,
}

impl Names {
    pub(crate) fn of(component: &Component) -> Self {
        let engine = component.engine();
        let component_type = component.component_type();
        let (mut imports, mut foreign) = (Vec::new(), Vec::new());
        for (name, import) in component_type.imports(engine) {
            let is_instance = matches!(import.ty, ComponentItem::ComponentInstance(_));
            if !is_instance || !world::offers(name) {
                foreign.push(name.to_owned());
            }
            imports.push(name.to_owned());
        }
        let exports = component_type
            .exports(engine)
            .map(|(name, _)| name.to_owned())
            .collect();
        Names {
            imports,
            exports,
            foreign,
        }
    }

    pub(crate) fn has_inventory(&self) -> bool {
        self.exports.iter().any(|name| world::is_inventory(name))
    }

    /// # Errors
    ///
    /// `PLUGIN_EXEC_FAILED` when they do not fit the world.
    pub(crate) fn check(&self) -> Result<(), Problem> {
        if !self.foreign.is_empty() {
            return Err(failed(format!(
                "the component imports {}, which the world does not offer; it offers {} (0.2.x)",
                list(&self.foreign),
                world::OFFERED.join(", ")
            )));
        }
        if !self.has_inventory() {
            let exports = match self.exports.as_slice() {
                [] => "nothing".to_owned(),
                exports => list(exports),
            };
            let required = world::REQUIRED;
            return Err(failed(format!(
                "the component exports {exports}, but not {required}@1.x; build it against the world stocktake:collector/collector"
            )));
        }
        Ok(())
    }
}

/// Names from a component, which may be anything.
fn list(names: &[String]) -> String {
    let shown: Vec<String> = names
        .iter()
        .take(20)
        .map(|name| crate::quote::printable(name, 100))
        .collect();
    shown.join(", ")
}

pub(crate) fn failed(message: impl Into<String>) -> Problem {
    Problem::new(ErrorCode::PluginExecFailed, message)
}
