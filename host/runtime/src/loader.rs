//! Loads components: checks, compiles and links them.

use stocktake_contract::Problem;
use wasmtime::Engine;
use wasmtime::component::{Component, InstancePre, Linker};

use crate::bindings::GuestPre;
use crate::component::{Cache, CacheSlot, Code, Collector, Digest, Names, failed};
use crate::engine;
use crate::rlimit;
use crate::sandbox::Sandbox;
use crate::world;

/// The first bytes of every WebAssembly binary.
const MAGIC: &[u8] = b"\0asm";
/// What follows in a component: version 13, layer 1.
const COMPONENT: &[u8] = &[0x0d, 0, 1, 0];
/// What follows in a core module: version 1, layer 0.
const MODULE: &[u8] = &[1, 0, 0, 0];

/// Loads collectors. Clones share one engine.
#[derive(Clone)]
pub struct Runtime {
    pub(crate) engine: Engine,
    linker: Linker<Sandbox>,
    cache: Option<Cache>,
    /// Components that may be loaded; all when there is none.
    allowed: Vec<Digest>,
}

/// A component that is not checked yet.
pub(crate) struct Loaded {
    pub(crate) component: Component,
    /// Where its code is to be kept, if anywhere.
    slot: Option<CacheSlot>,
    code: Code,
}

impl std::fmt::Debug for Runtime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runtime")
            .field("cache", &self.cache)
            .field("allowed", &self.allowed)
            .finish_non_exhaustive()
    }
}

impl Runtime {
    /// Prepares the engine. Threads are started, nothing is compiled yet.
    ///
    /// # Errors
    ///
    /// `PLUGIN_EXEC_FAILED` when this machine cannot run WebAssembly.
    pub fn new() -> Result<Self, Problem> {
        let (engine, linker) = engine::start()?;
        Ok(Runtime {
            engine,
            linker,
            cache: None,
            allowed: Vec::new(),
        })
    }

    /// Keeps compiled code in `cache` and takes it from there.
    #[must_use]
    pub fn with_cache(mut self, cache: Cache) -> Self {
        self.cache = Some(cache);
        self
    }

    /// Loads only the components of this list, beside those of lists given before.
    /// An empty list changes nothing: without any every component is loaded.
    #[must_use]
    pub fn allowing(mut self, components: impl IntoIterator<Item = Digest>) -> Self {
        self.allowed.extend(components);
        self
    }

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
        Ok(Collector::new(pre, loaded.code))
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

#[cfg(test)]
mod tests;
