//! Why an exchange failed, with the cure.
//!
//! A guest receives a wasi:http error code, which cannot carry a certificate's
//! fingerprint or the address that was tried. The gateway keeps that here for
//! the run; no text of this module holds a body, a header or a credential.

use std::sync::{Arc, Mutex, PoisonError};

use stocktake_contract::{ErrorCode, Problem};
use wasmtime_wasi_http::Error as GuestError;

use crate::redaction::Redaction;

/// More than these are repetitions of a guest that does not give up.
const KEPT: usize = 32;

/// What kind of failure it is.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The policy does not allow what was asked.
    Denied,
    /// The host could not make the session that the call needs, in the words of the contract.
    NoSession(Problem),
    /// A limit of the run was reached.
    Budget {
        /// Which one, as in `response body`.
        what: &'static str,
        /// What the run used or asked for.
        used: u64,
        /// What it may use.
        allowed: u64,
    },
    /// The host's name does not resolve.
    Unresolvable,
    /// The name resolves to an address that no collector may dial.
    Prohibited,
    /// Nothing listens at the address.
    Refused,
    /// This process may not open one more connection.
    Exhausted,
    /// The address cannot be reached.
    Unreachable,
    /// No connection within the limit.
    ConnectTimeout,
    /// The proxy on the way cannot be reached, or cannot reach the server.
    ProxyUnreachable,
    /// The proxy on the way does not let this run through.
    ProxyRefused,
    /// The certificate is not one that the trust accepts.
    Certificate,
    /// The TLS handshake failed for another reason.
    Tls,
    /// The server took too long to answer.
    ResponseTimeout,
    /// The server stopped in the middle of its answer.
    ReadTimeout,
    /// The connection ended before the answer did.
    Incomplete,
    /// The body is in a coding that was not asked for, or is damaged.
    Coding,
    /// What came back is not HTTP.
    Protocol,
    /// The host ended the exchange because the run is over.
    Interrupted,
    /// A replayed exchange is not the recorded one.
    Recording,
}

/// One failed exchange.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Diagnosis {
    /// What kind of failure it is.
    pub cause: Cause,
    /// What failed and what cures it.
    pub message: String,
}

impl Diagnosis {
    /// The message of a failure.
    #[must_use]
    pub fn new(cause: Cause, message: impl Into<String>) -> Self {
        Diagnosis {
            cause,
            message: message.into(),
        }
    }

    /// A limit that was reached.
    #[must_use]
    pub fn over_budget(what: &'static str, used: u64, allowed: u64, unit: &str) -> Self {
        let cause = Cause::Budget {
            what,
            used,
            allowed,
        };
        let message = format!(
            "{what} over budget: {used} {unit} of {allowed} allowed; raise the limit or narrow the scope"
        );
        Diagnosis::new(cause, message)
    }

    /// The collector's code that this failure explains, if it is one of the network.
    #[must_use]
    pub fn explains(&self) -> Option<ErrorCode> {
        match self.cause {
            Cause::Certificate | Cause::Tls => Some(ErrorCode::VcenterTlsError),
            Cause::Unresolvable
            | Cause::Refused
            | Cause::Unreachable
            | Cause::ConnectTimeout
            | Cause::ProxyUnreachable
            | Cause::ProxyRefused
            | Cause::ResponseTimeout
            | Cause::ReadTimeout
            | Cause::Incomplete
            | Cause::Protocol => Some(ErrorCode::VcenterNetworkError),
            Cause::Coding => Some(ErrorCode::VcenterParseError),
            Cause::Denied
            | Cause::NoSession(_)
            | Cause::Prohibited
            | Cause::Exhausted
            | Cause::Budget { .. }
            | Cause::Interrupted
            | Cause::Recording => None,
        }
    }

