//! What the gateway asks of the protocol that a server speaks.
//!
//! The gateway knows places, bytes and times, and nothing of what a call means. Where a protocol is
//! known, it decides which calls may leave and what their replies change.

use std::fmt;
use std::time::Duration;

use http::StatusCode;
use http::request::Parts;

use super::diagnosis::Diagnosis;
use super::transport::Call;

/// The rules of the protocol that a server speaks, for one run.
pub(crate) trait Protocol: Send + Sync + fmt::Debug {
    /// Admits a call; takes out of its headers what must not leave.
    ///
    /// # Errors
    ///
    /// `Denied` when the call may not leave.
    fn admit(&self, head: &mut Parts, body: &[u8]) -> Result<Admitted, Diagnosis>;
}

/// A call that may leave.
#[derive(Debug)]
pub(crate) struct Admitted {
    /// What is called.
    pub(crate) call: Call,
    /// How long the head of the response may take, where the call itself says so.
    pub(crate) first_byte: Option<Duration>,
    /// What the reply changes.
    pub(crate) effect: Option<Box<dyn Effect>>,
}

/// What the reply to a call changes. It is dropped when the reply has ended.
pub(crate) trait Effect: Send + fmt::Debug {
    /// Takes the status of the reply.
    fn answered(&mut self, status: StatusCode);

    /// Takes the next part of the reply.
    fn receive(&mut self, bytes: &[u8]);
}
