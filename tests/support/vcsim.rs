//! The official simulator as a process.
//!
//! `STOCKTAKE_VCSIM` names the executable; any vcsim that takes the official
//! flags will do.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

use crate::server::Server;

/// How much vcsim shall simulate.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// Datacenters.
    pub datacenters: u32,
    /// Clusters per datacenter.
    pub clusters: u32,
    /// Hosts per cluster.
    pub hosts: u32,
    /// VMs per resource pool; there is one per cluster and one for the standalone host of each datacenter.
    pub vms: u32,
}

/// A running vcsim.
#[derive(Debug)]
pub struct Vcsim {
    /// How to reach it.
    pub server: Server,
    size: Size,
    child: Child,
    _folder: TempDir,
}

impl Vcsim {
    /// Starts vcsim.
    ///
    /// # Panics
    /// When there is none, or it does not start.
    #[must_use]
    pub fn start(size: Size) -> Self {
        Vcsim::start_with(size, &[])
    }

    /// Starts vcsim with further flags, as in `-pool 1`.
    ///
    /// # Panics
    /// When there is none, or it does not start.
    #[must_use]
    pub fn start_with(size: Size, flags: &[&str]) -> Self {
        let executable = env::var_os("STOCKTAKE_VCSIM").expect(
            "STOCKTAKE_VCSIM names a vcsim; run the tests by `cargo xtask test`, which builds one",
        );
        let folder = tempfile::tempdir().expect("a folder");
        let [ca, certificate, key] =
            ["ca.pem", "certificate.pem", "key.pem"].map(|name| folder.path().join(name));
        let made = make_certificate();
        std::fs::write(&ca, made.ca).expect("the CA file");
        std::fs::write(&certificate, made.certificate).expect("the certificate file");
        std::fs::write(&key, made.key).expect("the key file");
        let mut child = Command::new(&executable)
            .args(["-l", "127.0.0.1:0"])
            .args(["-dc", &size.datacenters.to_string()])
            .args(["-cluster", &size.clusters.to_string()])
            .args(["-host", &size.hosts.to_string()])
            .args(["-vm", &size.vms.to_string()])
            .args(["-username", "user", "-password", "pass"])
            .args(flags)
            .arg("-tlscert")
            .arg(&certificate)
            .arg("-tlskey")
            .arg(&key)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{} does not start: {error}", executable.display()));
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        let address = stdout
            .lines()
            .map_while(Result::ok)
            .find_map(|line| {
                let (_, address) = line.split_once('@')?;
                Some(address.split('/').next()?.to_owned())
            })
            .expect("vcsim prints its address");
        Vcsim {
            server: Server {
                url: format!("https://{address}"),
                username: "user".to_owned(),
                password: "pass".to_owned(),
                ca_file: Some(ca),
                preferred_version: "6.5-6.7",
            },
            size,
            child,
            _folder: folder,
        }
    }

    /// VMs, hosts and clusters that there are.
    #[must_use]
    pub fn counts(&self) -> (u64, u64, u64) {
        let Size {
            datacenters,
            clusters,
            hosts,
            vms,
        } = self.size;
        let per_datacenter = (vms * (clusters + 1), hosts * clusters + 1, clusters);
        (
            u64::from(datacenters * per_datacenter.0),
            u64::from(datacenters * per_datacenter.1),
            u64::from(datacenters * per_datacenter.2),
        )
    }
}

impl Drop for Vcsim {
    fn drop(&mut self) {
        // SIGTERM lets it remove its files under the temporary folder; there is a folder per VM.
        let _ = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        let _ = self.child.wait();
    }
}

struct Made {
    ca: String,
    certificate: String,
    key: String,
}

fn make_certificate() -> Made {
    let ca_key = KeyPair::generate().expect("a key");
    let mut ca = CertificateParams::new(Vec::new()).expect("parameters");
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    // OpenSSL treats a certificate whose issuer is its own name as self-signed.
    ca.distinguished_name
        .push(DnType::CommonName, "vcsim authority");
    let ca_certificate = ca.self_signed(&ca_key).expect("a CA");
    let issuer = Issuer::new(ca, ca_key);
    let key = KeyPair::generate().expect("a key");
    let names = ["127.0.0.1".to_owned(), "localhost".to_owned()];
    let leaf = CertificateParams::new(names).expect("parameters");
    let certificate = leaf.signed_by(&key, &issuer).expect("a certificate");
    Made {
        ca: ca_certificate.pem(),
        certificate: certificate.pem(),
        key: key.serialize_pem(),
    }
}
