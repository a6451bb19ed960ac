//! How soon a run is refused while the circuit breaker of its vCenter is open.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use stocktake_runtime::gateway::Authority;
use stocktake_runtime::resilience::{
    Breaker, CircuitSettings, DirectoryStore, MemoryStore, Store, Verdict,
};

use crate::Arguments;
use crate::statistics::median;
use crate::table::{Table, number};

/// Refusals of each measurement: one alone is too short for a clock.
const REFUSALS: u32 = 1000;
/// No run goes on here, so none is waited for.
const TIMEOUT: Duration = Duration::ZERO;

/// A row for each place where the state can be.
pub(crate) fn run(arguments: &Arguments) -> Result<Table> {
    let mut table = Table::new("Refusal by an open breaker", &["state", "µs"]);
    let directory = tempfile::tempdir()?;
    let stores: [(&str, Arc<dyn Store>); 2] = [
        ("in memory", Arc::new(MemoryStore::default())),
        (
            "in a directory",
            Arc::new(DirectoryStore::open(directory.path())?),
        ),
    ];
    for (name, store) in stores {
        let breaker = opened(store)?;
        let mut refusals = Vec::new();
        for _ in 0..arguments.runs {
            refusals.push(microseconds(&breaker)?);
        }
        table.row([name.to_owned(), number(median(refusals))]);
    }
    Ok(table)
}

fn endpoint() -> Result<Authority> {
    Ok(Authority::from_url("https://vcenter.example")?)
}

fn opened(store: Arc<dyn Store>) -> Result<Breaker> {
    let breaker = Breaker::new(store);
    for _ in 0..CircuitSettings::default().failures {
        let reason = "it is down".to_owned();
        if let Ok(pass) = breaker.admit(&endpoint()?, TIMEOUT) {
            pass.report(&Verdict::Failed { reason });
        }
    }
    Ok(breaker)
}

/// Of one refusal, up to the error that the run answers.
fn microseconds(breaker: &Breaker) -> Result<f64> {
    let endpoint = endpoint()?;
    let begun = Instant::now();
    let refused = (0..REFUSALS)
        .filter_map(|_| breaker.admit(&endpoint, TIMEOUT).err())
        .filter(|refusal| refusal.problem().retryable)
        .count();
    let elapsed = begun.elapsed();
    ensure!(refused == REFUSALS as usize, "{refused} runs were refused");
    Ok(elapsed.as_secs_f64() * 1e6 / f64::from(REFUSALS))
}
