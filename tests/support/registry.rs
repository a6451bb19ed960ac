//! A real OCI registry as a process: the CNCF's distribution, on this machine.
//!
//! `STOCKTAKE_REGISTRY` names the executable.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rcgen::{CertificateParams, KeyPair};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::tokens::Tokens;

/// The account of a registry that wants one.
pub const USERNAME: &str = "reader";
/// Its password.
pub const PASSWORD: &str = "s3cret:pass";
/// Its hash by `htpasswd -B`.
const HTPASSWD: &str = "reader:$2b$04$abcdefghijklmnopqrstuuKOSavFhQn.RIV2f0iqt5efCt3jRplr6\n";

/// The authentication of a registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// Anyone.
    Open,
    /// Who knows the password, by `Basic`.
    Password,
    /// By token, which a separate service issues for the password.
    Token,
}

/// A running registry.
#[derive(Debug)]
pub struct Registry {
    /// Host and port.
    pub host: String,
    /// The certificate of one with TLS.
    pub ca_file: Option<PathBuf>,
    child: Child,
    tokens: Option<Tokens>,
    _folder: TempDir,
}

impl Registry {
    /// A registry over plain HTTP.
    ///
    /// # Panics
    /// When there is none, or it does not start.
    #[must_use]
    pub fn start(guard: Guard) -> Self {
        Self::launch(guard, false)
    }

    /// A registry over TLS.
    ///
    /// # Panics
    /// When there is none, or it does not start.
    #[must_use]
    pub fn over_tls(guard: Guard) -> Self {
        Self::launch(guard, true)
    }

    fn launch(guard: Guard, tls: bool) -> Self {
        let executable = env::var_os("STOCKTAKE_REGISTRY").expect(
            "STOCKTAKE_REGISTRY names a registry; run the tests by `cargo xtask test`, which fetches one",
        );
        let folder = tempfile::tempdir().expect("a folder");
        let file = |name: &str| folder.path().join(name);
        let mut http = json!({ "addr": "127.0.0.1:0" });
        let ca_file = tls.then(|| {
            http["tls"] = certificate(&file("certificate.pem"), &file("key.pem"));
            file("certificate.pem")
        });
        let tokens = (guard == Guard::Token).then(|| Tokens::start(&file("tokens.pem")));
        let mut config = json!({
            "version": 0.1,
            "log": { "level": "info", "formatter": "json", "accesslog": { "disabled": true } },
            "storage": { "filesystem": { "rootdirectory": file("store") } },
            "http": http,
        });
        if guard == Guard::Password {
            std::fs::write(file("htpasswd"), HTPASSWD).expect("written");
            config["auth"] = json!({ "htpasswd": { "realm": "test", "path": file("htpasswd") } });
        }
        if let Some(tokens) = &tokens {
            config["auth"] = json!({ "token": tokens.settings() });
        }
        // JSON is YAML too.
        std::fs::write(file("config.yml"), config.to_string()).expect("written");
        let mut child = Command::new(&executable)
            .arg("serve")
            .arg(file("config.yml"))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{} does not start: {error}", executable.display()));
        let mut log = BufReader::new(child.stderr.take().expect("a pipe"));
        let host = listening(&mut log);
        // The pipe stays open, or the registry would end by its next line.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Registry {
            host,
            ca_file,
            child,
            tokens,
            _folder: folder,
        }
    }

    /// How many tokens were given.
    #[must_use]
    pub fn tokens_given(&self) -> usize {
        self.tokens.as_ref().map_or(0, Tokens::given)
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        // One that has ended already is fine.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn listening(log: &mut impl std::io::BufRead) -> String {
    let mut said = String::new();
    for line in log.lines().map_while(Result::ok) {
        let entry: Value = serde_json::from_str(&line).unwrap_or_default();
        let message = entry["msg"].as_str().unwrap_or_default();
        if let Some(address) = message.strip_prefix("listening on ") {
            return address.trim_end_matches(", tls").to_owned();
        }
        said.push_str(&line);
    }
    panic!("the registry does not start: {said}");
}

fn certificate(file: &Path, key_file: &Path) -> Value {
    let key = KeyPair::generate().expect("a key");
    let names = vec!["127.0.0.1".to_owned()];
    let made = CertificateParams::new(names)
        .and_then(|parameters| parameters.self_signed(&key))
        .expect("a certificate");
    std::fs::write(file, made.pem()).expect("written");
    std::fs::write(key_file, key.serialize_pem()).expect("written");
    json!({ "certificate": file, "key": key_file })
}
