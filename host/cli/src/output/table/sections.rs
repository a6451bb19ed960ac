//! How the kinds are shown.

/// Columns whose values are bytes.
pub(super) const BYTES: [&str; 3] = ["MEMORY", "CAPACITY", "FREE"];

/// How a kind is shown.
pub(super) struct Section {
    pub(super) kind: &'static str,
    pub(super) heading: &'static str,
    /// Names of the columns, and where in `normalized` each is found.
    pub(super) columns: &'static [(&'static str, &'static str)],
}

pub(super) const SECTIONS: [Section; 7] = [
    Section {
        kind: "cluster",
        heading: "CLUSTERS",
        columns: &[
            ("NAME", "/identity/caption"),
            ("HOSTS", "/attributes/num_hosts"),
            ("CPU MHZ", "/attributes/total_cpu_mhz"),
            ("MEMORY", "/attributes/total_memory_bytes"),
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
    },
    Section {
        kind: "network",
        heading: "NETWORKS",
        columns: &[("NAME", "/identity/caption")],
    },
    Section {
        kind: "dvportgroup",
        heading: "DISTRIBUTED PORT GROUPS",
        columns: &[("NAME", "/identity/caption")],
    },
    Section {
        kind: "dvswitch",
        heading: "DISTRIBUTED SWITCHES",
        columns: &[("NAME", "/identity/caption"), ("UUID", "/attributes/uuid")],
    },
];
