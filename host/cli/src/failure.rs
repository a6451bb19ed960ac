//! How a command fails.

use std::fmt;
use std::io::{self, ErrorKind};
use std::process::ExitCode;

use stocktake_contract::{ErrorCode, Problem};

use crate::exit::Exit;
use crate::options::in_options;
use crate::output::clean;
use crate::signal::Signal;

/// Why a command failed before it had a result.
#[derive(Debug)]
pub enum Failure {
    /// The command line cannot work.
    Usage(String),
    /// A problem of the contract.
    Problem(Box<Problem>),
    /// A signal ended the command before it wrote anything.
    Signalled(Signal),
    /// A file, a stream or the machine.
    Other(String),
}

impl Failure {
    /// A failed operation, and why it failed.
    #[must_use]
    pub fn other(what: impl fmt::Display, why: impl fmt::Display) -> Self {
        Failure::Other(format!("{what}: {why}"))
    }

    /// A file that cannot be opened; wrong usage if another name would cure it.
    #[must_use]
    pub fn file(name: impl fmt::Display, error: &io::Error) -> Self {
        let message = format!("{name}: {error}");
        match error.kind() {
            ErrorKind::NotFound
            | ErrorKind::PermissionDenied
            | ErrorKind::IsADirectory
            | ErrorKind::NotADirectory
            | ErrorKind::InvalidInput
            | ErrorKind::InvalidFilename => Failure::Usage(message),
            _ => Failure::Other(message),
        }
    }

    /// How the process ends.
    #[must_use]
    pub fn exit(&self) -> Exit {
        match self {
            Failure::Usage(_) => Exit::Usage,
            Failure::Problem(problem) => Exit::from_code(problem.code),
            Failure::Signalled(signal) => Exit::Signalled(*signal),
            Failure::Other(_) => Exit::Failed,
        }
    }

    /// Reports the failure on stderr and returns the exit code.
    #[must_use]
    pub fn report(&self) -> ExitCode {
        eprintln!("error: {}", clean(&self.to_string()));
        self.exit().into()
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Usage(message) | Failure::Other(message) => f.write_str(message),
            Failure::Problem(problem) => f.write_str(&in_options(&problem.to_string())),
            Failure::Signalled(_) => f.write_str("interrupted; nothing was written"),
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        match problem.code {
            // The request was made from the command line.
            ErrorCode::VcenterConfigInvalid => Failure::Usage(in_options(&problem.message)),
            _ => Failure::Problem(Box::new(problem)),
        }
    }
}
