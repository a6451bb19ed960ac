//! What a vCenter is asked for: calls and bytes, beside what its REST interface would cost.

use anyhow::Result;

use crate::Arguments;
use crate::client;
use crate::properties::Profile;
use crate::server::{self, Simulated};
use crate::table::{Table, count};
use crate::usage::Used;

const MODES: [&str; 3] = ["collect", "collect_hosts", "collect_vms"];
/// VM, guest identity, guest interfaces and guest file systems, as the REST interface splits them.
const REST_CALLS_PER_VM: u64 = 4;

/// A row per size, profile and mode.
pub(crate) fn run(arguments: &Arguments) -> Result<Table> {
    let columns = [
        "mode",
        "profile",
        "VMs",
        "calls",
        "calls over REST",
        "kB asked",
        "kB received",
        "kB decoded",
    ];
    let mut table = Table::new("Load on the server, gzip offered", &columns);
    for &vms in &arguments.sizes {
        let simulated = Simulated::start(&arguments.programs.stocktake_dev, vms)?;
        for profile in Profile::COMPARED {
            for mode in MODES {
                let (stocktake, server) = (&arguments.programs.stocktake, &simulated.server);
                let mut command = client::collect(stocktake, server, profile);
                let used = Used::by(command.args(["--mode", mode]))?;
                let hosts = u64::from(server::hosts(vms));
                let rest = match mode {
                    "collect_vms" => REST_CALLS_PER_VM * u64::from(vms),
                    "collect_hosts" => hosts,
                    _ => REST_CALLS_PER_VM * u64::from(vms) + hosts,
                };
                table.row([
                    mode.to_owned(),
                    profile.name().to_owned(),
                    count(vms.into()),
                    count(used.calls),
                    count(rest),
                    count(used.sent / 1000),
                    count(used.received / 1000),
                    count(used.decoded / 1000),
                ]);
            }
        }
    }
    Ok(table)
}
