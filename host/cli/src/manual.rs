//! `completions` and `man` of an executable: shell completions and manual pages.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, CommandFactory, ValueEnum};
use clap_complete::Shell;

use crate::failure::Failure;

/// Arguments of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsArguments {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    shell: Completed,
}

/// A shell with completions.
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

/// Arguments of `man`.
#[derive(Debug, Args)]
pub struct ManArguments {
    /// The directory; created if necessary
    #[arg(value_name = "DIR")]
    directory: PathBuf,
}

/// Runs `completions` of the executable whose command line is `C`.
///
/// # Errors
///
/// When stdout cannot be written to.
pub fn complete<C: CommandFactory>(arguments: &CompletionsArguments) -> Result<ExitCode, Failure> {
    let mut command = C::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    let shell = Shell::from(arguments.shell);
    clap_complete::generate(shell, &mut command, name, &mut script);
    io::stdout()
        .write_all(&script)
        .map_err(|error| Failure::other("cannot write to stdout", error))?;
    Ok(ExitCode::SUCCESS)
}

/// Runs `man` of the executable whose command line is `C`.
///
/// # Errors
///
/// When the pages cannot be written.
pub fn write<C: CommandFactory>(arguments: &ManArguments) -> Result<ExitCode, Failure> {
    let directory = &arguments.directory;
    fs::create_dir_all(directory)
        .and_then(|()| clap_mangen::generate_to(C::command(), directory))
        .map_err(|error| {
            Failure::other(format!("cannot write in {}", directory.display()), error)
        })?;
    Ok(ExitCode::SUCCESS)
}
