//! What surrounds one guest: its WASI state, its limits, its gateway.

use wasmtime::component::{HasData, ResourceTable};
use wasmtime::{Engine, ResourceLimiter, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::gateway::Gateway;
use crate::limits::SandboxLimits;
use crate::stderr::Stderr;

/// The host's state of one run.
pub(crate) struct Sandbox {
    table: ResourceTable,
    wasi: WasiCtx,
    http: WasiHttpCtx,
    gateway: Gateway,
    limiter: Limiter,
}

impl Sandbox {
    /// A fresh store; a store is never used for a second run.
    pub(crate) fn store(
        engine: &Engine,
        limits: &SandboxLimits,
        gateway: Gateway,
        stderr: &Stderr,
    ) -> Store<Sandbox> {
        let mut table = ResourceTable::new();
        table.set_max_capacity(limits.handles);
        let sandbox = Sandbox {
            table,
            wasi: WasiCtx::builder().stderr(stderr.clone()).build(),
            http: WasiHttpCtx::new(),
            gateway,
            limiter: Limiter {
                allowed: limits.memory_bytes,
                used: 0,
                instances: limits.instances,
            },
        };
        let mut store = Store::new(engine, sandbox);
        store.limiter(|sandbox| &mut sandbox.limiter);
        store.set_hostcall_fuel(limits.hostcall_bytes);
        // The guest's own resources are not in the host's table, and cost the host memory all the same.
        store.set_max_component_handles(limits.handles);
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);
        store
    }

    /// Bytes of memories and tables. Neither ever shrinks, so this is the peak as well.
    pub(crate) fn memory(&self) -> usize {
        self.limiter.used
    }

    /// The most handles of the host that the guest held at once.
    pub(crate) fn peak_handles(&mut self) -> usize {
        // An entry that was ever used is in use or free, and without capacity only free ones can be filled.
        self.table.set_max_capacity(0);
        let in_use = self.table.iter_mut().count();
        let free = std::iter::from_fn(|| self.table.push(()).ok()).count();
        in_use + free
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

/// Bounds the sum of all linear memories and tables, and their numbers.
#[derive(Debug)]
struct Limiter {
    allowed: usize,
    used: usize,
    instances: usize,
}

/// The guest asked for more memory than it may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("memory over budget: {wanted} bytes of {allowed} allowed")]
pub(crate) struct MemoryExceeded {
    pub(crate) wanted: usize,
    pub(crate) allowed: usize,
}

impl Limiter {
    /// A refusal that the guest sees would end as an anonymous abort of its allocator, so it is a trap.
    fn grow(&mut self, bytes: usize) -> Result<bool, MemoryExceeded> {
        let (wanted, allowed) = (self.used.saturating_add(bytes), self.allowed);
        if wanted > allowed {
            return Err(MemoryExceeded { wanted, allowed });
        }
        self.used = wanted;
        Ok(true)
    }
}

impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(self.grow(desired.saturating_sub(current))?)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let entries = desired.saturating_sub(current);
        Ok(self.grow(entries.saturating_mul(size_of::<usize>()))?)
    }

    fn instances(&self) -> usize {
        self.instances
    }

    fn memories(&self) -> usize {
        self.instances
    }

    fn tables(&self) -> usize {
        self.instances
    }
}