    /// The failure as a problem of the host's own, if it is one: a broken rule, a spent
    /// budget, a session that cannot be had.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        match &self.cause {
            Cause::NoSession(problem) => Some(problem.clone()),
            Cause::Denied | Cause::Prohibited => {
                Some(Problem::new(ErrorCode::EgressDenied, &self.message))
            }
            Cause::Exhausted => Some(Problem::new(ErrorCode::PluginExecFailed, &self.message)),
            Cause::Budget {
                what,
                used,
                allowed,
            } => Some(
                Problem::new(ErrorCode::PluginBudgetExceeded, &self.message)
                    .with("budget", *what)
                    .with("used", *used)
                    .with("allowed", *allowed),
            ),
            _ => None,
        }
    }

    /// What the guest receives.
    pub(super) fn for_guest(&self) -> GuestError {
        match &self.cause {
            Cause::Denied | Cause::NoSession(_) => GuestError::HttpRequestDenied,
            Cause::Budget { what, allowed, .. } => match *what {
                "request body" => GuestError::HttpRequestBodySize(Some(*allowed)),
                "response body" | "bytes received" => {
                    GuestError::HttpResponseBodySize(Some(*allowed))
                }
                _ => GuestError::HttpRequestDenied,
            },
            Cause::Unresolvable => GuestError::DnsError {
                rcode: None,
                info_code: None,
            },
            Cause::Prohibited => GuestError::DestinationIpProhibited,
            Cause::Refused => GuestError::ConnectionRefused,
            Cause::Unreachable => GuestError::DestinationUnavailable,
            Cause::ConnectTimeout => GuestError::ConnectionTimeout,
            Cause::Certificate => GuestError::TlsCertificateError,
            Cause::Tls => GuestError::TlsProtocolError,
            Cause::ResponseTimeout => GuestError::HttpResponseTimeout,
            Cause::ReadTimeout => GuestError::ConnectionReadTimeout,
            Cause::Incomplete => GuestError::HttpResponseIncomplete,
            Cause::Coding => GuestError::HttpResponseContentCoding(None),
            Cause::Protocol => GuestError::HttpProtocolError,
            // What wasi:http has no code for is described in the message.
            Cause::ProxyUnreachable | Cause::ProxyRefused | Cause::Exhausted => {
                GuestError::InternalError(Some(self.message.clone()))
            }
            // Not as a lost connection: nothing is worth another attempt.
            Cause::Interrupted => GuestError::InternalError(Some(self.message.clone())),
            Cause::Recording => GuestError::InternalError(Some(self.message.clone())),
        }
    }
}

/// What failed in one run, each failure once and without the secrets of the run: a diagnosis
/// may quote what a server sent.
#[derive(Default)]
pub(crate) struct ErrorLog {
    entries: Mutex<Vec<Diagnosis>>,
    redaction: Arc<Redaction>,
}

impl std::fmt::Debug for ErrorLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ErrorLog").finish_non_exhaustive()
    }
}

impl ErrorLog {
    /// Nothing has failed yet.
    pub(crate) fn redacted_by(redaction: Arc<Redaction>) -> Self {
        ErrorLog {
            redaction,
            ..ErrorLog::default()
        }
    }

    /// Remembers a failure.
    pub(crate) fn note(&self, diagnosis: &Diagnosis) {
        if diagnosis.cause == Cause::Interrupted {
            return;
        }
        let mut diagnosis = diagnosis.clone();
        self.redaction.clean(&mut diagnosis.message);
        if let Cause::NoSession(problem) = &mut diagnosis.cause {
            self.redaction.clean_problem(problem);
        }
        tracing::debug!(cause = ?diagnosis.cause, "exchange failed: {diagnosis}");
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() < KEPT && !entries.contains(&diagnosis) {
            entries.push(diagnosis);
        }
    }

    /// Everything remembered, in order, and nothing is remembered after.
    #[must_use]
    pub(crate) fn take(&self) -> Vec<Diagnosis> {
        std::mem::take(&mut *self.entries.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
