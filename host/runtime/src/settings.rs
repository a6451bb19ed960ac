//! A policy document: what runs may do, with every limit in it.
//!
//! The types read and write any format of serde; the command line and the plugin read TOML, as
//! `stocktake policy show` prints it. Whatever a document leaves out has its default, and an unknown
//! key is an error, so that a misspelled limit cannot pass for a limit.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::component::Digest;
use crate::gateway::{Proxies, Retries};
use crate::limits::{Limits, NetworkLimits, SandboxLimits};
use crate::policy::Policy;
use crate::request::Request;
use crate::resilience::CircuitSettings;
use crate::seconds;
use crate::vsphere::{Methods, Readable};

/// A policy document.
///
/// ```
/// use stocktake_runtime::Settings;
///
/// let document = r#"{"sandbox": {"memory_bytes": 67108864, "wall_seconds": 120}}"#;
/// let settings: Settings = serde_json::from_str(document)?;
/// assert_eq!(settings.sandbox.memory_bytes, 64 << 20);
/// assert_eq!(settings.network, Settings::default().network);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Settings {
    /// Which component may run.
    pub component: ComponentSettings,
    /// Who logs in.
    pub session: SessionSettings,
    /// What may be called, and read by it, of the vSphere API.
    pub calls: CallSettings,
    /// Who counts an inventory.
    pub count: CountSettings,
    /// What a run may use of the host.
    pub sandbox: SandboxLimits,
    /// What a run may use of the network.
    pub network: NetworkLimits,
    /// The proxy that a document names.
    pub proxy: ProxySettings,
    /// How often a call that only reads is sent when it is not answered.
    pub retry: Retries,
    /// When runs against a failing vCenter are refused.
    pub breaker: BreakerSettings,
    /// The way through a proxy, as this document, variables and options together say; not part of a document.
    #[serde(skip)]
    pub proxies: Proxies,
}

/// Which component may run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ComponentSettings {
    /// Digests of those that may run in place of the built-in one, as `sha256:HEX`; all when empty.
    pub allow: Vec<Digest>,
}

/// Who logs in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct SessionSettings {
    /// The collector is given the credential and logs in itself.
    pub credentials_to_guest: bool,
}

/// What may be called, and read by it, of the vSphere API.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct CallSettings {
    /// Methods by name.
    pub methods: Methods,
    /// Property paths by managed object type. A document adds to what the built-in collector reads.
    pub read: Readable,
}

/// Who counts an inventory.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct CountSettings {
    /// An inventory that the collector alone has counted is refused.
    pub required: bool,
    /// Objects that the host reads for itself and compares; none when 0.
    pub spot_check: usize,
}

/// The proxy that a document names.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ProxySettings {
    /// The proxy that leads to every server, as `http://HOST:PORT`; without a password, which a policy that is
    /// shown would show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// When runs against a failing vCenter are refused.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct BreakerSettings {
    /// The directory in which processes share the state of circuits; no run is refused without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<PathBuf>,
    /// Failed runs in a row that open a circuit.
    pub failures: u32,
    /// How long a circuit stays open; `cooldown_seconds` in a document.
    #[serde(rename = "cooldown_seconds", with = "seconds")]
    pub cooldown: Duration,
    /// The longest that it does; `longest_cooldown_seconds` in a document.
    #[serde(rename = "longest_cooldown_seconds", with = "seconds")]
    pub longest_cooldown: Duration,
}

impl Default for BreakerSettings {
    fn default() -> Self {
        let CircuitSettings {
            failures,
            cooldown,
            longest_cooldown,
        } = CircuitSettings::default();
        BreakerSettings {
            state: None,
            failures,
            cooldown,
            longest_cooldown,
        }
    }
}

impl BreakerSettings {
    /// Those of each circuit.
    #[must_use]
    pub fn circuit(&self) -> CircuitSettings {
        CircuitSettings {
            failures: self.failures,
            cooldown: self.cooldown,
            longest_cooldown: self.longest_cooldown,
        }
    }
}

impl Settings {
    /// The key of the first setting that is 0 and lets no run do anything.
    #[must_use]
    pub fn first_zero(&self) -> Option<&'static str> {
        let rest = [
            ("retry.attempts", self.retry.attempts),
            ("breaker.failures", self.breaker.failures),
        ];
        let zero = rest.into_iter().find(|(_, value)| *value == 0);
        self.limits().first_zero().or(zero.map(|(name, _)| name))
    }

    /// What a run may use.
    #[must_use]
    pub fn limits(&self) -> Limits {
        Limits {
            sandbox: self.sandbox,
            network: self.network,
        }
    }

    /// What `request` may do.
    #[must_use]
    pub fn policy(&self, request: &Request) -> Policy {
        Policy::for_request(request)
            .with_credentials_to_guest(self.session.credentials_to_guest)
            .requiring_host_count(self.count.required)
            .spot_checking(self.count.spot_check)
            .calling(self.calls.methods.clone())
            .reading(self.calls.read.clone())
            .within(self.limits())
            .retrying(self.retry)
            .by_way_of(self.proxies.clone())
    }
}
