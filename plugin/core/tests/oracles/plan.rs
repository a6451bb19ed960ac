//! The inventory of a test vCenter, its replies, and its failures.
//!
//! A plan is read from bytes by `arbitrary`, a byte per choice, and written
//! back by [`Plan::to_bytes`], so that seeds can be written as plans.

use arbitrary::{Arbitrary, Unstructured};

/// An enumeration that is read from one byte.
macro_rules! choices {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $choice:ident,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$doc])* $choice,)+ }

        impl $name {
            /// Every choice.
            pub const ALL: &'static [$name] = &[$($name::$choice,)+];
        }

        impl<'a> Arbitrary<'a> for $name {
            fn arbitrary(bytes: &mut Unstructured<'a>) -> arbitrary::Result<Self> {
                let byte = usize::from(u8::arbitrary(bytes)?);
                Ok(Self::ALL[byte % Self::ALL.len()])
            }
        }
    };
}

choices! {
    /// The mode of the request.
    Ask {
        /// Everything.
        Collect,
        /// Hosts and clusters.
        CollectHosts,
        /// VMs.
        CollectVms,
    }
}

choices! {
    /// The type of an object.
    Kind {
        /// A VM on a host.
        Vm,
        /// A host in a cluster.
        Host,
        /// A cluster.
        Cluster,
        /// A datastore.
        Datastore,
        /// It is not requested.
        Folder,
    }
}

choices! {
    /// The fate of an object.
    Fate {
        /// On the list and on a page.
        Sent,
        /// On the page, and once more on it or the next.
        Twice,
        /// Sent, but never on the view's own list.
        Unannounced,
        /// On the list, and gone before it was sent.
        Vanished,
        /// On the list and there, but on no page.
        Withheld,
        /// On the list; on no page, and neither existing nor deleted when requested by id.
        Hidden,
        /// Sent, and on the view's own list from the second reading on.
        Created,
    }
}

choices! {
    /// What can be read of an object.
    State {
        /// All that is required.
        Connected,
        /// That the server has lost touch with it.
        Disconnected,
        /// That it is a template.
        Template,
        /// Nothing but its name.
        Bare,
        /// The account lacks the privilege for required properties.
        Unreadable,
        /// Its values violate the schema.
        Odd,
    }
}

choices! {
    /// How the view's own list is sent.
    Announcement {
        /// Before the objects, as vCenters do.
        First,
        /// After the objects.
        Last,
        /// Not at all.
        Absent,
        /// The account may not read it.
        Unreadable,
    }
}

choices! {
    /// The failure of a call.
    What {
        /// The session is gone, and this call gets the fault.
        LostSession,
        /// The session goes while objects are read: they come without properties.
        LostProperties,
        /// Fewer objects than there are, and no token.
        Short,
        /// A fault of no further meaning.
        RuntimeFault,
        /// A privilege is lacking.
        NoPermission,
        /// The object of the call is reported as gone.
        NotFound,
        /// A property is reported as unknown.
        InvalidProperty,
        /// A fault without detail.
        NamelessFault,
        /// The connection ends in the reply.
        Cut,
        /// The reply ends too early.
        Ended,
        /// One byte of the reply is another.
        Garbled,
        /// There is no connection.
        Refused,
        /// 429.
        TooManyCalls,
        /// 503 with a time.
        Overloaded,
        /// 502.
        BadGateway,
        /// 302.
        Redirect,
        /// A proxy's page.
        Html,
        /// Nothing is in the reply.
        Nothing,
    }
}

/// A failure.
#[derive(Arbitrary, Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// With the how manieth call, from 0.
    pub call: u8,
    /// What.
    pub what: What,
    /// Where in the reply, in parts of 256; or what it names.
    pub at: u8,
}

/// An object.
#[derive(Arbitrary, Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// Its type.
    pub kind: Kind,
    /// Its number among those of its type; not always unlike all others.
    pub number: u8,
    /// Its fate.
    pub fate: Fate,
    /// What can be read of it.
    pub state: State,
    /// The number of a VM's host, or of a host's cluster.
    pub place: u8,
}

/// An empty inventory is allowed.
pub const ALLOW_EMPTY: u8 = 1;
/// Templates are VMs.
pub const TEMPLATES: u8 = 1 << 1;
/// Every object is read by a call of its own.
pub const PER_OBJECT: u8 = 1 << 2;
/// The short profile, of all kinds.
pub const SYNC: u8 = 1 << 3;
/// Whether the hosts of a datastore are read.
pub const DEEP: u8 = 1 << 4;
/// Datastores are emitted.
pub const DATASTORES: u8 = 1 << 5;
/// The session is the host's.
pub const BROKERED: u8 = 1 << 6;

/// All of it.
#[derive(Arbitrary, Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The mode of the request.
    pub ask: Ask,
    /// `page_size` of the request, less one.
    pub page_size: u8,
    /// Settings of the request, a bit each.
    pub settings: u8,
    /// The run is closed after as many pages, less one; never when 0.
    pub close_after: u8,
    /// The server's own most objects on a page; none when 0.
    pub most: u8,
    /// After as many pages follows one without objects; never when 0.
    pub hollow: u8,
    /// How the view's own list is sent.
    pub announcement: Announcement,
    /// Lengths of the pieces that replies come in.
    pub lengths: Vec<u8>,
    /// What goes wrong.
    pub troubles: Vec<Trouble>,
    /// The objects, in the order of the listing.
    pub objects: Vec<Object>,
}

