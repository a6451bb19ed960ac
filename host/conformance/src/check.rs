//! The checks of a component, by name.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;
use stocktake_simulator::Fault;

use crate::transport::Corruption;

/// Checks that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// The file.
    Component,
    /// Requests, valid and malformed.
    Requests,
    /// Recorded exchanges; needs a folder of them.
    Fixtures,
    /// Runs that are ended early, or called after their end.
    Endings,
    /// A simulated vCenter over TLS; for the source type `vcenter`.
    Server,
}

/// A check of a component.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Check {
    /// It loads and imports only what the world provides.
    Loads,
    /// It returns a valid description without calling an import.
    DescribesItself,
    /// Malformed requests are refused before anything is sent; the error has the code and names the field of the first mistake.
    MalformedRequests,
    /// Unknown keys of `source.config` have no effect.
    UnknownKeys,
    /// Each recorded exchange gives the expected response, twice, and every request is sent.
    ExpectedBytes,
    /// The same response, however replies are split into chunks.
    Chunks,
    /// A truncated reply is never a complete inventory.
    CutReplies,
    /// A corrupted reply, in any place, is never a complete inventory.
    Reply(Corruption),
    /// A run that is cancelled after any page cleans up and returns a summary.
    Cancelled,
    /// A finished run returns the same summary again; a run that is closed early returns one.
    AskedAgain,
    /// A server without a fault: the complete inventory and nothing else.
    SoundServer,
    /// The same response for every page size.
    PageSizes,
    /// A session of its own: created, used, ended, and never disclosed.
    OwnSession,
    /// A refused login is not repeated.
    WrongPassword,
    /// A server with a fault: complete where possible, and otherwise never reported as complete.
    Fault(Fault),
}

impl Check {
    /// Every check, in the order in which they are run.
    #[must_use]
    pub fn all() -> Vec<Check> {
        use Check::{
            AskedAgain, Cancelled, Chunks, CutReplies, DescribesItself, ExpectedBytes, Loads,
            MalformedRequests, OwnSession, PageSizes, SoundServer, UnknownKeys, WrongPassword,
        };
        let mut all = vec![Loads, DescribesItself, MalformedRequests, UnknownKeys];
        all.extend([ExpectedBytes, Chunks, CutReplies]);
        all.extend(Corruption::ALL.iter().copied().map(Check::Reply));
        all.extend([Cancelled, AskedAgain]);
        all.extend([SoundServer, PageSizes, OwnSession, WrongPassword]);
        all.extend(Fault::all().iter().copied().map(Check::Fault));
        all
    }

    /// The name, in kebab case.
    #[must_use]
    pub fn name(self) -> String {
        let name = match self {
            Check::Loads => "loads",
            Check::DescribesItself => "describes-itself",
            Check::MalformedRequests => "malformed-requests",
            Check::UnknownKeys => "unknown-keys",
            Check::ExpectedBytes => "expected-bytes",
            Check::Chunks => "chunks",
            Check::CutReplies => "cut-replies",
            Check::Reply(corruption) => return format!("reply-{}", corruption.name()),
            Check::Cancelled => "cancelled",
            Check::AskedAgain => "asked-again",
            Check::SoundServer => "sound-server",
            Check::PageSizes => "page-sizes",
            Check::OwnSession => "own-session",
            Check::WrongPassword => "wrong-password",
            Check::Fault(fault) => return format!("fault-{}", fault.name()),
        };
        name.to_owned()
    }

    /// What the check requires, in one clause.
    #[must_use]
    pub fn about(self) -> String {
        let about = match self {
            Check::Loads => "it loads and imports only what the world provides",
            Check::DescribesItself => "it returns a valid description without calling an import",
            Check::MalformedRequests => {
                "malformed requests are refused before anything is sent; the error has the code and names the field of the first mistake"
            }
            Check::UnknownKeys => "unknown keys of source.config have no effect",
            Check::ExpectedBytes => {
                "each recorded exchange gives the expected response, twice, and every request is sent"
            }
            Check::Chunks => "the same response, however replies are split into chunks",
            Check::CutReplies => "a truncated reply is never a complete inventory",
            Check::Reply(corruption) => {
                return format!(
                    "never a complete inventory where a reply is {}",
                    corruption.about()
                );
            }
            Check::Cancelled => {
                "a run that is cancelled after any page cleans up and returns a summary"
            }
            Check::AskedAgain => {
                "a finished run returns the same summary again; a run that is closed early returns one"
            }
            Check::SoundServer => {
                "a simulated vCenter without a fault: the complete inventory and nothing else"
            }
            Check::PageSizes => "the same response for every page size",
            Check::OwnSession => "a session of its own: created, used, ended, and never disclosed",
            Check::WrongPassword => "a refused login is not repeated",
            Check::Fault(fault) => return fault.description().to_owned(),
        };
        about.to_owned()
    }

    /// Its group.
    #[must_use]
    pub fn group(self) -> Group {
        match self {
            Check::Loads | Check::DescribesItself => Group::Component,
            Check::MalformedRequests | Check::UnknownKeys => Group::Requests,
            Check::ExpectedBytes | Check::Chunks | Check::CutReplies | Check::Reply(_) => {
                Group::Fixtures
            }
            Check::Cancelled | Check::AskedAgain => Group::Endings,
            Check::SoundServer
            | Check::PageSizes
            | Check::OwnSession
            | Check::WrongPassword
            | Check::Fault(_) => Group::Server,
        }
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}

/// An unknown name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no check named {0:?}; --list names them")]
pub struct UnknownCheck(String);

impl FromStr for Check {
    type Err = UnknownCheck;

    fn from_str(name: &str) -> std::result::Result<Self, Self::Err> {
        let mut all = Check::all().into_iter();
        let found = all.find(|check| check.name() == name);
        found.ok_or_else(|| UnknownCheck(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::Check;

    #[test]
    fn every_check_is_found_by_its_name() {
        for check in Check::all() {
            assert_eq!(check.name().parse(), Ok(check));
            assert!(check.about().len() > 20, "{check}");
        }
        assert!("no-such".parse::<Check>().is_err());
    }
}
