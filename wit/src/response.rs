//! `collector-response-v1`: the response of a collector.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::roots::Roots;

/// The only `schema_version` of a response.
pub const SCHEMA_VERSION: &str = "collector-response-v1";

/// The kinds that every collector of this contract may emit.
pub const LEDGER_KINDS: [&str; 3] = ["vm", "host", "cluster"];
/// The kinds that are emitted only when a request asks for them.
pub const EXTENDED_KINDS: [&str; 4] = ["datastore", "network", "dvportgroup", "dvswitch"];
/// The kinds of the tree above the machines, which only profile `full` emits.
pub const TREE_KINDS: [&str; 5] = [
    "datacenter",
    "folder",
    "resourcepool",
    "vapp",
    "datastorepod",
];

/// What the target is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Detection {
    /// `<version> (build <build>)`
    pub target_version: String,
    /// Booleans and strings.
    pub capabilities: Map<String, Value>,
    /// `vcenter-<preferred or auto>@v1`
    pub driver: String,
    /// The `preferred_vcenter_version` that fits the target.
    pub recommended_preferred_version: String,
}

/// One end of a relation.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Endpoint<'a> {
    /// The kind of the asset at this end.
    pub external_kind: std::borrow::Cow<'a, str>,
    /// Its id.
    pub external_id: std::borrow::Cow<'a, str>,
}

/// Counts behind the verdict, per kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindEvidence {
    /// `vm`, `host`, `cluster` or an extended kind.
    pub kind: String,
    /// Objects that any list of the server names.
    pub announced: u64,
    /// Announced objects that the server sent.
    pub returned: u64,
    /// Objects that the server sent although none of its lists names them; 0 in a complete inventory.
    pub unannounced: u64,
    /// Announced objects that the server says no longer exist.
    pub vanished: u64,
    /// Objects that could not be decoded.
    pub quarantined: u64,
    /// Objects returned that the mode does not emit.
    pub excluded: u64,
    /// Objects with a property that the account may not read.
    pub unreadable: u64,
    /// Privileges that would make them readable.
    pub missing_privileges: Vec<String>,
}

/// Who counted the objects of an inventory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountedBy {
    /// Only the collector.
    #[default]
    Collector,
    /// The host too: it listed the objects itself and found the same ones.
    Host,
}

/// The evidence that an inventory is complete.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Who counted. Only a host sets this; a collector cannot claim it.
    #[serde(default)]
    pub counted_by: CountedBy,
    /// Objects that the host read for itself and found as the collector says. Only a host sets
    /// this too.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub spot_checked: u64,
    /// Counts per kind.
    pub kinds: Vec<KindEvidence>,
    /// Pages the server sent.
    pub pages: u32,
    /// Calls for a further page.
    pub continue_calls: u32,
    /// The server's last page had no token for another one.
    pub drained: bool,
    /// Sessions created.
    pub logins: u32,
    /// Sessions ended.
    pub logouts: u32,
    /// Sessions that the server ended by itself.
    pub sessions_lost: u32,
    /// Container views created.
    pub views_created: u32,
    /// Container views destroyed.
    pub views_destroyed: u32,
    /// Container views that ended with their session.
    pub views_lost: u32,
    /// Restarted retrievals.
    pub restarts: u32,
    /// The roots that were read, if any. The writer of the response derives it
    /// from the request and the warnings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Roots>,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Evidence {
    /// Sessions that could not be ended and expire on the server by themselves.
    #[must_use]
    pub fn sessions_left(&self) -> u32 {
        let over = self.logouts.saturating_add(self.sessions_lost);
        self.logins.saturating_sub(over)
    }

    /// Views that were neither destroyed nor ended with their session.
    #[must_use]
    pub fn views_left(&self) -> u32 {
        let over = self.views_destroyed.saturating_add(self.views_lost);
        self.views_created.saturating_sub(over)
    }

    /// Sessions and views that this run left on the server.
    #[must_use]
    pub fn left_behind(&self) -> u32 {
        self.sessions_left().saturating_add(self.views_left())
    }
}

impl KindEvidence {
    /// Announced objects that are unaccounted for.
    #[must_use]
    pub fn unaccounted(&self) -> u64 {
        self.announced
            .saturating_sub(self.returned + self.vanished + self.quarantined)
    }
}