impl Plan {
    /// Reads a fuzzer's input.
    #[must_use]
    pub fn of(data: &[u8]) -> Option<Self> {
        Plan::arbitrary(&mut Unstructured::new(data)).ok()
    }

    /// The bytes that [`Plan::of`] reads this plan from.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        const ITEM: u8 = 1;
        const END: u8 = 0;
        let mut bytes = vec![
            self.ask as u8,
            self.page_size,
            self.settings,
            self.close_after,
            self.most,
            self.hollow,
            self.announcement as u8,
        ];
        for &length in &self.lengths {
            bytes.extend([ITEM, length]);
        }
        bytes.push(END);
        for Trouble { call, what, at } in &self.troubles {
            bytes.extend([ITEM, *call, *what as u8, *at]);
        }
        bytes.push(END);
        for object in &self.objects {
            bytes.extend([
                ITEM,
                object.kind as u8,
                object.number,
                object.fate as u8,
                object.state as u8,
                object.place,
            ]);
        }
        bytes.push(END);
        bytes
    }

    fn asks(&self, setting: u8) -> bool {
        self.settings & setting != 0
    }

    /// Templates are wanted as VMs.
    #[must_use]
    pub fn wants_templates(&self) -> bool {
        self.asks(TEMPLATES)
    }

    /// The session is the host's: the collector is given no credential.
    #[must_use]
    pub fn is_brokered(&self) -> bool {
        self.asks(BROKERED)
    }

    /// Objects of this kind are to be emitted.
    #[must_use]
    pub fn emits(&self, kind: Kind) -> bool {
        match kind {
            Kind::Vm => self.ask != Ask::CollectHosts,
            Kind::Host | Kind::Cluster => self.ask != Ask::CollectVms,
            Kind::Datastore => {
                self.asks(DATASTORES) || (self.asks(SYNC) && self.ask != Ask::CollectVms)
            }
            Kind::Folder => false,
        }
    }

    /// The request document.
    #[must_use]
    pub fn request(&self) -> String {
        let mode = match self.ask {
            Ask::Collect => "collect",
            Ask::CollectHosts => "collect_hosts",
            Ask::CollectVms => "collect_vms",
        };
        let kinds: &[&str] = if self.asks(DATASTORES) {
            &["datastore"]
        } else {
            &[]
        };
        let credential = if self.is_brokered() {
            serde_json::json!({})
        } else {
            serde_json::json!({"username": "reader", "password": super::vcenter::PASSWORD})
        };
        serde_json::json!({
            "schema_version": "collector-request-v1",
            "source": {
                "source_id": "source-1",
                "source_type": "vcenter",
                "config": {
                    "endpoint": "https://vcenter.invalid",
                    "preferred_vcenter_version": "7.0-8.x",
                    "page_size": u32::from(self.page_size) + 1,
                    "allow_empty": self.asks(ALLOW_EMPTY),
                    "include_templates": self.wants_templates(),
                    "strategy": if self.asks(PER_OBJECT) { "per_object" } else { "property_collector" },
                    "profile": if self.asks(SYNC) { "sync" } else { "ledger" },
                    "deep_relationships": self.asks(DEEP),
                    "kinds": kinds,
                },
                "credential": credential,
            },
            "request": {"run_id": "run-1", "mode": mode, "now": "2026-01-01T00:00:00Z"},
        })
        .to_string()
    }
}

impl Object {
    /// The id of its reference. Ids may contain any character.
    #[must_use]
    pub fn id(&self) -> String {
        self.kind.id(self.number)
    }
}

impl Kind {
    /// The managed object type.
    #[must_use]
    pub fn type_name(self) -> &'static str {
        match self {
            Kind::Vm => "VirtualMachine",
            Kind::Host => "HostSystem",
            Kind::Cluster => "ClusterComputeResource",
            Kind::Datastore => "Datastore",
            Kind::Folder => "Folder",
        }
    }

    /// The kind of the assets; none when it is never emitted.
    #[must_use]
    pub fn external(self) -> Option<&'static str> {
        match self {
            Kind::Vm => Some("vm"),
            Kind::Host => Some("host"),
            Kind::Cluster => Some("cluster"),
            Kind::Datastore => Some("datastore"),
            Kind::Folder => None,
        }
    }

    /// The id of an object.
    #[must_use]
    pub fn id(self, number: u8) -> String {
        let prefix = match self {
            Kind::Vm => "vm",
            Kind::Host => "host",
            Kind::Cluster => "domain-c",
            Kind::Datastore => "datastore",
            Kind::Folder => "group",
        };
        match number {
            0..240 => format!("{prefix}-{number}"),
            // As simulators and migrations make them.
            _ => format!("/tmp/\"{prefix}\"[{number}] <ü&>@\\"),
        }
    }
}
