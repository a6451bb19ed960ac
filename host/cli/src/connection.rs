//! Where to, who as, and whom to believe.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use stocktake_contract::Problem;
use stocktake_runtime::Collector;
use stocktake_runtime::gateway::{Policy, Trust};
use zeroize::Zeroizing;

use crate::component::ComponentChoice;
use crate::engine::{Engine, runtime};
use crate::failure::Failure;
use crate::policy::{PolicyArguments, Rules};
use crate::resilience::ResilienceArguments;
use crate::secret::PasswordSource;

/// Options of every command that speaks to a vCenter.
#[derive(Debug, Args)]
#[command(next_help_heading = "Connection")]
pub struct Connection {
    /// The vCenter, as https://HOST or https://HOST:PORT
    #[arg(long, value_name = "URL", env = "STOCKTAKE_ENDPOINT")]
    pub endpoint: String,
    /// The account to log in with; reading is enough
    #[arg(long, value_name = "USER", env = "STOCKTAKE_USERNAME")]
    pub username: String,
    #[command(flatten)]
    pub(crate) password: PasswordSource,
    #[command(flatten)]
    pub(crate) trust: TrustArguments,
    /// Let the component log in itself: it is given user and password, which otherwise stay with the host
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
    /// The rules with the time that is told here, if it is.
    pub(crate) fn amend(&self, rules: &mut Rules) {
        if let Some(seconds) = self.timeout {
            rules.sandbox.wall_seconds = Duration::from_secs(seconds);
        }
    }
}

/// Whose certificates are believed: the system's authorities unless told.
#[derive(Debug, Default, Args)]
#[group(multiple = false)]
pub(crate) struct TrustArguments {
    /// Believe the authorities of this PEM file and no others
    #[arg(long, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// Believe this certificate or key and nothing else, as sha256:HEX
    #[arg(long, value_name = "PIN")]
    pub(crate) pin: Option<String>,
    /// Believe anyone: whoever is in between can read the password
    #[arg(long)]
    pub(crate) insecure: bool,
}

impl TrustArguments {
    /// The trust that the options describe; at most one of them is set.
    pub(crate) fn trust(&self) -> Result<Trust, Problem> {
        match (&self.ca_file, &self.pin) {
            (Some(file), _) => Trust::ca_file(file),
            (None, Some(pin)) => Trust::pin(pin),
            (None, None) if self.insecure => {
                tracing::warn!(
                    "certificates are not checked: whoever is in between can read the password"
                );
                Ok(Trust::Insecure)
            }
            (None, None) => Ok(Trust::System),
        }
    }
}

impl Connection {
    /// What a run may do, by the policy and the options that go before it.
    pub(crate) fn rules(&self) -> Result<Rules, Problem> {
        let mut rules = self.policy.rules()?;
        self.component.amend(&mut rules);
        self.time.amend(&mut rules);
        rules.session.credentials_to_guest |= self.credentials_to_guest;
        Ok(rules)
    }

    /// The component, under these rules and options.
    pub(crate) fn engine(&self, resilience: &ResilienceArguments) -> Result<Engine, Problem> {
        let mut rules = self.rules()?;
        resilience.amend(&mut rules);
        Engine::load(&self.component, rules, self.trust.trust()?)
    }

    /// The component by itself, for what runs it by other means than the engine.
    ///
    /// # Errors
    ///
    /// When the policy file cannot be used, or the component is refused.
    pub fn collector(&self) -> Result<Collector, Problem> {
        let rules = self.rules()?;
        self.component.load(runtime(rules.limits())?, &rules)
    }

    /// What `request` may ask of the network.
    ///
    /// # Errors
    ///
    /// When the policy file, the certificates' file or the pin cannot be used.
    pub fn policy(&self, request: &str) -> Result<Policy, Problem> {
        let policy = self.rules()?.policy(request);
        Ok(policy.trusting(self.trust.trust()?))
    }

    /// The password, asked for when it has to be.
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
        self.password.read(&self.username)
    }
}
