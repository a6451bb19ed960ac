//! `stocktake completions` and `stocktake man`: the command line for shells and for `man`.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory as _, ValueEnum};
use clap_complete::Shell;

use crate::arguments::Arguments;
use crate::failure::Failure;

#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  \
    stocktake completions bash > /etc/bash_completion.d/stocktake\n  \
    stocktake completions zsh > /usr/local/share/zsh/site-functions/_stocktake\n  \
    stocktake completions fish > ~/.config/fish/completions/stocktake.fish\n  \
    stocktake completions powershell >> $PROFILE")]
pub(crate) struct CompletionsArguments {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Completed,
}

/// A shell that completions are written for.
#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "lower")]
enum Completed {
    Bash,
    Zsh,
    Fish,
    PowerShell,
}

impl From<Completed> for Shell {
    fn from(shell: Completed) -> Self {
        match shell {
            Completed::Bash => Shell::Bash,
            Completed::Zsh => Shell::Zsh,
            Completed::Fish => Shell::Fish,
            Completed::PowerShell => Shell::PowerShell,
        }
    }
}

#[derive(Debug, Args)]
#[command(after_help = "Example:\n  \
    stocktake man /usr/local/share/man/man1")]
pub(crate) struct ManArguments {
    /// The directory; made when it is not there
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

/// Runs `completions`.
pub(crate) fn complete(arguments: &CompletionsArguments) -> Result<ExitCode, Failure> {
    let mut command = Arguments::command();
    let mut script = Vec::new();
    let shell = Shell::from(arguments.shell);
    clap_complete::generate(shell, &mut command, "stocktake", &mut script);
    io::stdout()
        .write_all(&script)
        .map_err(|error| Failure::other("cannot write to stdout", error))?;
    Ok(ExitCode::SUCCESS)
}

/// Runs `man`.
pub(crate) fn write(arguments: &ManArguments) -> Result<ExitCode, Failure> {
    let directory = &arguments.directory;
    fs::create_dir_all(directory)
        .and_then(|()| clap_mangen::generate_to(Arguments::command(), directory))
        .map_err(|error| {
            Failure::other(format!("cannot write in {}", directory.display()), error)
        })?;
    Ok(ExitCode::SUCCESS)
}
