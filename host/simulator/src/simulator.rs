//! A running simulator.

use crate::inventory::{Kind, Object, paths};
use crate::server::{Identity, serve};
use crate::vim::service::Service;
use crate::{Counters, Fault, SimulatorBuilder};
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

/// A running simulated vCenter. Dropping it stops it.
#[derive(Debug)]
pub struct Simulator {
    address: SocketAddr,
    identity: Option<Identity>,
    service: Arc<Service>,
    credentials: (String, String),
    server: JoinHandle<()>,
    _runtime: Option<OwnedRuntime>,
}

/// How many objects of each kind there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Totals {
    /// Virtual machines, templates and cluster service agents included.
    pub vms: u32,
    /// Hosts, standalone ones included.
    pub hosts: u32,
    /// Hosts outside any cluster.
    pub standalone_hosts: u32,
    /// Clusters.
    pub clusters: u32,
    /// Datacenters.
    pub datacenters: u32,
    /// Datastores.
    pub datastores: u32,
    /// Standard networks; distributed port groups are counted apart.
    pub networks: u32,
    /// Distributed port groups, uplink groups included.
    pub port_groups: u32,
    /// Distributed switches.
    pub switches: u32,
    /// Resource pools, the root pools of clusters and compute resources included; vApps are counted apart.
    pub resource_pools: u32,
    /// vApps.
    pub vapps: u32,
    /// Storage pods.
    pub storage_pods: u32,
    /// Opaque networks.
    pub opaque_networks: u32,
}

impl Simulator {
    /// A simulator with 100 VMs on 8 hosts, unless changed.
    pub fn builder() -> SimulatorBuilder {
        SimulatorBuilder::default()
    }

    pub(crate) fn new(
        address: SocketAddr,
        listener: TcpListener,
        identity: Option<Identity>,
        service: Arc<Service>,
        credentials: (String, String),
    ) -> Self {
        let tls = identity
            .as_ref()
            .map(|identity| TlsAcceptor::from(Arc::clone(&identity.config)));
        let server = tokio::spawn(serve(listener, tls, Arc::clone(&service)));
        Self {
            address,
            identity,
            service,
            credentials,
            server,
            _runtime: None,
        }
    }

    pub(crate) fn owning(mut self, runtime: Runtime) -> Self {
        self._runtime = Some(OwnedRuntime(Some(runtime)));
        self
    }

    /// The endpoint, without the `/sdk` at its end.
    pub fn url(&self) -> String {
        let scheme = if self.identity.is_some() {
            "https"
        } else {
            "http"
        };
        format!("{scheme}://{}", self.address)
    }

    /// The address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The authority that signed the certificate, in PEM; none over plain HTTP.
    pub fn ca_pem(&self) -> Option<&str> {
        self.identity
            .as_ref()
            .map(|identity| identity.ca_pem.as_str())
    }

    /// `sha256:` and the digest of the server's certificate in lower-case hexadecimal; none over plain HTTP.
    pub fn fingerprint(&self) -> Option<&str> {
        self.identity
            .as_ref()
            .map(|identity| identity.fingerprint.as_str())
    }

    /// `sha256:` and the digest of the server's public key; none over plain HTTP.
    pub fn key_fingerprint(&self) -> Option<&str> {
        self.identity
            .as_ref()
            .map(|identity| identity.key_fingerprint.as_str())
    }

    /// The user name to log in with.
    pub fn username(&self) -> &str {
        &self.credentials.0
    }

    /// The password to log in with.
    pub fn password(&self) -> &str {
        &self.credentials.1
    }

    /// Its counters.
    pub fn counters(&self) -> Counters {
        self.service.counters()
    }

    /// The keys of all sessions so far, and those in the ids of their views, in the order of creation.
    pub fn keys_given(&self) -> Vec<String> {
        self.service.keys_given()
    }

    /// How many objects there are.
    pub fn totals(&self) -> Totals {
        let site = &self.service.site;
        Totals {
            vms: u32::try_from(site.living_vms().count()).unwrap_or(u32::MAX),
            hosts: site.hosts,
            standalone_hosts: site.count(Kind::Compute),
            clusters: site.clusters,
            datacenters: site.datacenters,
            datastores: site.count(Kind::Datastore),
            networks: site.count(Kind::Network),
            port_groups: site.count(Kind::PortGroup),
            switches: site.count(Kind::Switch),
            resource_pools: site.count(Kind::Pool),
            vapps: site.count(Kind::VApp),
            storage_pods: site.count(Kind::Pod),
            opaque_networks: site.count(Kind::OpaqueNetwork),
        }
    }

    /// The properties that the server has, as managed object type and property path.
    pub fn properties(&self) -> Vec<(&'static str, &'static str)> {
        let service = &self.service;
        let of_kind = |kind: Kind| {
            paths(kind)
                .filter(|path| service.knows(path))
                .map(move |path| (kind.type_name(), path))
        };
        Kind::ALL.into_iter().flat_map(of_kind).collect()
    }

    /// The MoRefs of the existing VMs.
    pub fn vms(&self) -> Vec<String> {
        let site = &self.service.site;
        let vms = site
            .living_vms()
            .map(|vm| site.id(Object::new(Kind::Vm, vm)));
        vms.collect()
    }

    /// The MoRefs of all VMs that have existed.
    pub fn vms_so_far(&self) -> Vec<String> {
        let site = &self.service.site;
        let vms = (0..site.count(Kind::Vm)).map(|vm| site.id(Object::new(Kind::Vm, vm)));
        vms.collect()
    }

    /// The MoRefs of the VMs that were created, deleted, renamed or moved since the start.
    pub fn changed_vms(&self) -> Vec<String> {
        let site = &self.service.site;
        let changed = site.churn.iter().flat_map(|churn| churn.changed());
        let vms = (site.vms..site.count(Kind::Vm)).chain(changed);
        vms.map(|vm| site.id(Object::new(Kind::Vm, vm))).collect()
    }

    /// The MoRef of the VM that an active fault affects, when it affects one; of the datacenter in sight for
    /// `LimitedRole`, of the host for `HostOutOfSight`.
    pub fn victim(&self, fault: Fault) -> Option<String> {
        let victim: Object = self.service.faults.victim(fault)?;
        Some(self.service.site.id(victim))
    }

    /// The MoRefs of all objects that an active fault affects, in the order in which its description names them.
    pub fn victims(&self, fault: Fault) -> Vec<String> {
        let victims = self.service.faults.victims(fault);
        victims
            .iter()
            .map(|&victim| self.service.site.id(victim))
            .collect()
    }

    /// Stops listening, closes every connection and waits until both are done.
    pub async fn stop(mut self) {
        self.server.abort();
        // Aborted or panicked: the task has ended.
        let _ = (&mut self.server).await;
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A runtime that may be dropped anywhere, inside another one too.
#[derive(Debug)]
struct OwnedRuntime(Option<Runtime>);

impl Drop for OwnedRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
