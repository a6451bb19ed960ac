//! Endpoint, account and trust.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use stocktake_contract::Problem;
use stocktake_runtime::gateway::{Authority, Scheme, Trust, TrustError};
use stocktake_runtime::{Collector, Policy, Request, Settings};
use zeroize::Zeroizing;

use crate::component::ComponentChoice;
use crate::engine::{Engine, runtime};
use crate::failure::Failure;
use crate::policy::PolicyArguments;
use crate::proxy::ProxyArguments;
use crate::resilience::ResilienceArguments;
use crate::secret::PasswordSource;

/// Options of every command that connects to a vCenter.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub struct Connection {
    /// The vCenter, as https://HOST or https://HOST:PORT
    #[arg(long, value_name = "URL", env = "STOCKTAKE_ENDPOINT")]
    pub endpoint: String,
    /// The account to log in with; a read-only role is enough
    #[arg(long, value_name = "USER", env = "STOCKTAKE_USERNAME")]
    pub username: String,
    #[command(flatten)]
    pub(crate) password: PasswordSource,
    /// Allow http:// to another machine: the password is sent unencrypted
    #[arg(long)]
    plain_http: bool,
    #[command(flatten)]
    pub(crate) trust: TrustArguments,
    #[command(flatten)]
    pub(crate) proxy: ProxyArguments,
    /// Let the component log in itself: it receives user name and password, which otherwise stay with the host
    #[arg(long)]
    pub(crate) credentials_to_guest: bool,
    #[command(flatten)]
    pub(crate) component: ComponentChoice,
    #[command(flatten)]
    pub(crate) time: TimeLimit,
    #[command(flatten)]
    pub(crate) policy: PolicyArguments,
}

/// How long a run may take.
#[derive(Debug, Default, Args)]
pub(crate) struct TimeLimit {
    /// End the run after this many seconds [default: 285]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    timeout: Option<u64>,
}

impl TimeLimit {
    /// The settings with the time limit given here, if there is one.
    pub(crate) fn amend(&self, settings: &mut Settings) {
        if let Some(seconds) = self.timeout {
            settings.sandbox.wall = Duration::from_secs(seconds);
        }
    }
}

/// Which certificates are trusted; by default those of the system's authorities.
#[derive(Debug, Default, Args)]
#[group(multiple = false)]
pub(crate) struct TrustArguments {
    /// Trust only the certificate authorities of this PEM file
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// Trust only this certificate or public key, as sha256:HEX
    #[arg(long, value_name = "PIN")]
    pub(crate) pin: Option<String>,
    /// Accept any certificate: an attacker on the network can read the password
    #[arg(long)]
    pub(crate) insecure: bool,
}

impl TrustArguments {
    /// The trust that the options describe; at most one of them is set.
    fn trust(&self) -> Result<Trust, Failure> {
        match (&self.ca_file, &self.pin) {
            (Some(file), _) => {
                let name = format!("--ca-file {}", file.display());
                let pem = std::fs::read(file).map_err(|error| Failure::file(&name, &error))?;
                Trust::ca_pem(&pem).map_err(|error| Failure::Usage(format!("{name}: {error}")))
            }
            (None, Some(pin)) => {
                let pin = pin.parse().map(Trust::Pin);
                pin.map_err(|error: TrustError| Failure::Usage(format!("--pin: {error}")))
            }
            (None, None) if self.insecure => Ok(Trust::Insecure),
            (None, None) => Ok(Trust::System),
        }
    }
}

impl Connection {
    /// The settings of the policy, overridden by the options.
    pub(crate) fn settings(&self) -> Result<Settings, Problem> {
        let mut settings = self.policy.settings()?;
        self.component.amend(&mut settings);
        self.time.amend(&mut settings);
        self.proxy.amend(&mut settings)?;
        settings.session.credentials_to_guest |= self.credentials_to_guest;
        Ok(settings)
    }

    /// The component, under these settings and options.
    ///
    /// What the options name is read before the component is loaded, so that a typing error is reported as such.
    pub(crate) fn engine(&self, resilience: &ResilienceArguments) -> Result<Engine, Failure> {
        let mut settings = self.settings()?;
        resilience.amend(&mut settings);
        self.component.readable()?;
        let trust = self.trust.trust()?;
        Ok(Engine::load(&self.component, settings, trust)?)
    }

