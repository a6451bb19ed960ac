//! How to log in, kept out of everything that is shown.

use std::fmt;

use zeroize::Zeroizing;

/// An account and its password, wiped when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credential {
    /// The account; it is named in messages.
    pub(crate) username: String,
    /// Its password.
    pub(crate) password: Zeroizing<String>,
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}
