//! Recorded cases under `fixtures/`.
//!
//! A case is a folder: `case.toml` says what it shows, `exchange/NN.request.xml`
//! and `NN.response.http` are what crossed the wire, `expected.json` is the
//! response, byte for byte.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use stocktake_runtime::gateway::recorder::Exchange;

/// The account of every recording.
pub const USERNAME: &str = "user";
/// Its password; recordings hold it as [`HIDDEN`].
pub const PASSWORD: &str = "pass";
/// What a recording holds in place of a password or a session.
pub const HIDDEN: &str = "hidden-in-fixture";
/// What an expected response holds in place of the server's address.
pub const AUTHORITY: &str = "vcenter.invalid";

/// What a case is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Case {
    /// The sentence that the case proves.
    pub shows: String,
    /// What was recorded, and how to record it again.
    pub provenance: String,
    /// The mode of the request.
    pub mode: String,
    /// `source.config` of the request, without the endpoint.
    pub config: serde_json::Map<String, serde_json::Value>,
}

/// A case and its place.
#[derive(Clone, Debug)]
pub struct Fixture {
    /// Its folder.
    pub folder: PathBuf,
    /// What it is.
    pub case: Case,
}

/// A request and the reply to it.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The body of the request.
    pub request: String,
    /// HTTP status of the reply.
    pub status: u16,
    /// Headers of the reply that matter.
    pub headers: Vec<(String, String)>,
    /// The body of the reply.
    pub body: Vec<u8>,
}

/// The folder of all fixtures.
#[must_use]
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}

/// Every case, by name.
///
/// # Panics
/// When a case cannot be read.
#[must_use]
pub fn all() -> Vec<Fixture> {
    let entries = fs::read_dir(root()).expect("the fixtures");
    let mut folders: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    folders.into_iter().map(Fixture::open).collect()
}

impl Fixture {
    fn open(folder: PathBuf) -> Self {
        let file = folder.join("case.toml");
        let text =
            fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let case =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        Fixture { folder, case }
    }

    /// The exchanges, in order.
    ///
    /// # Panics
    /// When one cannot be read.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Recorded> {
        let read = |name: String| fs::read(self.folder.join("exchange").join(name)).ok();
        (0..)
            .map_while(|number: u32| {
                let request = read(format!("{number:02}.request.xml"))?;
                let reply =
                    read(format!("{number:02}.response.http")).expect("a reply to each request");
                Some(Recorded::parse(
                    String::from_utf8(request).expect("UTF-8"),
                    &reply,
                ))
            })
            .collect()
    }

    /// The response, byte for byte.
    ///
    /// # Panics
    /// When it is missing.
    #[must_use]
    pub fn expected(&self) -> String {
        let file = self.folder.join("expected.json");
        fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    }
}

impl Recorded {
    fn parse(request: String, reply: &[u8]) -> Self {
        let end = reply
            .windows(2)
            .position(|pair| pair == b"\n\n")
            .expect("a blank line after the headers");
        let head = String::from_utf8(reply[..end].to_vec()).expect("UTF-8");
        let mut lines = head.lines();
        let status = lines.next().expect("a status");
        Recorded {
            request,
            status: status.parse().expect("a status"),
            headers: lines
                .map(|line| {
                    let (name, value) = line.split_once(": ").expect("a header");
                    (name.to_owned(), value.to_owned())
                })
                .collect(),
            body: reply[end + 2..].to_vec(),
        }
    }
}

/// Writes a recording as a case, with password and session hidden.
///
/// # Panics
/// When the folder cannot be written.
pub fn write(name: &str, case: &Case, exchanges: &[Exchange], response: &str, authority: &str) {
    let folder = root().join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("exchange")).expect("the folder");
    fs::write(
        folder.join("case.toml"),
        toml::to_string(case).expect("TOML"),
    )
    .expect("the case");
    let secrets = secrets(exchanges);
    let hide = |text: &str| {
        secrets
            .iter()
            .fold(text.to_owned(), |text, secret| text.replace(secret, HIDDEN))
    };
    for (number, exchange) in exchanges.iter().enumerate() {
        let request = hide_password(&String::from_utf8_lossy(&exchange.request_body));
        let file = folder.join(format!("exchange/{number:02}.request.xml"));
        fs::write(file, hide(&request)).expect("the request");
        let mut reply = format!("{}\n", exchange.status.as_u16());
        for name in ["content-type", "set-cookie", "location", "retry-after"] {
            for value in exchange.response_headers.get_all(name) {
                reply += &format!("{name}: {}\n", hide(value.to_str().expect("text")));
            }
        }
        reply += "\n";
        reply += &hide(&String::from_utf8_lossy(&exchange.response_body));
        let file = folder.join(format!("exchange/{number:02}.response.http"));
        fs::write(file, reply).expect("the reply");
    }
    fs::write(
        folder.join("expected.json"),
        response.replace(authority, AUTHORITY),
    )
    .expect("the response");
}

/// A request body with its password hidden.
#[must_use]
pub fn hide_password(body: &str) -> String {
    body.replace(
        &format!("<password>{PASSWORD}</password>"),
        &format!("<password>{HIDDEN}</password>"),
    )
}

/// Session ids, from the cookies that carry them.
fn secrets(exchanges: &[Exchange]) -> Vec<String> {
    let cookies = exchanges
        .iter()
        .flat_map(|exchange| exchange.response_headers.get_all("set-cookie"));
    cookies
        .filter_map(|cookie| {
            let (_, value) = cookie.to_str().ok()?.split(';').next()?.split_once('=')?;
            Some(value.trim_matches('"').to_owned())
        })
        .filter(|secret| !secret.is_empty())
        .collect()
}
