//! Datastores and their clusters.

use stocktake_contract::details::{Datastore, DatastorePod};

use super::Context;
use super::values::{Properties, known, text};
use crate::gaps::Gap;
use crate::tape::Tape;

/// The details of a datastore.
pub(super) fn datastore<'a>(
    properties: &'a Tape,
    context: Context<'a>,
    gaps: &mut Vec<Gap>,
) -> Datastore<'a> {
    let read = Properties(properties);
    let parent = read.reference("parent");
    let pod = |parent: crate::moref::MoRef<'a>| context.places.name_of("StoragePod", parent.value);
    Datastore {
        datacenter: read.datacenter(context),
        folder_path: read.folder_path(context),
        custom_attributes: read.custom_attributes(context, gaps),
        pod: known(parent.and_then(pod)),
        url: read.text("summary.url"),
        type_name: read.text("summary.type"),
        vmfs_version: text(
            read.get("info")
                .and_then(|info| info.at(["vmfs", "version"])),
        ),
        capacity_bytes: read.count("summary.capacity"),
        free_bytes: read.count("summary.freeSpace"),
        uncommitted_bytes: read.count("summary.uncommitted"),
        accessible: read.flag("summary.accessible"),
        maintenance: read.text("summary.maintenanceMode"),
        multiple_host_access: read.flag("summary.multipleHostAccess"),
    }
}

/// The details of a datastore cluster.
pub(super) fn pod<'a>(
    properties: &'a Tape,
    context: Context<'a>,
    gaps: &mut Vec<Gap>,
) -> DatastorePod<'a> {
    let read = Properties(properties);
    DatastorePod {
        name: read.name(),
        path: read.path(context),
        parent: read.parent(),
        custom_attributes: read.custom_attributes(context, gaps),
        capacity_bytes: read.count("summary.capacity"),
        free_bytes: read.count("summary.freeSpace"),
    }
}
