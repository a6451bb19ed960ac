//! What a run may do, as a TOML document with every limit in it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use stocktake_runtime::Limits;
use stocktake_runtime::component::{Digest, NoDigest};
use stocktake_runtime::gateway::{self, Methods, Policy, Proxies, Readable};
use stocktake_runtime::resilience::{Backoff, Retries, Settings};

use super::{readable, seconds};

/// What a run may do. Whatever a document leaves out is as by default.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    pub(crate) component: ComponentRules,
    pub(crate) session: SessionRules,
    pub(crate) calls: CallRules,
    pub(crate) count: CountRules,
    pub(crate) sandbox: SandboxRules,
    pub(crate) network: NetworkRules,
    pub(crate) retry: RetryRules,
    pub(crate) breaker: BreakerRules,
    /// The way through a proxy, as options, variables and this document together say.
    #[serde(skip)]
    pub(crate) proxies: Proxies,
}

/// Which component may run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ComponentRules {
    /// Digests of those that may run in place of the built-in one; all when empty.
    pub(crate) allow: Vec<Listed>,
}

/// A component by its digest, as `sha256:HEX`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Listed(pub(crate) Digest);

impl TryFrom<String> for Listed {
    type Error = NoDigest;

    fn try_from(text: String) -> Result<Self, NoDigest> {
        text.parse().map(Listed)
    }
}

impl From<Listed> for String {
    fn from(listed: Listed) -> Self {
        listed.0.to_string()
    }
}

/// Who logs in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SessionRules {
    pub(crate) credentials_to_guest: bool,
}

/// Who counts an inventory.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CountRules {
    /// An inventory that the collector alone has counted is refused.
    pub(crate) required: bool,
}

/// What may be called, and read by it, of the vSphere API.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct CallRules {
    pub(crate) methods: BTreeSet<String>,
    /// Property paths by managed object type. A document adds to what the built-in collector reads.
    #[serde(with = "readable")]
    pub(crate) read: Readable,
}

/// What a run may use of the host; see [`Limits`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct SandboxRules {
    pub(crate) memory_bytes: usize,
    pub(crate) instances: usize,
    pub(crate) handles: usize,
    pub(crate) hostcall_bytes: usize,
    pub(crate) pages: u64,
    pub(crate) output_bytes: u64,
    pub(crate) host_bytes: usize,
    #[serde(with = "seconds")]
    pub(crate) wall_seconds: Duration,
    #[serde(with = "seconds")]
    pub(crate) grace_seconds: Duration,
}

/// What a run may use of the network; see [`gateway::Limits`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct NetworkRules {
    #[serde(with = "seconds")]
    pub(crate) connect_seconds: Duration,
    #[serde(with = "seconds")]
    pub(crate) first_byte_seconds: Duration,
    #[serde(with = "seconds")]
    pub(crate) between_bytes_seconds: Duration,
    #[serde(with = "seconds")]
    pub(crate) exchange_seconds: Duration,
    pub(crate) request_bytes: u64,
    pub(crate) response_bytes: u64,
    pub(crate) run_bytes: u64,
    pub(crate) requests: u64,
    pub(crate) in_flight: usize,
    /// Leads to the vCenter; without a password, which a policy that is shown would show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) proxy: Option<String>,
}

/// How often a call that only reads is sent when it is not answered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RetryRules {
    pub(crate) attempts: u32,
    #[serde(with = "seconds")]
    pub(crate) first_wait_seconds: Duration,
    #[serde(with = "seconds")]
    pub(crate) longest_wait_seconds: Duration,
    #[serde(with = "seconds")]
    pub(crate) longest_retry_after_seconds: Duration,
}

/// When a vCenter is left alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct BreakerRules {
    /// Where processes share what they know; without it none is left alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) state: Option<PathBuf>,
    pub(crate) failures: u32,
    #[serde(with = "seconds")]
    pub(crate) cooldown_seconds: Duration,
    #[serde(with = "seconds")]
    pub(crate) longest_cooldown_seconds: Duration,
}

