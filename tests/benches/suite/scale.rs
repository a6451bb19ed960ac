//! Memory that does not know how large the vCenter is.

use anyhow::Result;

use crate::Arguments;
use crate::client::Client;
use crate::properties::Profile;
use crate::server::{Simulated, listed};
use crate::statistics::{self, cpu, peak, wall};
use crate::table::{Table, count, number};

/// A row per profile and size; the last column is relative to the first size.
pub(crate) fn run(arguments: &Arguments) -> Result<Table> {
    let columns = ["profile", "VMs", "cpu s", "wall s", "peak MiB", "growth"];
    let mut table = Table::new("Memory, against the project's own simulator", &columns);
    let mut measured = Profile::ALL.map(|profile| (profile, Vec::new()));
    for &vms in &arguments.scale {
        let simulated = Simulated::start(&arguments.programs.stocktake_dev, vms)?;
        for (profile, sizes) in &mut measured {
            let (programs, server) = (&arguments.programs, &simulated.server);
            Client::Stocktake.check(programs, server, *profile, listed(vms))?;
            let runs = (0..arguments.runs)
                .map(|_| Client::Stocktake.measure(programs, server, *profile))
                .collect::<Result<Vec<_>>>()?;
            sizes.push((vms, runs));
        }
    }
    for (profile, sizes) in measured {
        let mut first = None;
        for (vms, runs) in sizes {
            let peak = statistics::of(peak, &runs);
            let first = *first.get_or_insert(peak);
            table.row([
                profile.name().to_owned(),
                count(vms.into()),
                number(statistics::of(cpu, &runs)),
                number(statistics::of(wall, &runs)),
                number(peak),
                format!("{:+.0} %", (peak / first - 1.0) * 100.0),
            ]);
        }
    }
    Ok(table)
}