    /// The component by itself, for callers that run it without the engine.
    ///
    /// # Errors
    ///
    /// When the policy file cannot be used, or the component is refused.
    pub fn collector(&self) -> Result<Collector, Failure> {
        let settings = self.settings()?;
        self.component.readable()?;
        Ok(self.component.load(runtime()?, &settings)?)
    }

    /// The network access that `request` may have.
    ///
    /// # Errors
    ///
    /// When the policy file, the certificates' file or the pin cannot be used.
    pub fn policy(&self, request: &Request) -> Result<Policy, Failure> {
        let policy = self.settings()?.policy(request);
        Ok(policy.trusting(self.trust.trust()?))
    }

    /// The password, prompted for if necessary.
    ///
    /// # Errors
    ///
    /// When there is none.
    pub fn password(&self) -> Result<Zeroizing<String>, Failure> {
        if self.endpoint.is_empty() || self.username.is_empty() {
            return Err(Failure::Usage(
                "--endpoint and --username must not be empty".to_owned(),
            ));
        }
        self.check_endpoint()?;
        self.password.read(&self.username)
    }

    /// No message repeats the endpoint: it may contain a password by mistake.
    fn check_endpoint(&self) -> Result<(), Failure> {
        let refused = |reason: &dyn fmt::Display| Failure::Usage(format!("--endpoint: {reason}"));
        let authority = Authority::from_url(&self.endpoint).map_err(|error| {
            refused(&format!(
                "{error}; it must look like https://HOST or https://HOST:PORT"
            ))
        })?;
        if authority.scheme() == Scheme::Http
            && !self.plain_http
            && !is_this_machine(authority.host())
        {
            return Err(refused(
                &"http:// sends the password unencrypted to another machine; use https://, or allow it with --plain-http",
            ));
        }
        Ok(())
    }
}

/// Whether `host` is a loopback address or name.
fn is_this_machine(host: &str) -> bool {
    let is_loopback = host
        .parse()
        .is_ok_and(|address: IpAddr| address.is_loopback());
    is_loopback || host == "localhost" || host.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::Connection;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        connection: Connection,
    }

    fn error_of(arguments: &[&str]) -> Option<String> {
        let base = ["test", "--username", "u", "--endpoint"];
        let line = Line::try_parse_from([&base[..], arguments].concat()).expect("good usage");
        let failure = line.connection.check_endpoint().err()?;
        Some(failure.to_string())
    }

    #[test]
    fn an_endpoint_is_checked_before_anything_is_sent() {
        for endpoint in [
            "vc",
            "vc:443",
            "ftp://vc",
            "https://",
            "https://vc:99999",
            "https://vc:0",
            "https://u:s3cret@vc",
        ] {
            let message = error_of(&[endpoint]).expect(endpoint);
            assert!(message.starts_with("--endpoint: "), "{message}");
            assert!(
                message.contains("https://HOST") && !message.contains("s3cret"),
                "{message}"
            );
        }
        for endpoint in ["https://vc", "https://VC:8443/sdk", "https://[2001:db8::1]"] {
            assert_eq!(error_of(&[endpoint]), None, "{endpoint}");
        }
    }

    #[test]
    fn plain_http_leaves_this_machine_only_when_it_is_allowed() {
        for endpoint in [
            "http://vc",
            "http://10.0.0.1",
            "http://128.0.0.1",
            "http://localhost.example",
        ] {
            let message = error_of(&[endpoint]).expect(endpoint);
            assert!(message.contains("--plain-http"), "{message}");
            assert_eq!(error_of(&[endpoint, "--plain-http"]), None, "{endpoint}");
        }
        for endpoint in [
            "http://127.0.0.1:8080",
            "http://127.9.9.9",
            "http://[::1]:80/sdk",
            "http://localhost:1",
        ] {
            assert_eq!(error_of(&[endpoint]), None, "{endpoint}");
        }
    }
}
