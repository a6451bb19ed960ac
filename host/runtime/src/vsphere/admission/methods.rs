//! Methods of the vSphere API that a collector may call.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// Methods that read, and those that begin and end what reading needs.
const READING: [&str; 14] = [
    "CancelRetrievePropertiesEx",
    "CancelWaitForUpdates",
    "ContinueRetrievePropertiesEx",
    "CreateContainerView",
    "CreateFilter",
    "CreatePropertyCollector",
    "CurrentTime",
    "DestroyPropertyCollector",
    "DestroyPropertyFilter",
    "DestroyView",
    "RetrieveProperties",
    "RetrievePropertiesEx",
    "RetrieveServiceContent",
    "WaitForUpdatesEx",
];

/// Methods of the vSphere API that a collector may call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Methods(BTreeSet<String>);

impl Methods {
    /// Exactly these. Login and Logout need no place here: they are the
    /// collector's when it is given the credential, and no one else's.
    pub fn only<M: Into<String>>(methods: impl IntoIterator<Item = M>) -> Self {
        Methods(methods.into_iter().map(Into::into).collect())
    }

    /// Their names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    pub(super) fn contain(&self, method: &str) -> bool {
        self.0.contains(method)
    }
}

/// The methods that read.
impl Default for Methods {
    fn default() -> Self {
        Methods::only(READING)
    }
}
