//! Resource pools and vApps.

use stocktake_contract::details::{PoolCpu, PoolMemory, Text};
use stocktake_contract::normalized::Kind;

use super::{Context, Sheet, columns};
use crate::cell::Cell;
use crate::index::Load;

impl<'c> Context<'c> {
    fn pool_cpu(&self) -> Option<&'c PoolCpu<'c>> {
        let pool = self
            .asset
            .resource_pool()
            .and_then(|pool| pool.cpu.as_ref());
        pool.or_else(|| self.asset.vapp()?.cpu.as_ref())
    }

    fn pool_memory(&self) -> Option<&'c PoolMemory<'c>> {
        let pool = self.asset.resource_pool();
        let memory = pool.and_then(|pool| pool.memory.as_ref());
        memory.or_else(|| self.asset.vapp()?.memory.as_ref())
    }

    fn pool_datacenter(&self) -> Option<&'c Text<'c>> {
        let pool = self.asset.resource_pool();
        let datacenter = pool.and_then(|pool| pool.datacenter.as_ref());
        datacenter.or_else(|| self.asset.vapp()?.datacenter.as_ref())
    }

    fn pool_load(&self) -> Option<&'c Load> {
        Some(&self.index.pools.get(&self.asset.id)?.load)
    }
}

columns! {
    POOL_COLUMNS = {
        "Resource Pool name", "normalized.identity.caption", |c| c.asset.name().into();
        "Resource Pool path", "details.path", |c| c.index.pools.get(&c.asset.id).and_then(|pool| pool.path.as_deref()).into();
        "Kind", "external_kind", |c| c.asset.kind.as_str().into();
        "# VMs total", "relation contained_in", |c| c.pool_load().map(|load| load.vms).into();
        "# VMs", "those that are powered on", |c| c.pool_load().map(|load| load.powered_on).into();
        "# vCPUs", "of VMs that are powered on", |c| c.pool_load().map(|load| load.cpus).into();
        "CPU limit" ["MHz"], "details.cpu.limit_mhz; empty when it is unlimited", |c| c.pool_cpu().and_then(|cpu| cpu.limit_mhz).into();
        "CPU reservation" ["MHz"], "details.cpu.reservation_mhz", |c| c.pool_cpu().and_then(|cpu| cpu.reservation_mhz).into();
        "CPU level", "details.cpu.shares_level", |c| c.pool_cpu().and_then(|cpu| cpu.shares_level.as_ref()).into();
        "CPU shares", "details.cpu.shares", |c| c.pool_cpu().and_then(|cpu| cpu.shares).into();
        "CPU expandableReservation", "details.cpu.expandable", |c| c.pool_cpu().and_then(|cpu| cpu.expandable).into();
        "Mem Configured" ["MiB"], "memory of VMs that are powered on", |c| Cell::mib(c.pool_load().map(|load| load.memory_bytes));
        "Mem limit" ["MiB"], "details.memory.limit_bytes; empty when it is unlimited", |c| Cell::mib(c.pool_memory().and_then(|memory| memory.limit_bytes));
        "Mem reservation" ["MiB"], "details.memory.reservation_bytes", |c| Cell::mib(c.pool_memory().and_then(|memory| memory.reservation_bytes));
        "Mem level", "details.memory.shares_level", |c| c.pool_memory().and_then(|memory| memory.shares_level.as_ref()).into();
        "Mem shares", "details.memory.shares", |c| c.pool_memory().and_then(|memory| memory.shares).into();
        "Mem expandableReservation", "details.memory.expandable", |c| c.pool_memory().and_then(|memory| memory.expandable).into();
        "Datacenter", "details.datacenter", |c| c.pool_datacenter().into();
        "Object ID", "external_id", |c| c.asset.id.as_ref().into();
    }
}

pub(super) const POOL: Sheet = Sheet {
    name: "vRP",
    about: "resource pools and vApps",
    kinds: &[Kind::ResourcePool, Kind::VApp],
    rows: |_| 1,
    columns: &[POOL_COLUMNS],
    has_attributes: true,
};
