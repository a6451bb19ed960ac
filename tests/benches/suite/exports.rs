//! Time and memory of exports.

use std::path::Path;
use std::process::Command;

use anyhow::Result;
use tempfile::TempDir;

use crate::Arguments;
use crate::client;
use crate::measurement::{self, Measurement};
use crate::properties::Profile;
use crate::server::Simulated;
use crate::statistics::{self, cpu, peak, wall};
use crate::table::{Table, count, number};

const FORMATS: [&str; 6] = ["xlsx", "csv", "parquet", "netbox", "json", "ndjson"];
/// MiB that a process may take at the most.
const MOST: f64 = 150.0;

/// A row per format and size, of a response of the profile full.
pub(crate) fn run(arguments: &Arguments) -> Result<Table> {
    let columns = ["format", "VMs", "cpu s", "wall s", "peak MiB", "≤ 150 MiB"];
    let mut table = Table::new("Exports of profile `full`", &columns);
    for &vms in &arguments.scale {
        let folder = tempfile::tempdir()?;
        let response = folder.path().join("inventory.json");
        let simulated = Simulated::start(&arguments.programs.stocktake_dev, vms)?;
        let stocktake = &arguments.programs.stocktake;
        let mut collect = client::collect(stocktake, &simulated.server, Profile::Full);
        measurement::of(collect.arg("--output").arg(&response))?;
        for format in FORMATS {
            let runs = (0..arguments.runs)
                .map(|_| export(stocktake, &response, format))
                .collect::<Result<Vec<_>>>()?;
            let most = statistics::of(peak, &runs);
            table.row([
                format.to_owned(),
                count(vms.into()),
                number(statistics::of(cpu, &runs)),
                number(statistics::of(wall, &runs)),
                number(most),
                if most <= MOST { "yes" } else { "no" }.to_owned(),
            ]);
        }
    }
    Ok(table)
}

fn export(stocktake: &Path, response: &Path, format: &str) -> Result<Measurement> {
    let folder = TempDir::new()?;
    let target = folder.path().join("export");
    let mut command = Command::new(stocktake);
    command.arg("export").arg(response);
    command
        .args(["--format", format])
        .arg("--output")
        .arg(target);
    measurement::of(&mut command)
}
