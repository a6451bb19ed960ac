//! `stocktake-dev simulate`: a simulated vCenter.

use std::io::{self, IsTerminal as _, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde_json::json;
use stocktake_cli::engine::server_executor;
use stocktake_cli::failure::Failure;
use stocktake_cli::signal;
use stocktake_simulator::{CertificateKind, Fault, Profile, Simulator};
use tempfile::TempPath;

#[derive(Debug, Args)]
#[command(
    long_about = "Runs a vCenter simulator, real SOAP over TLS, until it is interrupted. The same seed and sizes always give the \
        same inventory.\n\n\
        On a terminal it prints a command to collect with; else one line of JSON: url, username, password, ca_file, fingerprint."
)]
pub(crate) struct SimulateArguments {
    #[command(flatten)]
    pub(crate) sizes: Sizes,
    /// The address to listen on; port 0 picks a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// The user name to log in with
    #[arg(long, value_name = "USER", default_value = "user")]
    username: String,
    /// The password to log in with; a simulator has no secrets
    #[arg(long, value_name = "PASSWORD", default_value = "pass")]
    password: String,
    /// The product: vCenter 6.5, 6.7, 7.0, 8.0, 9.0 or 9.1, or esxi for a standalone host
    #[arg(long, value_name = "NAME", default_value_t = Profile::V8_0)]
    profile: Profile,
    /// Misbehave in this way; may be repeated
    #[arg(long = "fault", value_name = "NAME", value_parser = fault, long_help = fault_help())]
    faults: Vec<Fault>,
    /// Print every fault with what it does, and start nothing
    #[arg(long)]
    list_faults: bool,
    /// The kind of server certificate
    #[arg(long, value_name = "KIND", value_enum, default_value_t = Validity::Valid)]
    certificate: Validity,
    /// Write the authority of the certificate to FILE [default: a temporary file]
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Use HTTP without TLS, for clients that cannot be given a certificate authority
    #[arg(long, conflicts_with_all = ["certificate", "ca_file"])]
    plain_http: bool,
    /// Create, delete, rename or move N VMs after each page
    #[arg(long, value_name = "N", default_value_t = 0)]
    churn: u32,
    /// Add what few inventories have: raw, shared and independent disks, USB, vTPM, vApps, opaque networks
    #[arg(long)]
    varied: bool,
    /// Answer every request of the Automation API, which has the tags, by status 503
    #[arg(long)]
    no_automation: bool,
}

/// Values of `--certificate`.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Validity {
    /// Valid for 127.0.0.1, ::1 and localhost
    Valid,
    /// Expired
    Expired,
    /// Not yet valid
    NotYetValid,
    /// Valid for another name only
    WrongName,
    /// Self-signed
    SelfSigned,
}

impl From<Validity> for CertificateKind {
    fn from(validity: Validity) -> Self {
        match validity {
            Validity::Valid => Self::Valid,
            Validity::Expired => Self::Expired,
            Validity::NotYetValid => Self::NotYetValid,
            Validity::WrongName => Self::WrongName,
            Validity::SelfSigned => Self::SelfSigned,
        }
    }
}

/// The size of the inventory.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct Sizes {
    /// Virtual machines
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub(crate) vms: u32,
    /// Hosts
    #[arg(long, value_name = "N", default_value_t = 24)]
    pub(crate) hosts: u32,
    /// Clusters
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) clusters: u32,
    /// Seed of the random names, sizes and states
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
}

fn fault(name: &str) -> Result<Fault, String> {
    name.parse()
        .map_err(|error: stocktake_simulator::UnknownFault| error.to_string())
}

fn fault_help() -> String {
    let lines: Vec<String> = fault_lines().map(|line| format!("  {line}")).collect();
    format!(
        "Misbehave in this way; may be repeated:\n\n{}",
        lines.join("\n")
    )
}

/// A line per fault, with aligned descriptions.
fn fault_lines() -> impl Iterator<Item = String> {
    let names = Fault::all().iter().map(|fault| fault.name().len());
    let width = names.max().unwrap_or(0);
    Fault::all()
        .iter()
        .map(move |fault| format!("{:<width$}  {}", fault.name(), fault.description()))
}

fn list_faults() -> io::Result<()> {
    let mut out = io::stdout().lock();
    fault_lines().try_for_each(|line| writeln!(out, "{line}"))?;
    out.flush()
}

