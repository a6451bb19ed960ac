//! References to artifacts, in the syntax that skopeo and oras share:
//!
//! | text | means |
//! | --- | --- |
//! | `oci:PATH[:TAG]`, `oci:PATH@sha256:HEX` | in the image layout at PATH |
//! | `[docker://]HOST[:PORT]/NAME[:TAG]`, `…@sha256:HEX` | in a registry |
//!
//! A registry is always named: there is no default one.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use url::Url;

use crate::digest::Digest;
use crate::error::Error;
use crate::store::Target;

/// A reference to an artifact, or to a place for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Layout or repository.
    pub place: Place,
    /// Its tag.
    pub tag: Option<String>,
    /// The digest of the manifest; it takes precedence over a tag.
    pub digest: Option<Digest>,
}

/// A layout or a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// An image layout in a directory.
    Layout(PathBuf),
    /// A repository of a registry.
    Repository {
        /// Host, and port if one is given.
        host: String,
        /// Name of the repository.
        name: String,
    },
}

impl Reference {
    /// The named manifest, by digest if one is given.
    #[must_use]
    pub fn target(&self) -> Option<Target> {
        let by_digest = self.digest.clone().map(Target::Digest);
        by_digest.or_else(|| self.tag.clone().map(Target::Tag))
    }

    /// The same place with this digest and no tag.
    #[must_use]
    pub fn pinned(&self, digest: &Digest) -> Self {
        Reference {
            place: self.place.clone(),
            tag: None,
            digest: Some(digest.clone()),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Layout(path) => write!(f, "oci:{}", path.display()),
            Place::Repository { host, name } => write!(f, "{host}/{name}"),
        }
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.place.fmt(f)?;
        match self.target() {
            Some(target) => target.fmt(f),
            None => Ok(()),
        }
    }
}

impl FromStr for Reference {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let refused = |reason: &str| Error::Reference {
            text: text.to_owned(),
            reason: reason.to_owned(),
        };
        let (rest, digest) = match text.split_once('@') {
            None => (text, None),
            Some((rest, digest)) => {
                let digest = digest.parse::<Digest>();
                let digest = digest.map_err(|error| refused(&error.to_string()))?;
                (rest, Some(digest))
            }
        };
        let (place, tag) = if let Some(layout) = rest.strip_prefix("oci:") {
            // As in skopeo, a path ends at the first colon.
            let (path, tag) = split(layout, ':');
            if path.is_empty() {
                return Err(refused("expected oci:PATH[:TAG]"));
            }
            (Place::Layout(PathBuf::from(path)), tag)
        } else {
            let rest = rest.strip_prefix("docker://").unwrap_or(rest);
            let Some((host, path)) = rest.split_once('/') else {
                return Err(refused(NO_PLACE));
            };
            if !names_registry(host) {
                return Err(refused(NO_PLACE));
            }
            let (name, tag) = split(path, ':');
            if !is_name(name) {
                return Err(refused(
                    "a repository's name has lower case letters and digits, with . _ - between them and / between parts",
                ));
            }
            let (host, name) = (host.to_owned(), name.to_owned());
            (Place::Repository { host, name }, tag)
        };
        if let Some(tag) = tag
            && !is_tag(tag)
        {
            return Err(refused(
                "a tag has up to 128 letters, digits, . _ -, the first neither . nor -",
            ));
        }
        Ok(Reference {
            place,
            tag: tag.map(str::to_owned),
            digest,
        })
    }
}

const NO_PLACE: &str =
    "expected oci:PATH[:TAG] for a layout or HOST[:PORT]/NAME[:TAG] for a registry";

fn split(text: &str, separator: char) -> (&str, Option<&str>) {
    match text.split_once(separator) {
        Some((before, after)) => (before, Some(after)),
        None => (text, None),
    }
}

/// A host, not the first part of a name: there is no default registry.
fn names_registry(host: &str) -> bool {
    let marked = host.contains(['.', ':']) || host == "localhost";
    let url = Url::parse(&format!("https://{host}/"));
    let plain = url.is_ok_and(|url| {
        url.has_host() && url.path() == "/" && url.username().is_empty() && url.password().is_none()
    });
    marked && plain && !host.ends_with(':') && !host.contains(['/', '?', '#', '\\', ' '])
}

