//! What an object is: its kind and its number within that kind.

/// The kinds of managed objects, in the order in which a view of everything lists them: a vCenter walks a datacenter's VM folder first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Folder = 0,
    Datacenter = 1,
    Vm = 2,
    Cluster = 3,
    Compute = 4,
    Host = 5,
    Datastore = 6,
    Network = 7,
    PortGroup = 8,
    Switch = 9,
    Pool = 10,
    VApp = 11,
    Pod = 12,
    OpaqueNetwork = 13,
    /// What defines custom attributes: no part of the tree, so that no view lists it.
    CustomFields = 14,
}

impl Kind {
    pub(crate) const COUNT: usize = 15;
    pub(crate) const ALL: [Self; Self::COUNT] = [
        Self::Folder,
        Self::Datacenter,
        Self::Vm,
        Self::Cluster,
        Self::Compute,
        Self::Host,
        Self::Datastore,
        Self::Network,
        Self::PortGroup,
        Self::Switch,
        Self::Pool,
        Self::VApp,
        Self::Pod,
        Self::OpaqueNetwork,
        Self::CustomFields,
    ];

    /// Where this kind stands in [`Kind::ALL`].
    pub(crate) fn position(self) -> usize {
        self as usize
    }

    /// The type in the vSphere schema.
    pub(crate) fn type_name(self) -> &'static str {
        self.lineage()[0]
    }

    /// The type and the types it extends, nearest first. A selection for any of them applies, the nearest wins.
    pub(crate) fn lineage(self) -> &'static [&'static str] {
        match self {
            Self::Folder => &["Folder", "ManagedEntity"],
            Self::Datacenter => &["Datacenter", "ManagedEntity"],
            Self::Vm => &["VirtualMachine", "ManagedEntity"],
            Self::Cluster => &["ClusterComputeResource", "ComputeResource", "ManagedEntity"],
            Self::Compute => &["ComputeResource", "ManagedEntity"],
            Self::Host => &["HostSystem", "ManagedEntity"],
            Self::Datastore => &["Datastore", "ManagedEntity"],
            Self::Network => &["Network", "ManagedEntity"],
            Self::PortGroup => &["DistributedVirtualPortgroup", "Network", "ManagedEntity"],
            Self::Switch => &[
                "VmwareDistributedVirtualSwitch",
                "DistributedVirtualSwitch",
                "ManagedEntity",
            ],
            Self::Pool => &["ResourcePool", "ManagedEntity"],
            Self::VApp => &["VirtualApp", "ResourcePool", "ManagedEntity"],
            Self::Pod => &["StoragePod", "Folder", "ManagedEntity"],
            Self::OpaqueNetwork => &["OpaqueNetwork", "Network", "ManagedEntity"],
            Self::CustomFields => &["CustomFieldsManager"],
        }
    }
}

/// A managed object of the inventory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Object {
    pub(crate) kind: Kind,
    pub(crate) index: u32,
}

impl Object {
    pub(crate) const ROOT: Self = Self::new(Kind::Folder, 0);
    pub(crate) const CUSTOM_FIELDS: Self = Self::new(Kind::CustomFields, 0);

    pub(crate) const fn new(kind: Kind, index: u32) -> Self {
        Self { kind, index }
    }
}