/// Runs the command.
pub(crate) fn run(arguments: SimulateArguments) -> Result<ExitCode, Failure> {
    if arguments.list_faults {
        list_faults().map_err(|error| Failure::other("cannot write to stdout", error))?;
        return Ok(ExitCode::SUCCESS);
    }
    server_executor()?.block_on(async {
        let simulator = arguments.start().await?;
        let certificate = Certificate::write(&simulator, arguments.ca_file)?;
        announce(&simulator, certificate.path())
            .map_err(|error| Failure::other("cannot write to stdout", error))?;
        signal::interrupted()
            .await
            .map_err(|error| Failure::other("cannot wait for a signal", error))?;
        let counters = simulator.counters();
        eprintln!(
            "{} requests on {} connections, {} logins, {} logouts, {} views created, {} views open, {} tokens open, {} KiB sent",
            counters.requests,
            counters.connections,
            counters.logins,
            counters.logouts,
            counters.views_created,
            counters.views_open,
            counters.tokens_open,
            counters.bytes_sent / 1024
        );
        simulator.stop().await;
        Ok(ExitCode::SUCCESS)
    })
}

impl Sizes {
    /// A simulator of this size, not yet started.
    pub(crate) fn builder(self) -> stocktake_simulator::SimulatorBuilder {
        Simulator::builder()
            .vms(self.vms)
            .hosts(self.hosts)
            .clusters(self.clusters)
            .seed(self.seed)
    }
}

impl SimulateArguments {
    async fn start(&self) -> Result<Simulator, Failure> {
        let builder = self
            .sizes
            .builder()
            .listen(self.listen)
            .credentials(&self.username, &self.password)
            .profile(self.profile)
            .certificate(self.certificate.into());
        let builder = self
            .faults
            .iter()
            .fold(builder, |builder, &fault| builder.fault(fault));
        let builder = builder.churn(self.churn);
        let builder = if self.varied {
            builder.varied()
        } else {
            builder
        };
        let builder = if self.no_automation {
            builder.without_automation()
        } else {
            builder
        };
        let builder = if self.plain_http {
            builder.plain_http()
        } else {
            builder
        };
        builder
            .start()
            .await
            .map_err(|error| Failure::other("the simulator cannot start", error))
    }
}

/// The file of the authority; a temporary one is deleted with the simulator.
pub(crate) enum Certificate {
    None,
    Kept(PathBuf),
    Temporary(TempPath),
}

impl Certificate {
    /// Writes the authority that signed the simulator's certificate.
    pub(crate) fn write(simulator: &Simulator, file: Option<PathBuf>) -> Result<Self, Failure> {
        let unwritten =
            |error: io::Error| Failure::other("cannot write the certificate authority", error);
        let Some(pem) = simulator.ca_pem() else {
            return Ok(Certificate::None);
        };
        if let Some(path) = file {
            std::fs::write(&path, pem)
                .map_err(|error| Failure::file(format!("--ca-file {}", path.display()), &error))?;
            return Ok(Certificate::Kept(path));
        }
        let mut temporary = tempfile::Builder::new()
            .prefix("stocktake-ca-")
            .suffix(".pem")
            .tempfile()
            .map_err(unwritten)?;
        temporary.write_all(pem.as_bytes()).map_err(unwritten)?;
        Ok(Certificate::Temporary(temporary.into_temp_path()))
    }

    pub(crate) fn path(&self) -> Option<&std::path::Path> {
        match self {
            Certificate::None => None,
            Certificate::Kept(path) => Some(path),
            Certificate::Temporary(path) => Some(path),
        }
    }
}

fn announce(simulator: &Simulator, ca_file: Option<&std::path::Path>) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if !out.is_terminal() {
        let line = json!({
            "url": simulator.url(),
            "username": simulator.username(),
            "password": simulator.password(),
            "ca_file": ca_file,
            "fingerprint": simulator.fingerprint(),
        });
        writeln!(out, "{line}")?;
        return out.flush();
    }
    let totals = simulator.totals();
    writeln!(
        out,
        "a vCenter with {} VMs on {} hosts in {} clusters; collect it from another terminal:\n",
        totals.vms, totals.hosts, totals.clusters
    )?;
    let trust = ca_file
        .map(|file| format!(" --ca-file {}", file.display()))
        .unwrap_or_default();
    writeln!(
        out,
        "  STOCKTAKE_PASSWORD='{}' stocktake collect --endpoint {} --username '{}' --password-env STOCKTAKE_PASSWORD{trust} --format table\n",
        simulator.password(),
        simulator.url(),
        simulator.username()
    )?;
    writeln!(out, "Ctrl-C ends it.")
}
