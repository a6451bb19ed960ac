//! A server with TLS 1.1 and nothing newer: Python's ssl, because no Rust library supports it.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};

use rcgen::generate_simple_self_signed;
use tempfile::TempDir;

use crate::python::program;

/// A running server.
#[derive(Debug)]
pub struct Tls11 {
    child: Child,
    port: String,
    _folder: TempDir,
}

impl Tls11 {
    /// Starts it.
    ///
    /// # Panics
    /// When `STOCKTAKE_PYTHON` is not a Python, or its OpenSSL does not support TLS 1.1.
    #[must_use]
    pub fn start() -> Self {
        let made = generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
        let folder = tempfile::tempdir().expect("a folder");
        let [certificate, key] =
            ["certificate.pem", "key.pem"].map(|name| folder.path().join(name));
        std::fs::write(&certificate, made.cert.pem()).expect("the certificate file");
        std::fs::write(&key, made.signing_key.serialize_pem()).expect("the key file");
        let mut child = program("tls_1_1.py")
            .args([&certificate, &key])
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
        assert!(!port.is_empty(), "the server says on stderr why it ended");
        Tls11 {
            child,
            port,
            _folder: folder,
        }
    }

    /// Where it is.
    #[must_use]
    pub fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }
}

impl Drop for Tls11 {
    fn drop(&mut self) {
        // It ends with its stdin.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
