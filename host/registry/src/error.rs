//! Errors of artifacts, stores and connections.

/// Why an artifact was not pushed, pulled or described. Each message names the place and the cure.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A text that is not a reference.
    #[error("reference {text}: {reason}")]
    Reference {
        /// What was given.
        text: String,
        /// What was expected instead.
        reason: String,
    },
    /// Nothing of that name exists.
    #[error("{place}: {reason}")]
    Missing {
        /// Layout or registry.
        place: String,
        /// What is missing.
        reason: String,
    },
    /// Bytes that do not match their digest or size.
    #[error("{place}: {reason}; it was damaged or replaced, push it again")]
    Damaged {
        /// Layout or registry.
        place: String,
        /// What differs.
        reason: String,
    },
    /// An artifact of another kind.
    #[error("{place}: {reason}; expected a component as an OCI artifact")]
    Foreign {
        /// Layout or registry.
        place: String,
        /// What is wrong.
        reason: String,
    },
    /// More bytes than the limit.
    #[error("{place}: {what} of {size} bytes is over the limit of {limit} bytes")]
    TooLarge {
        /// Layout or registry.
        place: String,
        /// Manifest, configuration or component.
        what: &'static str,
        /// Its size in bytes, as far as known.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// The registry refuses the account, or every account.
    #[error("{place}: {reason}")]
    Denied {
        /// The registry.
        place: String,
        /// What it refused, and how to get access.
        reason: String,
    },
    /// The store cannot be reached, read or written.
    #[error("{place}: {reason}")]
    Unusable {
        /// Layout, registry or file.
        place: String,
        /// What failed.
        reason: String,
    },
}

impl Error {
    pub(crate) fn missing(place: impl ToString, reason: impl Into<String>) -> Self {
        Error::Missing {
            place: place.to_string(),
            reason: reason.into(),
        }
    }

    pub(crate) fn damaged(place: impl ToString, reason: impl Into<String>) -> Self {
        Error::Damaged {
            place: place.to_string(),
            reason: reason.into(),
        }
    }

    pub(crate) fn foreign(place: impl ToString, reason: impl Into<String>) -> Self {
        Error::Foreign {
            place: place.to_string(),
            reason: reason.into(),
        }
    }

    pub(crate) fn denied(place: impl ToString, reason: impl Into<String>) -> Self {
        Error::Denied {
            place: place.to_string(),
            reason: reason.into(),
        }
    }

    pub(crate) fn unusable(place: impl ToString, reason: impl Into<String>) -> Self {
        Error::Unusable {
            place: place.to_string(),
            reason: reason.into(),
        }
    }
}
