//! What a vCenter is asked for: calls and bytes, beside what its REST interface would cost.

use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};

use crate::Arguments;
use crate::client;
use crate::properties::Profile;
use crate::server::{self, Simulated};
use crate::table::{Table, count};

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
        for profile in Profile::ALL {
            for mode in MODES {
                let used = used(arguments, &simulated, profile, mode)?;
                let [requests, sent, received, decoded] =
                    ["requests", "bytes_sent", "bytes_received", "bytes_decoded"]
                        .map(|name| field(&used, name));
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
                    count(requests?),
                    count(rest),
                    count(sent? / 1000),
                    count(received? / 1000),
                    count(decoded? / 1000),
                ]);
            }
        }
    }
    Ok(table)
}

/// The log line in which the run tells what it used.
fn used(
    arguments: &Arguments,
    simulated: &Simulated,
    profile: Profile,
    mode: &str,
) -> Result<String> {
    let output = client::collect(&arguments.programs.stocktake, &simulated.server, profile)
        .args(["--mode", mode, "--preferred-version", "7.0-8.x"])
        .env("STOCKTAKE_LOG", "stocktake_runtime=info")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .output()?;
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.success(), "stocktake failed: {log}");
    let line = log.lines().find(|line| line.contains("bytes_decoded="));
    line.map(str::to_owned)
        .with_context(|| format!("no line tells what the run used: {log}"))
}

fn field(line: &str, name: &str) -> Result<u64> {
    let value = line
        .split_whitespace()
        .find_map(|word| word.strip_prefix(name)?.strip_prefix('='));
    value
        .and_then(|value| value.split('/').next()?.parse().ok())
        .with_context(|| format!("no {name} in {line}"))
}
