//! The cost of the host's session.

use anyhow::Result;

use crate::Arguments;
use crate::client::Client;
use crate::measurement::Measurement;
use crate::properties::Profile;
use crate::server;
use crate::statistics::{self, Figure, cpu, wall};
use crate::table::{Table, count, number};

const CLIENTS: [Client; 2] = [Client::Stocktake, Client::OwnSession];
/// The difference is smaller than the noise of few runs.
const TIMES: u32 = 5;

/// A row per profile and owner of the session.
pub(crate) fn run(arguments: &Arguments) -> Result<Table> {
    let columns = [
        "session",
        "profile",
        "VMs",
        "cpu s",
        "wall s",
        "÷ own: cpu",
        "wall",
    ];
    let mut table = Table::new("The host's session and the collector's own", &columns);
    let mut sizes = arguments.sizes.clone();
    sizes.sort_unstable();
    let vms = sizes.get(sizes.len() / 2).copied().unwrap_or_default();
    let vcsim = server::vcsim(vms);
    for profile in Profile::COMPARED {
        let mut runs: [Vec<Measurement>; CLIENTS.len()] = Default::default();
        let (programs, server) = (&arguments.programs, &vcsim.server);
        for client in CLIENTS {
            client.check(programs, server, profile, vms)?;
        }
        for round in 0..arguments.runs * TIMES {
            let mut order = [0, 1];
            // The server still cleans up after the first client when the second starts.
            order.rotate_left(round as usize % CLIENTS.len());
            for client in order {
                runs[client].push(CLIENTS[client].measure(programs, server, profile)?);
            }
        }
        let figures: [Figure; 2] = [cpu, wall];
        let own = figures.map(|figure| statistics::of(figure, &runs[1]));
        for (client, runs) in CLIENTS.into_iter().zip(&runs) {
            let ours = figures.map(|figure| statistics::of(figure, runs));
            let ratios = [0, 1].map(|figure| number(ours[figure] / own[figure]));
            let named = [client.name().to_owned(), profile.name().to_owned()];
            let row = named.into_iter().chain([count(vms.into())]);
            table.row(row.chain(ours.map(number)).chain(ratios));
        }
    }
    Ok(table)
}
