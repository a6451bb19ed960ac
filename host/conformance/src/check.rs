//! What a component is tested for, by name.

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
    /// Requests, sound and malformed.
    Requests,
    /// Recorded exchanges; a folder of them is needed.
    Fixtures,
    /// Runs that are ended early, or asked again.
    Endings,
    /// A simulated vCenter over TLS; for the source type `vcenter`.
    Server,
}

/// One thing that a component is tested for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Check {
    /// It loads and imports only what the world offers.
    Loads,
    /// It describes itself, soundly and without an import.
    DescribesItself,
    /// Malformed requests are refused, the first mistake by its code and name, before anything is sent.
    MalformedRequests,
    /// Keys of `source.config` that are not known change nothing.
    UnknownKeys,
    /// Each recorded exchange gives the expected bytes, twice, and all of it is asked for.
    ExpectedBytes,
    /// The same bytes, however replies are cut into chunks.
    Chunks,
    /// A reply that ends early is never a list.
    CutReplies,
    /// A reply that is none, in each place, is never a list.
    Reply(Corruption),
    /// A run that is cancelled after each page cleans up and answers.
    Cancelled,
    /// A run that has ended answers the same summary; one that is closed early answers one.
    AskedAgain,
    /// A server without a fault: the whole inventory, all of it and no more.
    SoundServer,
    /// The same bytes whatever the page size.
    PageSizes,
    /// A session of its own: made, used, ended, and nothing of it told.
    OwnSession,
    /// A wrong password is refused once.
    WrongPassword,
    /// A server with a fault: whole where it can be, and else never called so.
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

    /// What must hold, in one clause.
    #[must_use]
    pub fn about(self) -> String {
        let about = match self {
            Check::Loads => "it loads and imports only what the world offers",
            Check::DescribesItself => "it describes itself, soundly and without an import",
            Check::MalformedRequests => {
                "malformed requests are refused, the first mistake by its code and name, before anything is sent"
            }
            Check::UnknownKeys => "keys of source.config that are not known change nothing",
            Check::ExpectedBytes => {
                "each recorded exchange gives the expected bytes, twice, and all of it is asked for"
            }
            Check::Chunks => "the same bytes, however replies are cut into chunks",
            Check::CutReplies => "a reply that ends early is never a list",
            Check::Reply(corruption) => {
                return format!("never a list where a reply is {}", corruption.about());
            }
            Check::Cancelled => "a run that is cancelled after each page cleans up and answers",
            Check::AskedAgain => {
                "a run that has ended answers the same summary; one that is closed early answers one"
            }
            Check::SoundServer => {
                "a simulated vCenter without a fault: the whole inventory, all of it and no more"
            }
            Check::PageSizes => "the same bytes whatever the page size",
            Check::OwnSession => "a session of its own: made, used, ended, and nothing of it told",
            Check::WrongPassword => "a wrong password is refused once",
            Check::Fault(fault) => return fault.description().to_owned(),
        };
        about.to_owned()
    }

    /// Where it belongs.
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

/// A name that no check has.
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
