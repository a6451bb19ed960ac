//! What one run may use of the host and of the network.
//!
//! The types are those of a policy document as well: see [`Settings`](crate::Settings).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::seconds;

/// What one run may use.
///
/// ```
/// use stocktake_runtime::Limits;
/// use std::time::Duration;
///
/// let mut limits = Limits::default();
/// limits.sandbox.memory_bytes = 64 << 20;
/// limits.sandbox.wall = Duration::from_secs(60);
/// limits.network.requests = 500;
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Of the host.
    pub sandbox: SandboxLimits,
    /// Of the network.
    pub network: NetworkLimits,
}

/// What one run may use of the host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct SandboxLimits {
    /// Bytes over all linear memories and tables, an entry of a table being a pointer.
    /// 512 MiB: a hundred times what the vCenter collector needs for pages of 1000 objects.
    pub memory_bytes: usize,
    /// Core instances, and as many memories and as many tables. 100: a wrapped module makes 3 or 4.
    pub instances: usize,
    /// Handles held at once, of the host's resources and of the guest's own. 10,000: an exchange
    /// under way needs 6.
    pub handles: usize,
    /// Bytes that cross from guest to host in one call, that is in one page or in the summary.
    /// 256 MiB: a page of the largest `page_size` at 25 KiB an object.
    pub hostcall_bytes: usize,
    /// Pages. 1,000,000: an inventory of that many objects, read one by one.
    pub pages: u64,
    /// Bytes over all pages. 16 GiB, as much as may be received.
    pub output_bytes: u64,
    /// Bytes that the host keeps of a run beside its pages: ids, relations, warnings. 256 MiB:
    /// 100,000 VMs take less than 2.
    pub host_bytes: usize,
    /// From the first instruction to the summary; `wall_seconds` in a document. 285 s: a ledger ends
    /// its plugins after five minutes, within which the run has ended, logged out and reported.
    #[serde(rename = "wall_seconds", with = "seconds")]
    pub wall: Duration,
    /// For cleaning up on the server once the run has to end; `grace_seconds` in a document. 2 s.
    #[serde(rename = "grace_seconds", with = "seconds")]
    pub grace: Duration,
}

impl Default for SandboxLimits {
    fn default() -> Self {
        SandboxLimits {
            memory_bytes: 512 << 20,
            instances: 100,
            handles: 10_000,
            hostcall_bytes: 256 << 20,
            pages: 1_000_000,
            output_bytes: 16 << 30,
            host_bytes: 256 << 20,
            wall: Duration::from_secs(285),
            // A process that is asked to end has five seconds, of which the logout may take two.
            grace: Duration::from_secs(2),
        }
    }
}

/// What one run may use of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct NetworkLimits {
    /// Until a connection stands, TLS included; `connect_seconds` in a document. 10 s.
    #[serde(rename = "connect_seconds", with = "seconds")]
    pub connect: Duration,
    /// Until the head of the response is there; `first_byte_seconds` in a document. 120 s.
    #[serde(rename = "first_byte_seconds", with = "seconds")]
    pub first_byte: Duration,
    /// Between two pieces of a response body; `between_bytes_seconds` in a document. 60 s.
    #[serde(rename = "between_bytes_seconds", with = "seconds")]
    pub between_bytes: Duration,
    /// For one exchange from the first byte sent to the last received; `exchange_seconds` in a
    /// document. 300 s, which the run's own time ends before.
    #[serde(rename = "exchange_seconds", with = "seconds")]
    pub exchange: Duration,
    /// Bytes of one request body. 1 MiB.
    pub request_bytes: u64,
    /// Bytes of one response body, before decompression and after. 1 GiB.
    pub response_bytes: u64,
    /// Bytes of all request bodies of a run, and of all response bodies, the latter before
    /// decompression and after. 16 GiB.
    pub run_bytes: u64,
    /// Exchanges of a run. 100,000.
    pub requests: u64,
    /// Exchanges at the same time. 4.
    pub in_flight: usize,
}

