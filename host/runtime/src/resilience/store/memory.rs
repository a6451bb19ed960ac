//! Circuits that all runs of a process share.

use std::collections::HashMap;
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Store;
use crate::gateway::Authority;
use crate::resilience::circuit::Circuit;

/// Circuits that all runs of a process share.
#[derive(Debug, Default)]
pub struct MemoryStore {
    circuits: Mutex<HashMap<Authority, Circuit>>,
}

impl MemoryStore {
    fn lock(&self) -> MutexGuard<'_, HashMap<Authority, Circuit>> {
        self.circuits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn update(&self, endpoint: &Authority, change: &mut dyn FnMut(&mut Circuit)) -> io::Result<()> {
        let mut circuits = self.lock();
        let mut circuit = circuits.remove(endpoint).unwrap_or_default();
        change(&mut circuit);
        // Endpoints that never failed take no room.
        if circuit != Circuit::default() {
            circuits.insert(endpoint.clone(), circuit);
        }
        Ok(())
    }

    fn circuits(&self) -> io::Result<Vec<(Authority, Circuit)>> {
        let mut circuits: Vec<_> = self
            .lock()
            .iter()
            .map(|(endpoint, circuit)| (endpoint.clone(), circuit.clone()))
            .collect();
        circuits.sort_by_cached_key(|(endpoint, _)| endpoint.to_string());
        Ok(circuits)
    }
}

#[cfg(test)]
mod tests {
    use super::MemoryStore;
    use crate::gateway::Authority;
    use crate::resilience::circuit::{Circuit, State};
    use crate::resilience::store::Store as _;

    #[test]
    fn endpoints_that_failed_are_known_in_order_and_those_that_are_well_take_no_room() {
        let store = MemoryStore::default();
        for (host, failures) in [("b.lan", 2), ("a.lan", 1), ("c.lan", 0)] {
            let endpoint = Authority::from_url(&format!("https://{host}")).expect("a URL");
            let fail = &mut |circuit: &mut Circuit| circuit.state = State::Closed { failures };
            store.update(&endpoint, fail).expect("kept");
        }
        let known = store.circuits().expect("circuits").into_iter();
        let known: Vec<_> = known
            .map(|(endpoint, circuit)| (endpoint.host().to_owned(), circuit.state))
            .collect();
        let expected = [("a.lan", 1), ("b.lan", 2)]
            .map(|(host, failures)| (host.to_owned(), State::Closed { failures }));
        assert_eq!(known, expected);
    }
}
