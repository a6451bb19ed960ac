//! The builder of a simulator.

use crate::automation::Conduct;
use crate::faults::Faults;
use crate::inventory::{Churn, Site, Sizes, Version};
use crate::server::Identity;
use crate::vim::About;
use crate::vim::service::Service;
use crate::{CertificateKind, Fault, Profile, Simulator, SimulatorError};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::net::TcpListener;

/// Configures a simulator; created by [`Simulator::builder`].
#[derive(Clone, Debug)]
#[must_use = "a builder does nothing until it is started"]
pub struct SimulatorBuilder {
    sizes: Sizes,
    seed: u64,
    address: SocketAddr,
    username: String,
    password: String,
    profile: Profile,
    version: Option<String>,
    build: Option<String>,
    plain_http: bool,
    certificate: CertificateKind,
    faults: Vec<Fault>,
    churn: u32,
    grows_results: bool,
    varied: bool,
    automation: Conduct,
}

impl Default for SimulatorBuilder {
    fn default() -> Self {
        Self {
            sizes: Sizes {
                vms: 100,
                hosts: 8,
                clusters: 2,
            },
            seed: 1,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            username: "reader@vsphere.local".to_owned(),
            password: "simulated".to_owned(),
            profile: Profile::default(),
            version: None,
            build: None,
            plain_http: false,
            certificate: CertificateKind::Valid,
            faults: Vec::new(),
            churn: 0,
            grows_results: false,
            varied: false,
            automation: Conduct::default(),
        }
    }
}

impl SimulatorBuilder {
    /// Number of virtual machines, templates and cluster service agents included; 100 by default.
    pub fn vms(mut self, vms: u32) -> Self {
        self.sizes.vms = vms;
        self
    }

    /// Number of hosts, standalone ones included; 8 by default.
    pub fn hosts(mut self, hosts: u32) -> Self {
        self.sizes.hosts = hosts;
        self
    }

    /// Number of clusters; 2 by default. There is a datacenter for every eight of them, and at least two for two or more.
    pub fn clusters(mut self, clusters: u32) -> Self {
        self.sizes.clusters = clusters;
        self
    }

    /// The seed of all random values; 1 by default. The same seed and sizes give the same inventory.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The address to listen on; by default a free port of 127.0.0.1.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// The only account; by default `reader@vsphere.local` with `simulated`.
    pub fn credentials(mut self, username: impl Into<String>, password: impl Into<String>) -> Self {
        self.username = username.into();
        self.password = password.into();
        self
    }

    /// The simulated product; vCenter 8.0 by default. Properties that its version does not have are refused. An ESXi server is one
    /// host, whatever the other settings.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// Product version such as `7.0.3` in place of the profile's.
    pub fn version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// Build number in place of the profile's.
    pub fn build(mut self, build: impl Into<String>) -> Self {
        self.build = Some(build.into());
        self
    }

    /// Uses HTTP without TLS.
    pub fn plain_http(mut self) -> Self {
        self.plain_http = true;
        self
    }

    /// The kind of certificate.
    pub fn certificate(mut self, kind: CertificateKind) -> Self {
        self.certificate = kind;
        self
    }

    /// Adds a fault; several may be combined.
    pub fn fault(mut self, fault: Fault) -> Self {
        self.faults.push(fault);
        self
    }

    /// The number of changes after each page: a VM is created, deleted, renamed or moved to another host, by the seed. Lists
    /// of views are read at that moment, and a deleted object is on no page.
    pub fn churn(mut self, changes: u32) -> Self {
        self.churn = changes;
        self
    }

    /// Under churn a retrieval's further pages hold what was created since its first page; else what there was then.
    pub fn grow_results(mut self) -> Self {
        self.grows_results = true;
        self
    }

    /// Adds what few inventories have: disks on several datastores, raw, independent and shared ones, USB devices, virtual TPMs,
    /// vApps, storage pods, opaque networks, mounts that are read-only or out of reach. A vCenter only.
    pub fn varied(mut self) -> Self {
        self.varied = true;
        self
    }

    /// Takes the Automation API down: every request of it is answered by status 503.
    pub fn without_automation(mut self) -> Self {
        self.automation.is_down = true;
        self
    }

    /// Refuses tags to the account, by status 403.
    pub fn refusing_tags(mut self) -> Self {
        self.automation.refuses_tags = true;
        self
    }

    /// Ends the first session of the Automation API by itself, after so many calls.
    pub fn ending_automation_session_after(mut self, calls: u32) -> Self {
        self.automation.first_session_calls = Some(calls);
        self
    }

    /// Starts on the async runtime of the caller.
    ///
    /// # Errors
    ///
    /// When the address cannot be listened on or no certificate can be made.
    pub async fn start(self) -> Result<Simulator, SimulatorError> {
        let identity = if self.plain_http {
            None
        } else {
            Some(Identity::generate(self.certificate)?)
        };
        let address = self.address;
        let refused = |source| SimulatorError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let credentials = (self.username.clone(), self.password.clone());
        let service = Arc::new(self.into_service());
        Ok(Simulator::new(
            address,
            listener,
            identity,
            service,
            credentials,
        ))
    }

    /// Starts on threads of its own, for callers without an async runtime. Must not be called from within one.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start), and when no threads can be started.
    pub fn start_blocking(self) -> Result<Simulator, SimulatorError> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("simulator")
            .enable_all()
            .build()
            .map_err(SimulatorError::Threads)?;
        let started = runtime.block_on(self.start());
        Ok(started?.owning(runtime))
    }

    fn into_service(self) -> Service {
        let sizes = Faults::sizes(&self.faults, self.sizes);
        let (version, build) = self.profile.release();
        let about = About {
            version: self.version.unwrap_or_else(|| version.to_owned()),
            build: self.build.unwrap_or_else(|| build.to_owned()),
            seed: self.seed,
            host_agent: self.profile.is_host_agent(),
        };
        let mut site = if self.profile.is_host_agent() {
            Site::host_agent(self.seed, sizes.vms)
        } else {
            Site::new(self.seed, sizes)
        };
        site.version = Version::from_text(&about.version);
        site.varied = self.varied && !site.host_agent;
        let faults = Faults::new(self.faults, &site);
        site.churn =
            (self.churn > 0).then(|| Arc::new(Churn::new(site.seed, site.vms, self.churn)));
        site.grows_results = self.grows_results;
        Service::new(
            site,
            faults,
            about,
            (self.username, self.password),
            self.automation,
        )
    }
}
