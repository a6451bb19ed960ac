//! Credentials of a registry: those that `docker login`, `oras login` or `skopeo login` stored in Docker's
//! `config.json`, or given ones.

use std::fmt;
use std::io::ErrorKind;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::error::Error;

/// An account of a registry.
#[derive(Clone)]
pub struct Credential {
    username: String,
    password: Zeroizing<String>,
}

/// Prints the account without its password.
impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}

impl Credential {
    /// An account and its password.
    #[must_use]
    pub fn new(username: String, password: Zeroizing<String>) -> Self {
        Credential { username, password }
    }

    /// The account for `host` of a file like Docker's `config.json`; none when there is no file or
    /// no such account. Programs that the file names as helpers are not run.
    ///
    /// # Errors
    ///
    /// [`Error::Unusable`] when the file cannot be read or is malformed.
    pub fn from_docker_config(file: &Path, host: &str) -> Result<Option<Self>, Error> {
        let place = file.display();
        let text = match std::fs::read_to_string(file) {
            Ok(text) => Zeroizing::new(text),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::unusable(place, error.to_string())),
        };
        // The parser's own message could quote the file.
        let config: Value = serde_json::from_str(&text).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            Error::unusable(&place, format!("not JSON at line {line}, column {column}"))
        })?;
        let Some(entry) = entry(&config, host) else {
            return Ok(None);
        };
        let malformed = || {
            let reason = format!(
                "the entry for {host} has neither auth (base64 of USER:PASSWORD) nor username and password; log in again"
            );
            Error::unusable(&place, reason)
        };
        if let Some(auth) = entry.get("auth").and_then(Value::as_str) {
            let pair = Zeroizing::new(STANDARD.decode(auth).map_err(|_| malformed())?);
            let pair = std::str::from_utf8(&pair).map_err(|_| malformed())?;
            let (username, password) = pair.split_once(':').ok_or_else(malformed)?;
            let password = Zeroizing::new(password.to_owned());
            return Ok(Some(Credential::new(username.to_owned(), password)));
        }
        let text = |key| entry.get(key).and_then(Value::as_str);
        match (text("username"), text("password")) {
            (Some(username), Some(password)) => {
                let password = Zeroizing::new(password.to_owned());
                Ok(Some(Credential::new(username.to_owned(), password)))
            }
            // Credentials in a helper leave an empty entry.
            _ if entry.as_object().is_some_and(serde_json::Map::is_empty) => Ok(None),
            _ => Err(malformed()),
        }
    }

    /// The `Authorization` header with `Basic`.
    pub(crate) fn basic(&self) -> Zeroizing<String> {
        let pair = Zeroizing::new(format!("{}:{}", self.username, *self.password));
        Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())))
    }
}

/// The entry for a host, which old versions wrote as a URL.
fn entry<'c>(config: &'c Value, host: &str) -> Option<&'c Value> {
    let entries = config.get("auths")?.as_object()?;
    let exact = entries.get(host);
    exact.or_else(|| {
        let found = entries.iter().find(|(key, _)| {
            let key = key
                .strip_prefix("https://")
                .or_else(|| key.strip_prefix("http://"));
            key.is_some_and(|key| key.split('/').next() == Some(host))
        });
        found.map(|(_, entry)| entry)
    })
}

#[cfg(test)]
mod tests {
    use super::Credential;

    fn found(config: &str, host: &str) -> Result<Option<String>, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("config.json");
        std::fs::write(&file, config).expect("a file");
        Credential::from_docker_config(&file, host)
            .map(|found| found.map(|credential| credential.basic().to_string()))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn the_account_of_a_host_is_found_in_each_form_of_the_file() {
        let basic = Some("Basic cmVhZGVyOnM6M2NyZXQ=".to_owned());
        for config in [
            r#"{"auths":{"localhost:5000":{"auth":"cmVhZGVyOnM6M2NyZXQ="}}}"#,
            r#"{"auths":{"https://localhost:5000/v1/":{"auth":"cmVhZGVyOnM6M2NyZXQ="}}}"#,
            r#"{"auths":{"localhost:5000":{"username":"reader","password":"s:3cret"}}}"#,
        ] {
            assert_eq!(
                found(config, "localhost:5000"),
                Ok(basic.clone()),
                "{config}"
            );
            assert_eq!(found(config, "localhost:5001"), Ok(None), "{config}");
        }
        assert_eq!(found("{}", "localhost"), Ok(None));
        let helped = r#"{"auths":{"localhost":{}},"credsStore":"desktop"}"#;
        assert_eq!(found(helped, "localhost"), Ok(None));
    }

    #[test]
    fn no_file_is_no_account_and_a_damaged_one_is_reported_without_its_content() {
        let missing = std::path::Path::new("/nonexistent/config.json");
        let none = Credential::from_docker_config(missing, "localhost").expect("no file");
        assert!(none.is_none());
        for config in [
            r#"{"auths":{"localhost":{"auth":"s3cret"}}}"#,
            r#"{"auths":{"localhost":{"auth":"czNjcmV0"}}}"#,
            r#"{"auths":{"localhost":{"identitytoken":"s3cret"}}}"#,
            r#"{"auths":{"localhost":s3cret}}"#,
        ] {
            let message = found(config, "localhost").expect_err(config);
            assert!(message.contains("config.json"), "{message}");
            assert!(!message.contains("s3cret"), "{message}");
        }
    }

    #[test]
    fn a_password_is_not_shown_by_debug() {
        let credential = Credential::new("reader".to_owned(), "s3cret".to_owned().into());
        assert_eq!(
            format!("{credential:?}"),
            "Credential { username: \"reader\", .. }"
        );
    }
}
