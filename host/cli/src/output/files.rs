//! The files that a listing writes: one for complete inventories, one for what a failed run has.

use std::path::{Path, PathBuf};

use clap::Args;
use stocktake_runtime::{Conclusion, Outcome};

use super::{Destination, OUTPUT};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::shared::Shared;

/// Options of every command that lists an inventory.
#[derive(Debug, Args)]
#[command(next_help_heading = OUTPUT)]
pub(crate) struct OutputArguments {
    /// Write a complete inventory to FILE in place of stdout, whole or not at all; a run that fails leaves FILE as it is
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write what a failed run has to FILE, which --output does not
    #[arg(long, value_name = "FILE", requires = "output")]
    output_failed: Option<PathBuf>,
}

impl OutputArguments {
    /// The answer goes to a file.
    pub(crate) fn is_file(&self) -> bool {
        self.output.is_some()
    }

    /// Opens them; nothing is visible yet.
    pub(crate) fn open(&self) -> Result<Files, Failure> {
        let complete = Destination::open("--output", self.output.as_deref())?;
        let failed = self.output_failed.as_deref();
        if failed.is_some() && !matches!(complete, Destination::File(_)) {
            return Err(Failure::Usage(
                "--output-failed needs a file for --output: a device or pipe has got all that was written".to_owned(),
            ));
        }
        if failed.is_some() && failed == self.output.as_deref() {
            return Err(Failure::Usage(
                "--output and --output-failed name the same file; name two".to_owned(),
            ));
        }
        let open = |path: &Path| Destination::open("--output-failed", Some(path));
        Ok(Files {
            failed: failed.map(open).transpose()?,
            told: [&self.output, &self.output_failed]
                .map(|path| path.as_ref().map(|path| path.display().to_string())),
            complete: Shared::new(complete),
        })
    }
}

/// Where a listing goes.
#[derive(Debug)]
pub(crate) struct Files {
    complete: Shared<Destination>,
    failed: Option<Destination>,
    /// Their names in messages.
    told: [Option<String>; 2],
}

impl Files {
    /// Takes what is written, whatever becomes of it.
    pub(crate) fn writer(&self) -> Shared<Destination> {
        self.complete.clone()
    }

    /// Makes what was written visible, where it belongs.
    pub(crate) fn publish(self, exit: Exit, outcome: &Outcome) -> Result<(), Failure> {
        // Whoever is still writing to it is left behind.
        let Some(complete) = self.complete.into_inner() else {
            return Ok(());
        };
        let is_file = matches!(complete, Destination::File(_));
        if !is_file && outcome.is_unwritten() {
            // It was told why.
            return Ok(());
        }
        match (&outcome.conclusion, exit) {
            (Conclusion::Complete(_), Exit::Done) => return complete.publish(),
            // A stream has got it all already.
            _ if !is_file => return complete.publish(),
            _ => {}
        }
        let [file, kept] = self.told.map(Option::unwrap_or_default);
        match self.failed {
            Some(failed) => {
                complete.publish_as(failed)?;
                eprintln!("note: {file} is left as it was; {kept} holds what this run has");
            }
            // Whoever interrupts a run knows that it did not get done.
            None if matches!(exit, Exit::Signalled(_)) => {}
            None => eprintln!(
                "note: {file} is left as it was; --output-failed FILE keeps what such a run has"
            ),
        }
        Ok(())
    }
}
