//! The servers that clients are measured against.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result};
use serde_json::Value;
use stocktake_tests::server::Server;
use stocktake_tests::vcsim::{Size, Vcsim};

/// VMs in a cluster's resource pool of a large vcsim.
const VMS_PER_POOL: u32 = 1000;
/// Resource pools at the least.
const POOLS: u32 = 10;
const VMS_PER_HOST: u32 = 50;

/// Hosts that `vms` VMs run on.
pub(crate) fn hosts(vms: u32) -> u32 {
    (vms / VMS_PER_HOST).max(1)
}

/// Of `vms` VMs of the project's own simulator, how many are listed at the least: some are templates.
pub(crate) fn listed(vms: u32) -> u32 {
    vms - vms / 20
}

/// The official simulator with `vms` VMs.
pub(crate) fn vcsim(vms: u32) -> Vcsim {
    eprintln!("== vcsim with {vms} VMs");
    let pools = vms.div_ceil(VMS_PER_POOL).max(POOLS);
    let vms = vms.div_ceil(pools);
    Vcsim::start(Size {
        datacenters: 1,
        // Another pool belongs to the standalone host.
        clusters: pools - 1,
        hosts: hosts(vms),
        vms,
    })
}

/// The project's own simulator as a process of its own.
#[derive(Debug)]
pub(crate) struct Simulated {
    pub(crate) server: Server,
    child: Child,
}

impl Simulated {
    /// Starts `stocktake-dev simulate` with `vms` VMs.
    pub(crate) fn start(stocktake_dev: &Path, vms: u32) -> Result<Self> {
        eprintln!("== simulator with {vms} VMs");
        let hosts = hosts(vms);
        let clusters = (hosts / 20).max(1);
        let mut child = Command::new(stocktake_dev)
            .arg("simulate")
            .args(["--vms", &vms.to_string()])
            .args(["--hosts", &hosts.to_string()])
            .args(["--clusters", &clusters.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .context("stocktake-dev simulate does not start")?;
        let mut line = String::new();
        let stdout = child.stdout.take().context("a pipe")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let line: Value =
            serde_json::from_str(&line).context("the simulator printed no address")?;
        let text = |field: &str| {
            let value = line[field].as_str().map(str::to_owned);
            value.with_context(|| format!("the simulator prints no {field}"))
        };
        let server = Server {
            url: text("url")?,
            username: text("username")?,
            password: text("password")?,
            ca_file: Some(text("ca_file")?.into()),
            preferred_version: "7.0-8.x",
        };
        Ok(Simulated { server, child })
    }
}

impl Drop for Simulated {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