impl Default for NetworkLimits {
    fn default() -> Self {
        NetworkLimits {
            connect: Duration::from_secs(10),
            first_byte: Duration::from_secs(120),
            between_bytes: Duration::from_secs(60),
            exchange: Duration::from_secs(300),
            request_bytes: 1 << 20,
            response_bytes: 1 << 30,
            run_bytes: 16 << 30,
            requests: 100_000,
            in_flight: 4,
        }
    }
}

impl SandboxLimits {
    /// The key of the first limit that is 0 and lets no run do anything.
    fn first_zero(&self) -> Option<&'static str> {
        let SandboxLimits {
            memory_bytes,
            instances,
            handles,
            hostcall_bytes,
            pages,
            output_bytes,
            host_bytes,
            wall,
            grace: _,
        } = self;
        first_zero(&[
            ("sandbox.wall_seconds", wall.is_zero()),
            ("sandbox.memory_bytes", *memory_bytes == 0),
            ("sandbox.instances", *instances == 0),
            ("sandbox.handles", *handles == 0),
            ("sandbox.hostcall_bytes", *hostcall_bytes == 0),
            ("sandbox.pages", *pages == 0),
            ("sandbox.output_bytes", *output_bytes == 0),
            ("sandbox.host_bytes", *host_bytes == 0),
        ])
    }
}

impl NetworkLimits {
    /// The key of the first limit that is 0 and lets no run do anything.
    fn first_zero(&self) -> Option<&'static str> {
        let NetworkLimits {
            connect,
            first_byte,
            between_bytes,
            exchange,
            request_bytes,
            response_bytes,
            run_bytes,
            requests,
            in_flight,
        } = self;
        first_zero(&[
            ("network.connect_seconds", connect.is_zero()),
            ("network.first_byte_seconds", first_byte.is_zero()),
            ("network.between_bytes_seconds", between_bytes.is_zero()),
            ("network.exchange_seconds", exchange.is_zero()),
            ("network.request_bytes", *request_bytes == 0),
            ("network.response_bytes", *response_bytes == 0),
            ("network.run_bytes", *run_bytes == 0),
            ("network.requests", *requests == 0),
            ("network.in_flight", *in_flight == 0),
        ])
    }
}

impl Limits {
    /// The key, as a policy document spells it, of the first limit that is 0 and lets no run do anything.
    #[must_use]
    pub fn first_zero(&self) -> Option<&'static str> {
        let sandbox = self.sandbox.first_zero();
        sandbox.or_else(|| self.network.first_zero())
    }
}

fn first_zero(limits: &[(&'static str, bool)]) -> Option<&'static str> {
    let zero = limits.iter().find(|(_, is_zero)| *is_zero);
    zero.map(|(key, _)| *key)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Limits, SandboxLimits};
    use crate::vsphere::LOGOUT_TIMEOUT;

    #[test]
    fn a_run_that_takes_all_its_time_has_answered_before_a_ledger_ends_it() {
        let ledger = Duration::from_secs(300);
        // To start, compile and write the response on a machine that is busy.
        let beside = Duration::from_secs(10);
        let SandboxLimits { wall, grace, .. } = SandboxLimits::default();
        assert!(wall + grace + LOGOUT_TIMEOUT + beside < ledger);
    }

    #[test]
    fn every_limit_that_lets_no_run_do_anything_is_named_as_a_document_spells_it() {
        let defaults = serde_json::json!({
            "sandbox": SandboxLimits::default(),
            "network": super::NetworkLimits::default(),
        });
        for (part, keys) in defaults.as_object().expect("an object") {
            for key in keys.as_object().expect("an object").keys() {
                let mut document = defaults.clone();
                document[part][key] = 0.into();
                let limits = Limits {
                    sandbox: serde_json::from_value(document["sandbox"].clone()).expect(key),
                    network: serde_json::from_value(document["network"].clone()).expect(key),
                };
                let named = limits.first_zero();
                let key = format!("{part}.{key}");
                // Without a grace there is no cleaning up, and a run all the same.
                let expected = (key != "sandbox.grace_seconds").then_some(key.as_str());
                assert_eq!(named, expected);
            }
        }
        assert_eq!(Limits::default().first_zero(), None);
    }
}