impl Rules {
    /// The first rule under which no run could do anything, if there is one.
    pub(crate) fn first_zero_limit(&self) -> Option<&'static str> {
        let SandboxRules {
            wall_seconds,
            memory_bytes,
            instances,
            handles,
            hostcall_bytes,
            pages,
            output_bytes,
            host_bytes,
            grace_seconds: _,
        } = &self.sandbox;
        let network = &self.network;
        let rules = [
            ("sandbox.wall_seconds", wall_seconds.is_zero()),
            ("sandbox.memory_bytes", *memory_bytes == 0),
            ("sandbox.instances", *instances == 0),
            ("sandbox.handles", *handles == 0),
            ("sandbox.hostcall_bytes", *hostcall_bytes == 0),
            ("sandbox.pages", *pages == 0),
            ("sandbox.output_bytes", *output_bytes == 0),
            ("sandbox.host_bytes", *host_bytes == 0),
            ("network.connect_seconds", network.connect_seconds.is_zero()),
            (
                "network.first_byte_seconds",
                network.first_byte_seconds.is_zero(),
            ),
            (
                "network.between_bytes_seconds",
                network.between_bytes_seconds.is_zero(),
            ),
            (
                "network.exchange_seconds",
                network.exchange_seconds.is_zero(),
            ),
            ("network.request_bytes", network.request_bytes == 0),
            ("network.response_bytes", network.response_bytes == 0),
            ("network.run_bytes", network.run_bytes == 0),
            ("network.requests", network.requests == 0),
            ("network.in_flight", network.in_flight == 0),
            ("retry.attempts", self.retry.attempts == 0),
            ("breaker.failures", self.breaker.failures == 0),
        ];
        rules.into_iter().find(|rule| rule.1).map(|rule| rule.0)
    }

    /// What the request may ask of the network.
    pub(crate) fn policy(&self, request: &str) -> Policy {
        Policy::for_request(request)
            .with_credentials_to_guest(self.session.credentials_to_guest)
            .requiring_host_count(self.count.required)
            .calling(self.methods())
            .reading(self.calls.read.clone())
            .within(self.network())
            .retrying(self.retries())
            .by_way_of(self.proxies.clone())
    }

    /// What a run may use of the host.
    pub(crate) fn limits(&self) -> Limits {
        let rules = &self.sandbox;
        let mut limits = Limits::default();
        limits.memory = rules.memory_bytes;
        limits.instances = rules.instances;
        limits.handles = rules.handles;
        limits.hostcall_fuel = rules.hostcall_bytes;
        limits.pages = rules.pages;
        limits.output_bytes = rules.output_bytes;
        limits.host_bytes = rules.host_bytes;
        limits.wall = rules.wall_seconds;
        limits.grace = rules.grace_seconds;
        limits
    }

    pub(super) fn network(&self) -> gateway::Limits {
        let rules = &self.network;
        let mut limits = gateway::Limits::default();
        limits.connect = rules.connect_seconds;
        limits.first_byte = rules.first_byte_seconds;
        limits.between_bytes = rules.between_bytes_seconds;
        limits.exchange = rules.exchange_seconds;
        limits.request_body = rules.request_bytes;
        limits.response_body = rules.response_bytes;
        limits.run_bytes = rules.run_bytes;
        limits.requests = rules.requests;
        limits.in_flight = rules.in_flight;
        limits
    }

    pub(super) fn methods(&self) -> Methods {
        Methods::only(self.calls.methods.iter().cloned())
    }

    pub(super) fn retries(&self) -> Retries {
        Retries {
            attempts: self.retry.attempts,
            backoff: Backoff {
                first: self.retry.first_wait_seconds,
                longest: self.retry.longest_wait_seconds,
            },
            patience: self.retry.longest_retry_after_seconds,
        }
    }

    pub(crate) fn breaker(&self) -> Settings {
        Settings {
            failures: self.breaker.failures,
            cooldown: self.breaker.cooldown_seconds,
            longest_cooldown: self.breaker.longest_cooldown_seconds,
        }
    }
}

impl Default for CallRules {
    fn default() -> Self {
        CallRules {
            methods: Methods::default().names().map(str::to_owned).collect(),
            read: Readable::default(),
        }
    }
}

impl Default for SandboxRules {
    fn default() -> Self {
        let limits = Limits::default();
        SandboxRules {
            memory_bytes: limits.memory,
            instances: limits.instances,
            handles: limits.handles,
            hostcall_bytes: limits.hostcall_fuel,
            pages: limits.pages,
            output_bytes: limits.output_bytes,
            host_bytes: limits.host_bytes,
            wall_seconds: limits.wall,
            grace_seconds: limits.grace,
        }
    }
}

impl Default for NetworkRules {
    fn default() -> Self {
        let limits = gateway::Limits::default();
        NetworkRules {
            connect_seconds: limits.connect,
            first_byte_seconds: limits.first_byte,
            between_bytes_seconds: limits.between_bytes,
            exchange_seconds: limits.exchange,
            request_bytes: limits.request_body,
            response_bytes: limits.response_body,
            run_bytes: limits.run_bytes,
            requests: limits.requests,
            in_flight: limits.in_flight,
            proxy: None,
        }
    }
}

impl Default for RetryRules {
    fn default() -> Self {
        let retries = Retries::default();
        RetryRules {
            attempts: retries.attempts,
            first_wait_seconds: retries.backoff.first,
            longest_wait_seconds: retries.backoff.longest,
            longest_retry_after_seconds: retries.patience,
        }
    }
}

impl Default for BreakerRules {
    fn default() -> Self {
        let settings = Settings::default();
        BreakerRules {
            state: None,
            failures: settings.failures,
            cooldown_seconds: settings.cooldown,
            longest_cooldown_seconds: settings.longest_cooldown,
        }
    }
}
