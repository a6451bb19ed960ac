//! How to log in, kept out of everything that is shown.

use std::fmt;

use stocktake_contract::{ErrorCode, Problem, request};
use zeroize::Zeroizing;

/// An account and its password, wiped when it is dropped.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credential {
    /// The account; it is named in messages.
    pub(crate) username: String,
    /// Its password.
    pub(crate) password: Zeroizing<String>,
}

impl Credential {
    /// It can be sent.
    ///
    /// # Errors
    ///
    /// `VCENTER_CONFIG_INVALID` naming the part that no login can carry, without its text.
    pub(crate) fn sendable(&self) -> Result<(), Problem> {
        for (part, text) in [("username", &self.username), ("password", &*self.password)] {
            if let Some(reason) = request::Credential::unsendable(text) {
                let field = format!("source.credential.{part}");
                let message = format!("{field} {reason}; change it");
                return Err(
                    Problem::new(ErrorCode::VcenterConfigInvalid, message).with("field", field)
                );
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credential")
            .field("username", &self.username)
            .finish_non_exhaustive()
    }
}
