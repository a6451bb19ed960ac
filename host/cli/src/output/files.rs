//! The output files: one for complete inventories, one for failed runs.

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
    /// Write a complete inventory to FILE, atomically, instead of stdout; a failed run leaves FILE unchanged
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Write the document of a failed run to FILE
    #[arg(long, value_name = "FILE", requires = "output")]
    output_failed: Option<PathBuf>,
}

impl OutputArguments {
    /// Whether the output goes to a file.
    pub(crate) fn is_file(&self) -> bool {
        self.output.is_some()
    }

    /// Opens them; nothing is visible yet.
    pub(crate) fn open(&self) -> Result<Files, Failure> {
        let complete = Destination::open("--output", self.output.as_deref())?;
        let failed = self.output_failed.as_deref();
        if failed.is_some() && !matches!(complete, Destination::File(_)) {
            return Err(Failure::Usage(
                "--output-failed needs a regular file for --output: what is written to a device or pipe cannot be taken back".to_owned(),
            ));
        }
        if failed.is_some() && failed == self.output.as_deref() {
            return Err(Failure::Usage(
                "--output and --output-failed name the same file; name two files".to_owned(),
            ));
        }
        let open = |path: &Path| Destination::open("--output-failed", Some(path));
        Ok(Files {
            failed: failed.map(open).transpose()?,
            names: [&self.output, &self.output_failed]
                .map(|path| path.as_ref().map(|path| path.display().to_string())),
            complete: Shared::new(complete),
        })
    }
}

/// The destination of a listing.
#[derive(Debug)]
pub(crate) struct Files {
    complete: Shared<Destination>,
    failed: Option<Destination>,
    /// Their names in messages.
    names: [Option<String>; 2],
}

impl Files {
    /// The writer of the draft.
    pub(crate) fn writer(&self) -> Shared<Destination> {
        self.complete.clone()
    }

    /// Makes the output visible in the file that it belongs to.
    pub(crate) fn publish(self, exit: Exit, outcome: &Outcome) -> Result<(), Failure> {
        // A blocked output thread still writes to it.
        let Some(complete) = self.complete.into_inner() else {
            return Ok(());
        };
        let is_file = matches!(complete, Destination::File(_));
        if !is_file && outcome.is_unwritten() {
            // The reason is already reported.
            return Ok(());
        }
        match (&outcome.conclusion, exit) {
            (Conclusion::Complete(_), Exit::Done) => return complete.publish(),
            // A stream has got it all already.
            _ if !is_file => return complete.publish(),
            _ => {}
        }
        let [file, kept] = self.names.map(Option::unwrap_or_default);
        match self.failed {
            Some(failed) => {
                complete.publish_as(failed)?;
                eprintln!("note: {file} is unchanged; {kept} holds the document of this run");
            }
            // The user who interrupts a run knows that it is not finished.
            None if matches!(exit, Exit::Signalled(_)) => {}
            None => eprintln!(
                "note: {file} is unchanged; --output-failed FILE keeps the document of a failed run"
            ),
        }
        Ok(())
    }
}
