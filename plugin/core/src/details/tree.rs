//! Datacenters, folders, resource pools and vApps.

use stocktake_contract::details::{
    Datacenter, Folder, PoolCpu, PoolMemory, ResourcePool, Text, VApp,
};

use super::Context;
use super::values::{Properties, count, flag, mebibytes, present, text};
use crate::gaps::Gap;
use crate::tape::{Tape, Value};

/// The details of a datacenter.
pub(super) fn datacenter<'a>(
    properties: &'a Tape,
    context: Context<'a>,
    gaps: &mut Vec<Gap>,
) -> Datacenter<'a> {
    let read = Properties(properties);
    Datacenter {
        name: read.name(),
        path: read.path(context),
        parent: read.parent(),
        custom_attributes: read.custom_attributes(context, gaps),
    }
}

/// The details of a folder.
pub(super) fn folder<'a>(
    properties: &'a Tape,
    context: Context<'a>,
    gaps: &mut Vec<Gap>,
) -> Folder<'a> {
    let read = Properties(properties);
    Folder {
        name: read.name(),
        path: read.path(context),
        parent: read.parent(),
        custom_attributes: read.custom_attributes(context, gaps),
    }
}

/// The details of a resource pool.
pub(super) fn pool<'a>(
    properties: &'a Tape,
    context: Context<'a>,
    gaps: &mut Vec<Gap>,
) -> ResourcePool<'a> {
    let read = Properties(properties);
    ResourcePool {
        name: read.name(),
        path: read.path(context),
        parent: read.parent(),
        datacenter: read.datacenter(context),
        custom_attributes: read.custom_attributes(context, gaps),
        cpu: read.get("config.cpuAllocation").and_then(cpu),
        memory: read.get("config.memoryAllocation").and_then(memory),
    }
}

/// The details of a vApp.
pub(super) fn vapp<'a>(
    properties: &'a Tape,
    context: Context<'a>,
    gaps: &mut Vec<Gap>,
) -> VApp<'a> {
    let read = Properties(properties);
    let folder = read.reference("parentFolder");
    VApp {
        name: read.name(),
        path: read.path(context),
        parent: read.parent(),
        datacenter: read.datacenter(context),
        folder_path: folder.and_then(|folder| Text::new(context.places.path(folder.value)?)),
        custom_attributes: read.custom_attributes(context, gaps),
        cpu: read.get("config.cpuAllocation").and_then(cpu),
        memory: read.get("config.memoryAllocation").and_then(memory),
    }
}

fn cpu(allocation: Value<'_>) -> Option<PoolCpu<'_>> {
    present(PoolCpu {
        reservation_mhz: count(allocation.get("reservation")),
        limit_mhz: count(allocation.get("limit")),
        shares: count(allocation.at(["shares", "shares"])),
        shares_level: text(allocation.at(["shares", "level"])),
        expandable: flag(allocation.get("expandableReservation")),
    })
}

fn memory(allocation: Value<'_>) -> Option<PoolMemory<'_>> {
    present(PoolMemory {
        reservation_bytes: mebibytes(allocation.get("reservation")),
        limit_bytes: mebibytes(allocation.get("limit")),
        shares: count(allocation.at(["shares", "shares"])),
        shares_level: text(allocation.at(["shares", "level"])),
        expandable: flag(allocation.get("expandableReservation")),
    })
}
