//! A collector component, checked and compiled.

mod cache;
mod digest;

use stocktake_contract::{ErrorCode, Problem};
use wasmtime::component::{Component, InstancePre, types::ComponentItem};

use crate::bindings::GuestPre;
use crate::engine::{Limits, Runtime};
use crate::rlimit;
use crate::sandbox::Sandbox;
use crate::world;

use cache::CacheSlot;
pub use cache::{Cache, Code};
pub use digest::{Digest, NoDigest};

/// The first bytes of every WebAssembly binary.
const MAGIC: &[u8] = b"\0asm";
/// What follows in a component: version 13, layer 1.
const COMPONENT: &[u8] = &[0x0d, 0, 1, 0];
/// What follows in a core module: version 1, layer 0.
const MODULE: &[u8] = &[1, 0, 0, 0];

/// A component that passed the checks, ready to be run any number of times.
#[derive(Clone)]
pub struct Collector {
    pub(crate) pre: GuestPre<Sandbox>,
    pub(crate) limits: Limits,
    code: Code,
}

/// A component that is not checked yet.
pub(crate) struct Loaded {
    pub(crate) component: Component,
    /// Where its code is to be kept, if anywhere.
    slot: Option<CacheSlot>,
    code: Code,
}

impl Collector {
    /// Whether its code was compiled by this process or taken from the cache.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }
}

impl std::fmt::Debug for Collector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Collector")
            .field("limits", &self.limits)
            .field("code", &self.code)
            .finish_non_exhaustive()
    }
}

impl Runtime {
    /// Compiles a component, or takes its code from the cache, and checks it
    /// against the world, without running any of it.
    ///
    /// # Errors
    ///
    /// `PLUGIN_EXEC_FAILED` when the bytes are not an allowed component, when it
    /// imports what the world does not offer, or does not export the inventory.
    pub fn load(&self, bytes: &[u8]) -> Result<Collector, Problem> {
        self.admit(self.compile(bytes)?)
    }

    /// Checks a component against the world. Only what passes is kept in the cache.
    pub(crate) fn admit(&self, loaded: Loaded) -> Result<Collector, Problem> {
        let component = &loaded.component;
        Names::of(component).check()?;
        let pre = self
            .link(component)
            .map_err(|error| failed(format!("the component does not fit the world: {error:#}")))?;
        let pre = GuestPre::new(pre).map_err(|error| {
            let required = world::REQUIRED;
            failed(format!(
                "the component's {required} is not the contract's: {error:#}"
            ))
        })?;
        if let Some(slot) = &loaded.slot {
            slot.fill(component);
        }
        Ok(Collector {
            pre,
            limits: self.limits,
            code: loaded.code,
        })
    }

    pub(crate) fn compile(&self, bytes: &[u8]) -> Result<Loaded, Problem> {
        if !self.allowed.is_empty() {
            let digest = Digest::of(bytes);
            if !self.allowed.contains(&digest) {
                return Err(failed(format!(
                    "{digest} is not on the list of allowed components; if it is the one you mean, add it there"
                )));
            }
        }
        match bytes.strip_prefix(MAGIC) {
            None => {
                return Err(failed(
                    "not a WebAssembly binary; expected a component that implements the world stocktake:collector/collector",
                ));
            }
            Some(rest) if rest.starts_with(MODULE) => {
                return Err(failed(
                    "a core WebAssembly module, not a component; build it for wasm32-wasip2, or wrap it with `wasm-tools component new`",
                ));
            }
            Some(rest) if !rest.starts_with(COMPONENT) => {
                return Err(failed(
                    "a WebAssembly binary of an unknown version; expected a component",
                ));
            }
            Some(_) => {}
        }
        let found = match &self.cache {
            Some(cache) => cache.find(&self.engine, bytes),
            None => Err(None),
        };
        let slot = match found {
            Ok(component) => {
                return Ok(Loaded {
                    component,
                    slot: None,
                    code: Code::Cached,
                });
            }
            Err(slot) => slot,
        };
        let component = Component::from_binary(&self.engine, bytes).map_err(|error| {
            match rlimit::cure_of_sandbox(&error) {
                Some(cure) => failed(format!("the component cannot be compiled: {cure}")),
                None => failed(format!("the component cannot be compiled: {error:#}")),
            }
        })?;
        Ok(Loaded {
            component,
            slot,
            code: Code::Compiled,
        })
    }

    fn link(&self, component: &Component) -> wasmtime::Result<InstancePre<Sandbox>> {
        self.linker.instantiate_pre(component)
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

    fn check(&self) -> Result<(), Problem> {
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

#[cfg(test)]
mod tests;
