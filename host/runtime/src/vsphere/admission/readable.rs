//! Properties of managed objects that a collector may read.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};
use stocktake_contract::normalized::Kind;
use stocktake_contract::vsphere;

use super::SESSION_MANAGER;
use crate::quote::printable;

/// Properties of managed objects that a collector may read, by type and path.
///
/// By default these are the properties that the vCenter collector reads under any request. A path
/// is allowed as a whole: `config` is not allowed by `config.uuid`, nor the other way round.
///
/// ```
/// use stocktake_runtime::vsphere::Readable;
///
/// # fn main() -> Result<(), stocktake_runtime::vsphere::NotReadable> {
/// let readable = Readable::default().and("VirtualMachine", "config.swapPlacement")?;
/// assert!(readable.allows("VirtualMachine", "config.swapPlacement"));
/// assert!(readable.allows("VirtualMachine", "config.uuid"));
/// assert!(!readable.allows("VirtualMachine", "config"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Readable(BTreeMap<String, BTreeSet<String>>);

/// Why a type or property path cannot be allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NotReadable {
    /// It is not the name of a managed object type.
    #[error("{0:?} is not the name of a managed object type, as in \"VirtualMachine\"")]
    Type(String),
    /// It is not a property path.
    #[error("{0:?} is not a property path, as in \"config.uuid\"")]
    Path(String),
    /// It leads to the keys of sessions, which no policy can allow.
    #[error("{0} cannot be allowed: it leads to the keys of all sessions")]
    Sessions(String),
}

impl Readable {
    /// Allows this property too.
    ///
    /// # Errors
    ///
    /// Why it cannot be allowed.
    pub fn and(mut self, type_name: &str, path: &str) -> Result<Self, NotReadable> {
        let is_type = type_name.starts_with(|first: char| first.is_ascii_uppercase())
            && type_name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_type {
            return Err(NotReadable::Type(printable(type_name, 100)));
        }
        let is_path = path.starts_with(|first: char| first.is_ascii_lowercase())
            && path.bytes().all(|byte| byte.is_ascii_graphic());
        if !is_path {
            return Err(NotReadable::Path(printable(path, 100)));
        }
        let is_content = path.split('.').next() == Some("content");
        if SESSION_MANAGER.contains(&type_name) || (type_name == "ServiceInstance" && is_content) {
            return Err(NotReadable::Sessions(format!("{type_name}.{path}")));
        }
        self.insert(type_name, path);
        Ok(self)
    }

    /// This property may be read.
    #[must_use]
    pub fn allows(&self, type_name: &str, path: &str) -> bool {
        self.0
            .get(type_name)
            .is_some_and(|paths| paths.contains(path))
    }

    /// Each type with its property paths, sorted.
    pub fn types(&self) -> impl Iterator<Item = (&str, impl Iterator<Item = &str>)> {
        self.0
            .iter()
            .map(|(of, paths)| (of.as_str(), paths.iter().map(String::as_str)))
    }

    /// Something of this type may be read.
    pub(super) fn knows(&self, type_name: &str) -> bool {
        self.0.contains_key(type_name)
    }

    /// Objects of this type may be named: it may be read, or is read as another.
    pub(super) fn knows_objects_of(&self, type_name: &str) -> bool {
        let is_subtype = |kind| vsphere::subtype_name(kind) == Some(type_name);
        self.knows(type_name) || Kind::ALL.into_iter().any(is_subtype)
    }

    fn insert(&mut self, type_name: &str, path: &str) {
        let paths = self.0.entry(type_name.to_owned()).or_default();
        paths.insert(path.to_owned());
    }
}

/// What the vCenter collector reads.
impl Default for Readable {
    fn default() -> Self {
        let mut readable = Readable(BTreeMap::new());
        for (type_name, path) in vsphere::readable() {
            readable.insert(type_name, path);
        }
        readable
    }
}

/// As a table of paths by type.
impl Serialize for Readable {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// What a document lists is readable in addition to the default.
impl<'de> Deserialize<'de> for Readable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let listed = BTreeMap::<String, Vec<String>>::deserialize(deserializer)?;
        let paths = listed
            .iter()
            .flat_map(|(of, paths)| paths.iter().map(move |path| (of, path)));
        let mut readable = Readable::default();
        for (of, path) in paths {
            readable = readable.and(of, path).map_err(D::Error::custom)?;
        }
        Ok(readable)
    }
}

#[cfg(test)]
mod tests {
    use super::{NotReadable, Readable};

    #[test]
    fn what_cannot_be_allowed_is_refused_with_the_reason() {
        let allow = |of: &str, path: &str| Readable::default().and(of, path);
        for of in [
            "",
            "virtualMachine",
            "Virtual Machine",
            "VirtualMachine.config",
        ] {
            assert!(
                matches!(allow(of, "name"), Err(NotReadable::Type(_))),
                "{of}"
            );
        }
        for path in ["", "Name", "config uuid", ".config", "naïve"] {
            let refused = allow("VirtualMachine", path);
            assert!(matches!(refused, Err(NotReadable::Path(_))), "{path}");
        }
        for (of, path) in [
            ("SessionManager", "sessionList"),
            ("ServiceInstance", "content"),
            ("ServiceInstance", "content.sessionManager"),
        ] {
            let refused = allow(of, path);
            assert!(matches!(refused, Err(NotReadable::Sessions(_))), "{path}");
        }
        let device = "config.hardware.device[4000]";
        let allowed = allow("VirtualMachine", device).expect("a property path");
        assert!(allowed.allows("VirtualMachine", device));
        assert_ne!(allowed, Readable::default());
    }
}
