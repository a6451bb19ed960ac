//! TLS in front of a plain server, with certificates that no Rust server would show: Python's ssl.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use crate::python::program;

/// A certificate and its key, in PEM.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The file of the certificate.
    pub certificate: PathBuf,
    /// The file of its key.
    pub key: PathBuf,
}

impl Identity {
    /// One of those in `certificates/`.
    #[must_use]
    pub fn kept(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("support/certificates");
        Identity {
            certificate: folder.join(format!("{name}.pem")),
            key: folder.join(format!("{name}.key")),
        }
    }
}

/// A running front.
#[derive(Debug)]
pub struct TlsFront {
    child: Child,
    port: String,
}

impl TlsFront {
    /// Shows `identity` before the plain server at `port`, from TLS `oldest` on, as in `1.2`.
    ///
    /// # Panics
    /// When `STOCKTAKE_PYTHON` is not a Python, or its OpenSSL rejects the identity.
    #[must_use]
    pub fn start(identity: &Identity, port: u16, oldest: &str) -> Self {
        let mut child = program("tls_front.py")
            .args([&identity.certificate, &identity.key])
            .args([&port.to_string(), oldest])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout)
            .read_line(&mut line)
            .expect("the port");
        let port = line.trim().to_owned();
        assert!(!port.is_empty(), "the front says on stderr why it ended");
        TlsFront { child, port }
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }
}

impl Drop for TlsFront {
    fn drop(&mut self) {
        // It ends with its stdin.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
