//! Pages of objects compared with one call per object, as naive collectors do.

use anyhow::Result;

use crate::Arguments;
use crate::client::Client;
use crate::measurement::Measurement;
use crate::properties::Profile;
use crate::server;
use crate::statistics::{self, Figure, cpu, peak, wall};
use crate::table::{Table, count, number};

const CLIENTS: [Client; 2] = [Client::Stocktake, Client::PerObject];

/// A row per profile and strategy.
pub(crate) fn run(arguments: &Arguments) -> Result<Table> {
    let columns = ["strategy", "profile", "VMs", "cpu s", "wall s", "peak MiB"];
    let mut table = Table::new("Pages and single objects", &columns);
    // The smallest: a call per object is slow.
    let vms = arguments.sizes.iter().copied().min().unwrap_or_default();
    let vcsim = server::vcsim(vms);
    for profile in Profile::COMPARED {
        let mut runs: [Vec<Measurement>; CLIENTS.len()] = Default::default();
        let (programs, server) = (&arguments.programs, &vcsim.server);
        for client in CLIENTS {
            client.check(programs, server, profile, vms)?;
        }
        for _ in 0..arguments.runs {
            for (client, runs) in CLIENTS.into_iter().zip(&mut runs) {
                runs.push(client.measure(programs, server, profile)?);
            }
        }
        for (client, runs) in CLIENTS.into_iter().zip(&runs) {
            let figures: [Figure; 3] = [cpu, wall, peak];
            let named = [client.name(), profile.name()].map(str::to_owned);
            let figures = figures.map(|figure| number(statistics::of(figure, runs)));
            table.row(named.into_iter().chain([count(vms.into())]).chain(figures));
        }
    }
    Ok(table)
}
