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
    fn circuits(&self) -> MutexGuard<'_, HashMap<Authority, Circuit>> {
        self.circuits.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn update(&self, endpoint: &Authority, change: &mut dyn FnMut(&mut Circuit)) -> io::Result<()> {
        let mut circuits = self.circuits();
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
            .circuits()
            .iter()
            .map(|(endpoint, circuit)| (endpoint.clone(), circuit.clone()))
            .collect();
        circuits.sort_by_cached_key(|(endpoint, _)| endpoint.to_string());
        Ok(circuits)
    }
}
