//! What surrounds one guest: its WASI state, its memory limit, its gateway.

use wasmtime::component::{HasData, ResourceTable};
use wasmtime::{Engine, ResourceLimiter, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::engine::Limits;
use crate::gateway::Gateway;
use crate::stderr::Stderr;

/// Handles that a guest can hold at once; leaking them must not fill the host.
const RESOURCES: usize = 10_000;
/// Entries of one table; each costs the host a pointer.
const TABLE_ENTRIES: usize = 1_000_000;

/// The host's state of one run.
pub(crate) struct Sandbox {
    table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    gateway: Gateway,
    pub(crate) memory: MemoryLimit,
}

impl Sandbox {
    /// A fresh store; a store is never used for a second run.
    pub(crate) fn store(
        engine: &Engine,
        limits: &Limits,
        gateway: Gateway,
        stderr: &Stderr,
    ) -> Store<Sandbox> {
        let mut table = ResourceTable::new();
        table.set_max_capacity(RESOURCES);
        let sandbox = Sandbox {
            table,
            wasi: WasiCtx::builder().stderr(stderr.clone()).build(),
            http: WasiHttpCtx::new(),
            gateway,
            memory: MemoryLimit {
                allowed: limits.memory,
                used: 0,
            },
        };
        let mut store = Store::new(engine, sandbox);
        store.limiter(|sandbox| &mut sandbox.memory);
        // One page may be as large as the guest that made it.
        store.set_hostcall_fuel(limits.memory);
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        store
    }
}

impl WasiView for Sandbox {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

impl WasiHttpView for Sandbox {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView {
            ctx: &mut self.http,
            table: &mut self.table,
            hooks: &mut self.gateway,
        }
    }
}

/// The part of a sandbox that `wasi:io` works on.
pub(crate) struct HasTable;

impl HasData for HasTable {
    type Data<'a> = &'a mut ResourceTable;
}

/// Bounds the sum of all linear memories.
#[derive(Debug)]
pub(crate) struct MemoryLimit {
    allowed: usize,
    used: usize,
}

impl MemoryLimit {
    /// Bytes in use. Linear memory never shrinks, so this is the peak as well.
    pub(crate) fn used(&self) -> usize {
        self.used
    }
}

/// The guest asked for more memory than it may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("memory over budget: {wanted} bytes of {allowed} allowed")]
pub(crate) struct MemoryExceeded {
    pub(crate) wanted: usize,
    pub(crate) allowed: usize,
}

impl ResourceLimiter for MemoryLimit {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let wanted = self.used.saturating_add(desired.saturating_sub(current));
        if wanted > self.allowed {
            // A refusal that the guest sees would end as an anonymous abort of its allocator.
            let allowed = self.allowed;
            return Err(MemoryExceeded { wanted, allowed }.into());
        }
        self.used = wanted;
        Ok(true)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(desired <= TABLE_ENTRIES)
    }
}
