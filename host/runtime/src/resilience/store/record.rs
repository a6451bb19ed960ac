//! A circuit as the text of a file: `breaker-state-v1`.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::gateway::Authority;
use crate::resilience::circuit::{Circuit, State};
use crate::resilience::timestamp;

const SCHEMA_VERSION: &str = "breaker-state-v1";

#[derive(Debug, Serialize, Deserialize)]
struct Record {
    schema_version: String,
    endpoint: String,
    generation: u64,
    #[serde(flatten)]
    state: RecordedState,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum RecordedState {
    Closed { failures: u32 },
    Open(Waiting),
    HalfOpen(Waiting),
}

#[derive(Debug, Serialize, Deserialize)]
struct Waiting {
    until: String,
    cooldown_seconds: u64,
    reason: String,
}

/// Why a text holds no circuit.
#[derive(Debug, thiserror::Error)]
pub(super) enum Damage {
    #[error("it is not a {SCHEMA_VERSION} document: {0}")]
    Shape(#[from] serde_json::Error),
    #[error("its schema_version is not {SCHEMA_VERSION}")]
    Version,
    #[error("its endpoint is not a URL")]
    Endpoint,
    #[error("its time is not RFC 3339")]
    Time,
}

/// The text of a circuit.
pub(super) fn write(endpoint: &Authority, circuit: &Circuit) -> serde_json::Result<Vec<u8>> {
    let waiting = |until, cooldown: Duration, reason: &str| Waiting {
        until: timestamp::write(until),
        cooldown_seconds: cooldown.as_secs(),
        reason: reason.to_owned(),
    };
    let record = Record {
        schema_version: SCHEMA_VERSION.to_owned(),
        endpoint: endpoint.to_string(),
        generation: circuit.generation,
        state: match &circuit.state {
            &State::Closed { failures } => RecordedState::Closed { failures },
            State::Open {
                until,
                cooldown,
                reason,
            } => RecordedState::Open(waiting(*until, *cooldown, reason)),
            State::HalfOpen {
                until,
                cooldown,
                reason,
            } => RecordedState::HalfOpen(waiting(*until, *cooldown, reason)),
        },
    };
    serde_json::to_vec_pretty(&record)
}

/// The circuit of a text, and whose it is.
pub(super) fn read(text: &[u8]) -> Result<(Authority, Circuit), Damage> {
    let record: Record = serde_json::from_slice(text)?;
    if record.schema_version != SCHEMA_VERSION {
        return Err(Damage::Version);
    }
    let endpoint = Authority::from_url(&record.endpoint).map_err(|_| Damage::Endpoint)?;
    let unpack = |waiting: Waiting| {
        let until = timestamp::read(&waiting.until).ok_or(Damage::Time)?;
        let cooldown = Duration::from_secs(waiting.cooldown_seconds);
        Ok::<_, Damage>((until, cooldown, waiting.reason))
    };
    let state = match record.state {
        RecordedState::Closed { failures } => State::Closed { failures },
        RecordedState::Open(waiting) => {
            let (until, cooldown, reason) = unpack(waiting)?;
            State::Open {
                until,
                cooldown,
                reason,
            }
        }
        RecordedState::HalfOpen(waiting) => {
            let (until, cooldown, reason) = unpack(waiting)?;
            State::HalfOpen {
                until,
                cooldown,
                reason,
            }
        }
    };
    let generation = record.generation;
    Ok((endpoint, Circuit { generation, state }))
}

#[cfg(test)]
mod tests {
    use super::{read, write};
    use crate::gateway::Authority;
    use crate::resilience::circuit::{Circuit, State};
    use std::time::{Duration, SystemTime};

    #[test]
    fn a_circuit_reads_back_as_itself() {
        let endpoint = Authority::from_url("https://[fd00::7]:8443").expect("a URL");
        let (until, cooldown) = (SystemTime::now(), Duration::from_secs(60));
        let reason = "VCENTER_NETWORK_ERROR: it is down".to_owned();
        for state in [
            State::Closed { failures: 3 },
            State::Open {
                until,
                cooldown,
                reason: reason.clone(),
            },
            State::HalfOpen {
                until,
                cooldown,
                reason,
            },
        ] {
            let circuit = Circuit {
                generation: 7,
                state,
            };
            let text = write(&endpoint, &circuit).expect("JSON");
            assert_eq!(read(&text).expect("a circuit"), (endpoint.clone(), circuit));
        }
    }

    #[test]
    fn what_is_damaged_is_reported() {
        let sound = r#"{"schema_version":"breaker-state-v1","endpoint":"https://vc","generation":1,
            "state":"open","until":"2026-01-01T00:00:00Z","cooldown_seconds":30,"reason":""}"#;
        assert!(read(sound.as_bytes()).is_ok());
        for (from, to, expected) in [
            ("-v1", "-v2", "schema_version"),
            ("https://vc", "vc", "endpoint"),
            ("2026-01-01T", "yesterday", "RFC 3339"),
            ("\"open\"", "\"ajar\"", "ajar"),
            ("}", "", "EOF"),
        ] {
            let damage = read(sound.replace(from, to).as_bytes()).expect_err(expected);
            assert!(damage.to_string().contains(expected), "{damage}");
        }
    }
}
