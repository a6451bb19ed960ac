//! Datastores.

use stocktake_contract::details::{Datastore, Text};
use stocktake_contract::normalized::Kind;

use super::{Context, Sheet, columns};
use crate::cell::Cell;
use crate::index::{DatastoreFacts, PodFacts};

impl<'c> Context<'c> {
    fn datastore(&self) -> Option<&'c Datastore<'c>> {
        self.asset.datastore()
    }

    fn facts(&self) -> Option<&'c DatastoreFacts> {
        self.index.datastores.get(&self.asset.id)
    }

    fn pod(&self) -> Option<&'c PodFacts> {
        let name = self.datastore()?.pod.as_ref()?;
        self.index.pod(name.as_str())
    }

    fn provisioned(&self) -> Option<u64> {
        let uncommitted = self.datastore()?.uncommitted_bytes?;
        Some(self.used()?.saturating_add(uncommitted))
    }

    fn used(&self) -> Option<u64> {
        self.asset.capacity()?.checked_sub(self.asset.free()?)
    }
}

columns! {
    DATASTORE_COLUMNS = {
        "Name", "normalized.identity.caption", |c| c.asset.name().into();
        "Accessible", "details.accessible", |c| c.datastore().and_then(|datastore| datastore.accessible).into();
        "Maintenance", "details.maintenance", |c| c.datastore().and_then(|datastore| datastore.maintenance.as_ref()).into();
        "Type", "details.type_name, else normalized.attributes.type", |c| c.datastore().and_then(|datastore| datastore.type_name.as_ref()).map(Text::as_str).or(c.asset.normalized.attributes.type_name.as_deref()).into();
        "# VMs total", "relation stored_on", |c| c.facts().map(|facts| facts.load.vms).into();
        "# VMs", "those that are powered on", |c| c.facts().map(|facts| facts.load.powered_on).into();
        "Capacity MiB" ["MiB"], "details.capacity_bytes, else normalized.attributes.capacity_bytes", |c| Cell::mib(c.asset.capacity());
        "Provisioned MiB" ["MiB"], "In Use MiB + details.uncommitted_bytes", |c| Cell::mib(c.provisioned());
        "In Use MiB" ["MiB"], "capacity - free space", |c| Cell::mib(c.used());
        "Free MiB" ["MiB"], "details.free_bytes, else normalized.attributes.free_bytes", |c| Cell::mib(c.asset.free());
        "Free %" ["%"], "free space ÷ capacity", |c| Cell::percent(c.asset.free(), c.asset.capacity());
        "# Hosts", "relation mounts", |c| c.facts().map(|facts| c.index.hosts_of(facts).len() as u64).into();
        "Hosts", "relation mounts", |c| Cell::list(c.facts().map(|facts| c.index.hosts_of(facts)).into_iter().flatten());
        "Cluster name", "details.pod", |c| c.datastore().and_then(|datastore| datastore.pod.as_ref()).into();
        "Cluster capacity MiB" ["MiB"], "details.capacity_bytes of the datastorepod", |c| Cell::mib(c.pod().and_then(|pod| pod.capacity_bytes));
        "Cluster free space MiB" ["MiB"], "details.free_bytes of the datastorepod", |c| Cell::mib(c.pod().and_then(|pod| pod.free_bytes));
        "Version", "details.vmfs_version", |c| c.datastore().and_then(|datastore| datastore.vmfs_version.as_ref()).into();
        "MHA", "details.multiple_host_access, else normalized.attributes.multiple_host_access", |c| c.datastore().and_then(|datastore| datastore.multiple_host_access).or(c.asset.normalized.attributes.multiple_host_access).into();
        "URL", "details.url, else normalized.attributes.url", |c| c.datastore().and_then(|datastore| datastore.url.as_ref()).map(Text::as_str).or(c.asset.normalized.attributes.url.as_deref()).into();
        "Datacenter", "details.datacenter", |c| c.datastore().and_then(|datastore| datastore.datacenter.as_ref()).into();
        "Folder", "details.folder_path", |c| c.datastore().and_then(|datastore| datastore.folder_path.as_ref()).into();
        "Object ID", "external_id", |c| c.asset.id.as_ref().into();
    }
}

pub(super) const DATASTORE: Sheet = Sheet {
    name: "vDatastore",
    about: "datastores",
    kinds: &[Kind::Datastore],
    rows: |_| 1,
    columns: &[DATASTORE_COLUMNS],
    has_attributes: true,
};
