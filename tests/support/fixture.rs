//! Recorded cases under `fixtures/`.
//!
//! None comes from a real vCenter, so their names are kept; what
//! [`stocktake_fixture`] replaces in a live exchange is not replaced here.

use std::fs;
use std::path::{Path, PathBuf};

use stocktake_runtime::gateway::recorder::Exchange;

pub use stocktake_fixture::{AUTHORITY, Case, Fixture, HIDDEN, Recorded, SessionOf, USERNAME};

/// The password of every recording, which is replaced by [`HIDDEN`] in it.
pub const PASSWORD: &str = "pass";

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
    folders.into_iter().map(open).collect()
}

/// The case in `folder`.
///
/// # Panics
/// When it cannot be read.
#[must_use]
pub fn open(folder: PathBuf) -> Fixture {
    Fixture::open(folder).unwrap_or_else(|error| panic!("{error}"))
}

/// Writes a recording as the case `name`, with password and session hidden.
///
/// # Panics
/// When the folder cannot be written.
pub fn write(name: &str, case: Case, exchanges: &[Exchange], response: &str, authority: &str) {
    let folder = root().join(name);
    let _ = fs::remove_dir_all(&folder);
    let secrets = secrets(exchanges);
    let hide = |text: &str| {
        let hide = |text: String, secret: &String| text.replace(secret, HIDDEN);
        secrets.iter().fold(text.to_owned(), hide)
    };
    let hidden = exchanges
        .iter()
        .map(Recorded::from)
        .map(|recorded| Recorded {
            request: hide(&hide_password(&recorded.request)),
            headers: recorded
                .headers
                .into_iter()
                .map(|(name, value)| (name, hide(&value)))
                .collect(),
            body: hide(&String::from_utf8_lossy(&recorded.body)).into_bytes(),
            ..recorded
        });
    let fixture = Fixture {
        case,
        exchanges: hidden.collect(),
        expected: response.replace(authority, AUTHORITY),
        folder: PathBuf::new(),
    };
    fixture
        .write(&folder)
        .unwrap_or_else(|error| panic!("{error}"));
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
