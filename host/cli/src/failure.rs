//! How a command ends when it did not do its work.

use std::fmt;
use std::process::ExitCode;

use stocktake_contract::Problem;

use crate::output::clean;

/// Exit code of wrong usage.
const USAGE: u8 = 2;

/// Why a command ended before it had an answer of its own.
#[derive(Debug)]
pub enum Failure {
    /// The command line cannot work.
    Usage(String),
    /// A problem of the contract.
    Problem(Box<Problem>),
    /// A file, a stream or the machine.
    Other(String),
}

impl Failure {
    /// Something that could not be done, and why.
    #[must_use]
    pub fn other(what: impl fmt::Display, why: impl fmt::Display) -> Self {
        Failure::Other(format!("{what}: {why}"))
    }

    /// Tells the failure on stderr and answers the exit code.
    #[must_use]
    pub fn tell(&self) -> ExitCode {
        eprintln!("error: {}", clean(&self.to_string()));
        match self {
            Failure::Usage(_) => ExitCode::from(USAGE),
            Failure::Problem(_) | Failure::Other(_) => ExitCode::FAILURE,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Usage(message) | Failure::Other(message) => f.write_str(message),
            Failure::Problem(problem) => problem.fmt(f),
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Failure::Problem(Box::new(problem))
    }
}