/// The distribution specification's grammar of repository names.
fn is_name(name: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let part = |part: &str| {
        let ends = [part.bytes().next(), part.bytes().last()];
        let separators = part.split(|letter| u8::try_from(letter).is_ok_and(word));
        ends.iter().all(|end| end.is_some_and(word))
            && separators.into_iter().all(|separator| {
                matches!(separator, "" | "." | "_" | "__")
                    || separator.bytes().all(|byte| byte == b'-')
            })
    };
    name.len() <= 255 && name.split('/').all(part)
}

/// The distribution specification's grammar of tags.
fn is_tag(tag: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    tag.len() <= 128
        && tag.bytes().next().is_some_and(letter)
        && tag
            .bytes()
            .all(|byte| letter(byte) || matches!(byte, b'.' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::{Place, Reference};

    const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn layouts_and_registries_are_named_as_skopeo_and_oras_name_them() {
        let repository = |host: &str, name: &str| Place::Repository {
            host: host.to_owned(),
            name: name.to_owned(),
        };
        let pinned = format!("127.0.0.1:5000/vcenter@{DIGEST}");
        let both = format!("oci:/srv/collectors:1.0.0@{DIGEST}");
        for (text, place, tag, pinned) in [
            ("oci:layout", Place::Layout("layout".into()), None, false),
            ("oci:a/b:v1", Place::Layout("a/b".into()), Some("v1"), false),
            (
                &both,
                Place::Layout("/srv/collectors".into()),
                Some("1.0.0"),
                true,
            ),
            (
                "localhost/vcenter",
                repository("localhost", "vcenter"),
                None,
                false,
            ),
            (&pinned, repository("127.0.0.1:5000", "vcenter"), None, true),
            (
                "[::1]:5000/a/b__c.d--e:x",
                repository("[::1]:5000", "a/b__c.d--e"),
                Some("x"),
                false,
            ),
            (
                "docker://registry.example/a",
                repository("registry.example", "a"),
                None,
                false,
            ),
        ] {
            let read: Reference = text.parse().expect(text);
            assert_eq!((&read.place, read.tag.as_deref()), (&place, tag), "{text}");
            assert_eq!(read.digest.is_some(), pinned, "{text}");
        }
    }

    #[test]
    fn a_reference_reads_back_from_its_text() {
        let pinned = format!("registry.example:8443/a/b@{DIGEST}");
        for text in ["oci:layout", "oci:layout:v1", "localhost/a:b", &pinned] {
            let read: Reference = text.parse().expect(text);
            assert_eq!(read.to_string(), text);
        }
    }

    #[test]
    fn what_names_nothing_is_refused_with_what_would() {
        let long = format!("localhost/a:{}", "x".repeat(129));
        for (text, expected) in [
            ("", "expected oci:PATH"),
            ("vcenter.wasm", "expected oci:PATH"),
            ("library/vcenter", "HOST[:PORT]/NAME"),
            ("https://registry.example/a", "HOST[:PORT]/NAME"),
            ("user@registry.example/a", "expected sha256:"),
            ("user:secret.word/a", "HOST[:PORT]/NAME"),
            ("registry.example?x/a", "HOST[:PORT]/NAME"),
            ("oci:", "expected oci:PATH[:TAG]"),
            ("oci::v1", "expected oci:PATH[:TAG]"),
            ("oci:C:\\layout:v1", "a tag has"),
            ("localhost/a:", "a tag has"),
            ("localhost/a:-x", "a tag has"),
            (&long, "a tag has"),
            ("localhost/A", "a repository's name"),
            ("localhost/a//b", "a repository's name"),
            ("localhost/../b", "a repository's name"),
            ("localhost/a-", "a repository's name"),
            ("localhost/a___b", "a repository's name"),
            ("localhost/é", "a repository's name"),
            ("localhost/a@sha256:00", "expected sha256:"),
        ] {
            let refused = text.parse::<Reference>().expect_err(text).to_string();
            assert!(refused.contains(expected), "{text}: {refused}");
        }
    }
}
