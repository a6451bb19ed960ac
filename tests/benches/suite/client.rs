//! The programs that are measured.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use stocktake_tests::server::Server;
use tempfile::NamedTempFile;

use crate::Programs;
use crate::measurement::{self, Measurement};
use crate::properties::Profile;

/// A program that lists an inventory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Client {
    Stocktake,
    /// `stocktake collect --strategy per_object`
    PerObject,
    /// `stocktake collect --credentials-to-guest`
    OwnSession,
    Floor,
    Govmomi,
    PyVmomi,
}

impl Client {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Client::Stocktake => "stocktake",
            Client::PerObject => "stocktake, one call per object",
            Client::OwnSession => "stocktake, session of the collector's own",
            Client::Floor => "floor",
            Client::Govmomi => "govmomi",
            Client::PyVmomi => "pyVmomi",
        }
    }

    /// Runs it once against a server of `vms` VMs, and checks that it listed them.
    pub(crate) fn check(
        self,
        programs: &Programs,
        server: &Server,
        profile: Profile,
        vms: u32,
    ) -> Result<()> {
        let mut output = NamedTempFile::new()?;
        let stdout = output.reopen()?.into();
        self.run_into(stdout, programs, server, profile)?;
        let listed = match self {
            Client::Stocktake | Client::PerObject | Client::OwnSession => {
                assets(output.as_file_mut())?
            }
            Client::Floor | Client::Govmomi | Client::PyVmomi => {
                std::fs::read_to_string(output.path())?.trim().parse()?
            }
        };
        let name = self.name();
        ensure!(listed >= u64::from(vms), "{name} listed {listed} of {vms}");
        Ok(())
    }

    /// Runs it once and discards its output: only Stocktake prints the inventory.
    pub(crate) fn measure(
        self,
        programs: &Programs,
        server: &Server,
        profile: Profile,
    ) -> Result<Measurement> {
        self.run_into(Stdio::null(), programs, server, profile)
    }

    fn run_into(
        self,
        stdout: Stdio,
        programs: &Programs,
        server: &Server,
        profile: Profile,
    ) -> Result<Measurement> {
        let properties = profile.file()?;
        let mut command = match self {
            Client::Stocktake => collect(&programs.stocktake, server, profile),
            Client::PerObject => {
                let mut command = collect(&programs.stocktake, server, profile);
                command.args(["--strategy", "per_object"]);
                command
            }
            Client::OwnSession => {
                let mut command = collect(&programs.stocktake, server, profile);
                command.arg("--credentials-to-guest");
                command
            }
            Client::Floor => peer(Command::new(&programs.floor), server, properties.path()),
            Client::Govmomi => peer(Command::new(&programs.govmomi), server, properties.path()),
            Client::PyVmomi => {
                let mut python = Command::new(&programs.python);
                python.arg(&programs.pyvmomi);
                peer(python, server, properties.path())
            }
        };
        measurement::of(command.stdout(stdout))
    }
}

/// `stocktake collect` as its users start it, the whole response on stdout.
pub(crate) fn collect(stocktake: &Path, server: &Server, profile: Profile) -> Command {
    let mut command = Command::new(stocktake);
    command
        .arg("collect")
        .args(["--endpoint", &server.url, "--username", &server.username])
        .args(["--password-env", "BENCH_PASSWORD"])
        .args(["--profile", profile.name()])
        .env("BENCH_PASSWORD", &server.password);
    if let Some(file) = &server.ca_file {
        command.arg("--ca-file").arg(file);
    }
    command
}

fn peer(mut command: Command, server: &Server, properties: &Path) -> Command {
    command
        .arg(properties)
        .env("BENCH_URL", &server.url)
        .env("BENCH_USERNAME", &server.username)
        .env("BENCH_PASSWORD", &server.password);
    if let Some(file) = &server.ca_file {
        command.env("BENCH_CA_FILE", file);
    }
    command
}

/// The number of assets of a complete response, read from its end: the whole would not fit a small process.
fn assets(response: &mut File) -> Result<u64> {
    const END: u64 = 64 * 1024;
    let length = response.metadata()?.len();
    response.seek(SeekFrom::Start(length.saturating_sub(END)))?;
    let mut end = Vec::new();
    response.read_to_end(&mut end)?;
    let end = String::from_utf8_lossy(&end);
    let (_, stats) = end
        .rsplit_once(r#""stats":{"assets":"#)
        .context("a response without stats")?;
    ensure!(
        stats.contains(r#""inventory_complete":true"#),
        "the inventory is not complete"
    );
    let digits = stats.split(',').next().unwrap_or_default();
    digits.parse().context("a count of assets")
}
