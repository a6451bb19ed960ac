//! What the inventory tree is made of.

use super::object::object;
use super::value::{Attributes, Text};

object! {
    /// A datacenter.
    Datacenter<'a> {
        name: Text<'a>, ["name"], "its name";
        path: Text<'a>, ["name", "parent"], "names from below the root folder down to it, as vCenter stores them";
        parent: Text<'a>, ["parent"], "the managed object id of its folder";
        custom_attributes: Attributes<'a>, ["customValue"], "as of a VM";
    }
}

object! {
    /// A folder. The root folder is none: it is where paths begin.
    Folder<'a> {
        name: Text<'a>, ["name"], "its name";
        path: Text<'a>, ["name", "parent"], "names from below the root folder down to it, as vCenter stores them";
        parent: Text<'a>, ["parent"], "the managed object id of its folder or datacenter";
        custom_attributes: Attributes<'a>, ["customValue"], "as of a VM";
    }
}

object! {
    /// A resource pool; that of a cluster or standalone host too.
    ResourcePool<'a> {
        name: Text<'a>, ["name"], "its name";
        path: Text<'a>, ["name", "parent"], "names from below the root folder down to it, as vCenter stores them: folders, datacenter, compute resource, pools";
        parent: Text<'a>, ["parent"], "the managed object id of its pool, vApp or compute resource";
        datacenter: Text<'a>, ["parent"], "name of the datacenter above it";
        custom_attributes: Attributes<'a>, ["customValue"], "as of a VM";
        cpu: PoolCpu<'a>, ["config.cpuAllocation"], "its share of CPU";
        memory: PoolMemory<'a>, ["config.memoryAllocation"], "its share of memory";
    }
}

object! {
    /// A vApp.
    VApp<'a> {
        name: Text<'a>, ["name"], "its name";
        path: Text<'a>, ["name", "parent"], "as of a resource pool";
        parent: Text<'a>, ["parent"], "the managed object id of its pool, vApp or compute resource";
        datacenter: Text<'a>, ["parent"], "name of the datacenter above it";
        folder_path: Text<'a>, ["parentFolder"], "names down to its folder, as of a VM; absent for one inside of another";
        custom_attributes: Attributes<'a>, ["customValue"], "as of a VM";
        cpu: PoolCpu<'a>, ["config.cpuAllocation"], "its share of CPU";
        memory: PoolMemory<'a>, ["config.memoryAllocation"], "its share of memory";
    }
}

object! {
    /// The share of CPU of a pool.
    PoolCpu<'a> {
        reservation_mhz: u64, [], "`reservation`";
        limit_mhz: u64, [], "`limit`; absent when it is unlimited (-1)";
        shares: u64, [], "`shares.shares`";
        shares_level: Text<'a>, [], "`shares.level`";
        expandable: bool, [], "`expandableReservation`";
    }
}

object! {
    /// The share of memory of a pool.
    PoolMemory<'a> {
        reservation_bytes: u64, [], "`reservation` × 1,048,576";
        limit_bytes: u64, [], "`limit` × 1,048,576; absent when it is unlimited (-1)";
        shares: u64, [], "`shares.shares`";
        shares_level: Text<'a>, [], "`shares.level`";
        expandable: bool, [], "`expandableReservation`";
    }
}
