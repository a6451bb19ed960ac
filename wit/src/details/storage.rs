//! Datastores and their clusters.

use super::object::object;
use super::value::{Attributes, Text};

object! {
    /// A datastore.
    Datastore<'a> {
        datacenter: Text<'a>, ["parent"], "name of the datacenter above it";
        folder_path: Text<'a>, ["parent"], "names down to its folder or datastore cluster, as of a VM";
        custom_attributes: Attributes<'a>, ["customValue"], "as of a VM";
        pod: Text<'a>, ["parent"], "name of its datastore cluster";
        url: Text<'a>, ["summary.url"], "as in `ds:///vmfs/volumes/…/`";
        type_name: Text<'a>, ["summary.type"], "as in `VMFS`, `NFS41`, `vsan`";
        vmfs_version: Text<'a>, ["info"], "`vmfs.version`, as in `6.82`";
        capacity_bytes: u64, ["summary.capacity"], "its size";
        free_bytes: u64, ["summary.freeSpace"], "free space";
        uncommitted_bytes: u64, ["summary.uncommitted"], "what thin disks may still take";
        accessible: bool, ["summary.accessible"], "a host can reach it";
        maintenance: Text<'a>, ["summary.maintenanceMode"], "as in `normal`, `inMaintenance`";
        multiple_host_access: bool, ["summary.multipleHostAccess"], "several hosts can reach it";
    }
}

object! {
    /// A datastore cluster.
    DatastorePod<'a> {
        name: Text<'a>, ["name"], "its name";
        path: Text<'a>, ["name", "parent"], "names from below the root folder down to it, as vCenter stores them";
        parent: Text<'a>, ["parent"], "the managed object id of its folder";
        custom_attributes: Attributes<'a>, ["customValue"], "as of a VM";
        capacity_bytes: u64, ["summary.capacity"], "size of its datastores";
        free_bytes: u64, ["summary.freeSpace"], "free space of its datastores";
    }
}
