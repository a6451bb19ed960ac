//! The service that gives a registry's callers their tokens: signed, for one repository, to those who
//! know the password.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rcgen::{CertificateParams, KeyPair, SigningKey as _};
use serde_json::{Value, json};

use crate::registry::{PASSWORD, USERNAME};

const SERVICE: &str = "registry of the tests";
const ISSUER: &str = "tokens of the tests";

/// A running token service.
#[derive(Debug)]
pub(crate) struct Tokens {
    settings: Value,
    given: Arc<AtomicUsize>,
}

struct Signer {
    key: KeyPair,
    certificate: Vec<u8>,
}

impl Tokens {
    /// Starts the service; `root` becomes the certificate that its tokens are signed with.
    pub(crate) fn start(root: &Path) -> Self {
        let key = KeyPair::generate().expect("a key");
        let made = CertificateParams::new(Vec::new())
            .and_then(|parameters| parameters.self_signed(&key))
            .expect("a certificate");
        std::fs::write(root, made.pem()).expect("written");
        let signer = Signer {
            key,
            certificate: made.der().to_vec(),
        };
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let given = Arc::new(AtomicUsize::new(0));
        let count = given.clone();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if signer.answer(stream) {
                    count.fetch_add(1, Ordering::Relaxed);
                }
            }
        });
        let settings = json!({
            "realm": format!("http://{address}/token"),
            "service": SERVICE,
            "issuer": ISSUER,
            "rootcertbundle": root,
        });
        Tokens { settings, given }
    }

    /// The settings of the registry.
    pub(crate) fn settings(&self) -> &Value {
        &self.settings
    }

    pub(crate) fn given(&self) -> usize {
        self.given.load(Ordering::Relaxed)
    }
}

impl Signer {
    /// Answers one request, and returns whether it had a token.
    fn answer(&self, stream: TcpStream) -> bool {
        let mut stream = BufReader::new(stream);
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            stream.read_line(&mut line).expect("a request");
            match line.trim_end() {
                "" => break,
                line => lines.push(line.to_owned()),
            }
        }
        let basic = STANDARD.encode(format!("{USERNAME}:{PASSWORD}"));
        let known = lines.iter().any(|line| {
            let line = line.split_once(": ");
            line.is_some_and(|(name, value)| {
                name.eq_ignore_ascii_case("authorization") && value == format!("Basic {basic}")
            })
        });
        let (status, body) = if known {
            let scope = lines[0]
                .split(['?', '&', ' '])
                .find_map(|part| part.strip_prefix("scope="))
                .expect("a scope");
            let scope = scope
                .replace("%3A", ":")
                .replace("%2F", "/")
                .replace("%2C", ",");
            ("200 OK", json!({ "token": self.token(&scope) }))
        } else {
            let error = json!({ "code": "UNAUTHORIZED", "message": "wrong password" });
            ("401 Unauthorized", json!({ "errors": [error] }))
        };
        let body = body.to_string();
        let length = body.len();
        let text = format!(
            "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        stream
            .get_mut()
            .write_all(text.as_bytes())
            .expect("answered");
        known
    }

    /// A JSON web token for a scope such as `repository:NAME:pull,push`.
    fn token(&self, scope: &str) -> String {
        let mut parts = scope.split(':');
        let [kind, name, actions] = [(); 3].map(|()| parts.next().expect("a part of the scope"));
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .expect("a time")
            .as_secs();
        let header = json!({
            "typ": "JWT",
            "alg": "ES256",
            "x5c": [STANDARD.encode(&self.certificate)],
        });
        let claims = json!({
            "iss": ISSUER,
            "sub": USERNAME,
            "aud": SERVICE,
            "iat": now,
            "nbf": now - 60,
            "exp": now + 300,
            "jti": "1",
            "access": [{
                "type": kind,
                "name": name,
                "actions": actions.split(',').collect::<Vec<_>>(),
            }],
        });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature = self.key.sign(signed.as_bytes()).expect("a signature");
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(plain(&signature)))
    }
}

/// The two numbers of a signature in 32 bytes each, out of their ASN.1: a sequence of two integers.
fn plain(signature: &[u8]) -> Vec<u8> {
    let mut rest = &signature[2..];
    let mut numbers = Vec::new();
    for _ in 0..2 {
        let (number, behind) = rest[2..].split_at(rest[1].into());
        rest = behind;
        // A leading zero keeps a number positive, and small ones are short.
        let significant = number.iter().position(|&byte| byte != 0).unwrap_or(0);
        let number = &number[significant..];
        numbers.resize(numbers.len() + 32 - number.len(), 0);
        numbers.extend_from_slice(number);
    }
    numbers
}
