//! What a run used of what it was allowed.

use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::gateway::Reading;
use crate::limits::Limits;

/// What a run used of one thing, and the most that it could have used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Budget<T = u64> {
    /// What the run used; the peak of what can be given back.
    pub used: T,
    /// The limit. A run that asked for more was ended.
    pub allowed: T,
}

/// What a run used of host and network, beside what it was allowed.
///
/// As JSON it is the object `stats.usage` of a response that was asked for it:
/// an object `{"used":…,"allowed":…}` of integers per field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Usage {
    /// From the first instruction to the last; milliseconds in JSON. Cleaning up
    /// has a grace of its own, so that a run that has to end may use more.
    #[serde(rename = "wall_ms", serialize_with = "milliseconds")]
    pub wall: Budget<Duration>,
    /// In the writer, which is part of the wall-clock time and says nothing of the server;
    /// milliseconds in JSON.
    #[serde(rename = "writer_ms", serialize_with = "milliseconds")]
    pub writer: Budget<Duration>,
    /// Bytes of linear memories and tables at their largest.
    pub memory_bytes: Budget,
    /// Handles of the host's resources that the guest held at once.
    pub handles: Budget,
    /// Pages handed over.
    pub pages: Budget,
    /// Bytes of the largest page. The limit is the hostcall fuel, which bounds whatever
    /// crosses from guest to host in one call; what a call left of it is not known.
    pub page_bytes: Budget,
    /// Bytes of all pages.
    pub output_bytes: Budget,
    /// Bytes that the host kept of the run beside its pages: ids, relations, warnings.
    pub host_bytes: Budget,
    /// Exchanges asked for.
    pub requests: Budget,
    /// Bytes of request bodies.
    pub bytes_sent: Budget,
    /// Bytes of response bodies as they came over the wire.
    pub bytes_received: Budget,
    /// Bytes of response bodies after decompression.
    pub bytes_decoded: Budget,
}

impl Usage {
    /// Nothing used yet.
    pub(crate) fn within(limits: &Limits) -> Self {
        let Limits { sandbox, network } = limits;
        let most = |allowed| Budget { used: 0, allowed };
        let size = |allowed: usize| most(allowed as u64);
        Usage {
            wall: Budget {
                used: Duration::ZERO,
                allowed: sandbox.wall,
            },
            writer: Budget {
                used: Duration::ZERO,
                allowed: sandbox.wall,
            },
            memory_bytes: size(sandbox.memory_bytes),
            handles: size(sandbox.handles),
            pages: most(sandbox.pages),
            page_bytes: size(sandbox.hostcall_bytes),
            output_bytes: most(sandbox.output_bytes),
            host_bytes: size(sandbox.host_bytes),
            requests: most(network.requests),
            bytes_sent: most(network.run_bytes),
            bytes_received: most(network.run_bytes),
            bytes_decoded: most(network.run_bytes),
        }
    }

    pub(crate) fn take_reading(&mut self, reading: Reading) {
        self.requests.used = reading.requests;
        self.bytes_sent.used = reading.bytes_sent;
        self.bytes_received.used = reading.bytes_received;
        self.bytes_decoded.used = reading.bytes_decoded;
    }

    /// Writes the log line.
    pub(crate) fn log(&self) {
        /// As in `7/100`.
        fn pair(budget: Budget) -> tracing::field::DisplayValue<String> {
            tracing::field::display(format!("{}/{}", budget.used, budget.allowed))
        }
        tracing::info!(
            wall_ms = pair(self.wall.in_milliseconds()),
            writer_ms = pair(self.writer.in_milliseconds()),
            memory_bytes = pair(self.memory_bytes),
            handles = pair(self.handles),
            pages = pair(self.pages),
            page_bytes = pair(self.page_bytes),
            output_bytes = pair(self.output_bytes),
            host_bytes = pair(self.host_bytes),
            requests = pair(self.requests),
            bytes_sent = pair(self.bytes_sent),
            bytes_received = pair(self.bytes_received),
            bytes_decoded = pair(self.bytes_decoded),
            "the run ended; used/allowed"
        );
    }
}

impl Budget<Duration> {
    fn in_milliseconds(self) -> Budget {
        let milliseconds =
            |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        Budget {
            used: milliseconds(self.used),
            allowed: milliseconds(self.allowed),
        }
    }
}

fn milliseconds<S: Serializer>(wall: &Budget<Duration>, out: S) -> Result<S::Ok, S::Error> {
    wall.in_milliseconds().serialize(out)
}

#[cfg(test)]
mod tests {
    use super::Usage;
    use crate::limits::Limits;

    #[test]
    fn every_budget_is_reported_as_used_and_allowed_and_allows_something() {
        let usage = Usage::within(&Limits::default());
        let json = serde_json::to_value(usage).expect("JSON");
        let budgets = json.as_object().expect("an object");
        assert_eq!(budgets.len(), 12);
        for (name, budget) in budgets {
            assert_eq!(budget["used"], 0, "{name}");
            assert!(budget["allowed"].as_u64() > Some(0), "{name}");
        }
        assert_eq!(json["wall_ms"]["allowed"], 285_000);
    }
}
