//! How the kinds are shown.

use serde_json::Value;

/// Columns whose values are bytes.
pub(super) const BYTES: [&str; 3] = ["MEMORY", "CAPACITY", "FREE"];

/// How a kind is shown.
pub(super) struct Section {
    pub(super) kind: &'static str,
    pub(super) heading: &'static str,
    /// Names of the columns, and where in `normalized` each is found.
    pub(super) columns: &'static [(&'static str, &'static str)],
    /// Those that follow where an asset has `details`, and where in these each is found.
    pub(super) details: &'static [(&'static str, &'static str)],
}

impl Section {
    /// The columns of an asset, and their values.
    pub(super) fn columns_of<'d>(
        &self,
        document: &'d Value,
    ) -> Vec<(&'static str, Option<&'d Value>)> {
        let [normalized, details] = ["normalized", "details"].map(|part| &document[part]);
        let columns = self
            .columns
            .iter()
            .map(|(name, at)| (*name, normalized.pointer(at)));
        let more = self.details.iter().filter(|_| details.is_object());
        columns
            .chain(more.map(|(name, at)| (*name, details.pointer(at))))
            .collect()
    }
}

pub(super) const SECTIONS: [Section; 12] = [
    Section {
        kind: "cluster",
        heading: "CLUSTERS",
        columns: &[
            ("NAME", "/identity/caption"),
            ("HOSTS", "/attributes/num_hosts"),
            ("CPU MHZ", "/attributes/total_cpu_mhz"),
            ("MEMORY", "/attributes/total_memory_bytes"),
        ],
        details: &[
            ("DATACENTER", "/datacenter"),
            ("DRS", "/drs/enabled"),
            ("HA", "/ha/enabled"),
        ],
    },
    Section {
        kind: "host",
        heading: "HOSTS",
        columns: &[
            ("NAME", "/identity/hostname"),
            ("MODEL", "/identity/model"),
            ("ESXI", "/os/version"),
            ("CORES", "/hardware/cpu_count"),
            ("MEMORY", "/hardware/memory_bytes"),
            ("MANAGEMENT IP", "/network/management_ip"),
            ("POWER", "/runtime/power_state"),
        ],
        details: &[
            ("CLUSTER", "/cluster"),
            ("DATACENTER", "/datacenter"),
            ("BOOTED", "/booted_at"),
        ],
    },
    Section {
        kind: "vm",
        heading: "VIRTUAL MACHINES",
        columns: &[
            ("NAME", "/identity/caption"),
            ("POWER", "/runtime/power_state"),
            ("CPUS", "/hardware/cpu_count"),
            ("MEMORY", "/hardware/memory_bytes"),
            ("OS", "/os/fingerprint"),
            ("IP", "/network/ip_addresses/0"),
        ],
        details: &[
            ("FOLDER", "/folder_path"),
            ("POOL", "/resource_pool"),
            ("TOOLS", "/tools/status"),
            ("SNAPSHOTS", "/snapshots"),
            ("NOTES", "/annotation"),
        ],
    },
    Section {
        kind: "datastore",
        heading: "DATASTORES",
        columns: &[
            ("NAME", "/identity/caption"),
            ("TYPE", "/attributes/type"),
            ("CAPACITY", "/attributes/capacity_bytes"),
            ("FREE", "/attributes/free_bytes"),
        ],
        details: &[("DATACENTER", "/datacenter"), ("ACCESSIBLE", "/accessible")],
    },
    Section {
        kind: "network",
        heading: "NETWORKS",
        columns: &[("NAME", "/identity/caption")],
        details: &[("DATACENTER", "/datacenter")],
    },
    Section {
        kind: "dvportgroup",
        heading: "DISTRIBUTED PORT GROUPS",
        columns: &[("NAME", "/identity/caption")],
        details: &[("DATACENTER", "/datacenter"), ("VLAN", "/vlan_id")],
    },
    Section {
        kind: "dvswitch",
        heading: "DISTRIBUTED SWITCHES",
        columns: &[("NAME", "/identity/caption"), ("UUID", "/attributes/uuid")],
        details: &[("DATACENTER", "/datacenter")],
    },
    Section {
        kind: "datacenter",
        heading: "DATACENTERS",
        columns: &[("NAME", "/identity/caption")],
        details: &[("PATH", "/path")],
    },
    Section {
        kind: "folder",
        heading: "FOLDERS",
        columns: &[("NAME", "/identity/caption")],
        details: &[("PATH", "/path")],
    },
    Section {
        kind: "resourcepool",
        heading: "RESOURCE POOLS",
        columns: &[("NAME", "/identity/caption")],
        details: &[
            ("PATH", "/path"),
            ("CPU MHZ", "/cpu/reservation_mhz"),
            ("MEMORY", "/memory/reservation_bytes"),
        ],
    },
    Section {
        kind: "vapp",
        heading: "VAPPS",
        columns: &[("NAME", "/identity/caption")],
        details: &[("PATH", "/path")],
    },
    Section {
        kind: "datastorepod",
        heading: "DATASTORE CLUSTERS",
        columns: &[("NAME", "/identity/caption")],
        details: &[("PATH", "/path")],
    },
];
