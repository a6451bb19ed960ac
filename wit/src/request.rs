//! `collector-request-v1`: the request of a ledger to a collector.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{ErrorCode, Problem};

mod reader;

pub use reader::read;

/// The only accepted `schema_version` of a request.
pub const SCHEMA_VERSION: &str = "collector-request-v1";

/// Most bytes of a request, far above any valid one.
pub const LARGEST: usize = 1 << 20;

/// The least `source.config.page_size`, in objects.
pub const PAGE_SIZE_LEAST: u32 = 1;
/// The greatest `source.config.page_size`, in objects.
pub const PAGE_SIZE_MOST: u32 = 10_000;
/// `source.config.page_size` when the request names none, in objects.
pub const PAGE_SIZE_DEFAULT: u32 = 1000;

/// The text of a request that came as bytes.
///
/// # Errors
///
/// `VCENTER_PARSE_ERROR` when they are more than [`LARGEST`] or not UTF-8.
pub fn text(bytes: &[u8]) -> Result<&str, Problem> {
    let refused = |reason: String| {
        let message =
            format!("the request on stdin {reason}; send one collector-request-v1 document");
        Problem::new(ErrorCode::VcenterParseError, message)
    };
    if bytes.len() > LARGEST {
        return Err(refused("is larger than 1 MiB".to_owned()));
    }
    std::str::from_utf8(bytes)
        .map_err(|error| refused(format!("is not UTF-8 at byte {}", error.valid_up_to())))
}

/// The mode of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Verifies that a session can be created.
    Healthcheck,
    /// Reports the version.
    Detect,
    /// Hosts, clusters and VMs with all their relations.
    Collect,
    /// Hosts and clusters with `member_of`.
    CollectHosts,
    /// VMs with `runs_on` and `hosts_vm`.
    CollectVms,
}

impl Mode {
    /// Every mode, in the order of the contract.
    pub const ALL: [Mode; 5] = [
        Mode::Healthcheck,
        Mode::Detect,
        Mode::Collect,
        Mode::CollectHosts,
        Mode::CollectVms,
    ];

    /// The mode as written in documents.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Mode::Healthcheck => "healthcheck",
            Mode::Detect => "detect",
            Mode::Collect => "collect",
            Mode::CollectHosts => "collect_hosts",
            Mode::CollectVms => "collect_vms",
        }
    }

    /// Whether the response is an inventory.
    #[must_use]
    pub fn collects(self) -> bool {
        self.collects_hosts() || self.collects_vms()
    }

    /// Whether the inventory includes hosts and clusters.
    #[must_use]
    pub fn collects_hosts(self) -> bool {
        matches!(self, Mode::Collect | Mode::CollectHosts)
    }

    /// Whether the inventory includes VMs.
    #[must_use]
    pub fn collects_vms(self) -> bool {
        matches!(self, Mode::Collect | Mode::CollectVms)
    }
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Which properties are read: `source.config.profile`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Profile {
    /// The properties behind `normalized-v1`.
    #[default]
    Ledger,
    /// The short lists of the PropertyCollector sync, of all seven kinds.
    Sync,
    /// The properties of `ledger` and those of `details`, of every kind.
    Full,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Profile; 3] = [Profile::Ledger, Profile::Sync, Profile::Full];

    /// The profile as written in documents.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Profile::Ledger => "ledger",
            Profile::Sync => "sync",
            Profile::Full => "full",
        }
    }
}

/// How objects are read: `source.config.strategy`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Strategy {
    /// Pages of objects, by one view.
    #[default]
    PropertyCollector,
    /// One call per object.
    PerObject,
}

impl Strategy {
    /// Every strategy.
    pub const ALL: [Strategy; 2] = [Strategy::PropertyCollector, Strategy::PerObject];

    /// The strategy as written in documents.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Strategy::PropertyCollector => "property_collector",
            Strategy::PerObject => "per_object",
        }
    }
}

/// A request document, for writing. Collectors read requests
/// field by field, so that each mistake is reported with its field.
#[derive(Clone, Debug, Serialize)]
pub struct CollectorRequest {
    /// [`SCHEMA_VERSION`].
    pub schema_version: &'static str,
    /// What to collect from.
    pub source: Source,
    /// The mode.
    pub request: RunRequest,
}

/// What to collect from.
#[derive(Clone, Debug, Serialize)]
pub struct Source {
    /// The ledger's own id of the source, opaque here.
    pub source_id: String,
    /// The kind of source, as in `vcenter`.
    pub source_type: String,
    /// Settings of the source; unknown keys are ignored by collectors.
    pub config: Map<String, Value>,
    /// How to log in. A collector in a session of its host receives `{}` instead.
    pub credential: Credential,
}

/// How to log in. Its `Debug` shows no password.
#[derive(Clone, Serialize)]
pub struct Credential {
    /// The account.
    pub username: String,
    /// Its password.
    pub password: String,
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

impl Credential {
    /// Why a user name or a password cannot be sent at all: the first character that XML 1.0
    /// has no spelling for, not even as a reference.
    #[must_use]
    pub fn unsendable(text: &str) -> Option<String> {
        let forbidden = |character: &char| match character {
            '\t' | '\n' | '\r' => false,
            '\u{fffe}' | '\u{ffff}' => true,
            other => *other < ' ',
        };
        let found = text.chars().find(forbidden)?;
        Some(format!(
            "holds the control character U+{:04X}, which no call of the vSphere API can carry",
            u32::from(found)
        ))
    }
}

/// The mode.
#[derive(Clone, Debug, Serialize)]
pub struct RunRequest {
    /// The ledger's own id of the run, opaque here.
    pub run_id: String,
    /// Its mode.
    pub mode: Mode,
    /// The ledger's clock, ISO-8601 UTC.
    pub now: String,
}

#[cfg(test)]
mod tests {
    use super::Credential;

    #[test]
    fn what_xml_has_no_spelling_for_cannot_be_sent() {
        for text in [
            "",
            "p",
            "a\tb",
            "a\r\nb",
            "<&>\"'",
            "ü😀\u{7f}\u{85}\u{2028}",
        ] {
            assert_eq!(Credential::unsendable(text), None, "{text:?}");
        }
        for (text, named) in [
            ("\0", "U+0000"),
            ("s3cret\u{1b}[A", "U+001B"),
            ("s3cret\u{ffff}", "U+FFFF"),
        ] {
            let reason = Credential::unsendable(text).expect("a reason");
            assert!(
                reason.contains(named) && !reason.contains("s3cret"),
                "{reason}"
            );
        }
    }
}
