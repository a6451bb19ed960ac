#![doc = include_str!("../commands.md")]

mod apt;
mod bench;
#[cfg(test)]
mod builds;
mod checks;
mod components;
mod demo;
mod fuzz;
mod golang;
mod instructions;
mod node;
mod process;
mod progress;
mod python;
mod registry;
mod release;
mod semver;
mod setup;
mod tests;
mod tool;
mod wasm_target;
mod wheel;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::wasm_target::Recipe;
use crate::workspace::Workspace;

/// Developer commands of the workspace.
#[derive(Debug, Parser)]
#[command(
    name = "cargo xtask",
    bin_name = "cargo xtask",
    disable_help_subcommand = true
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Install what demo and tests need; quick when it is installed
    Setup {
        /// Follow this recipe for the wasm target even when the target is there
        #[arg(long, value_enum, value_name = "RECIPE")]
        wasm_target: Option<Recipe>,
    },
    /// Run every test, or those whose name contains a filter; ends with the line `N passed, N failed`
    Test {
        /// Run only tests whose name contains one of these
        filters: Vec<String>,
    },
    /// Build the vCenter component of each world into `components` below the target folder, and describe them
    Components,
    /// Collect from a simulated vCenter of 1,000 virtual machines
    Demo {
        /// Passed on to `stocktake-dev demo`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Compare speed and memory with the native SDKs and the floor; the report goes to stdout
    Bench {
        /// Passed on to the suite; `--help` lists its options
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Fuzz the collector's core and the filter language, each target for a while
    Fuzz {
        /// How long each target runs
        #[arg(long, default_value_t = 20)]
        seconds: u32,
        /// Run only these
        #[arg(value_name = "TARGET", value_parser = fuzz::TARGETS)]
        targets: Vec<String>,
    },
    /// Count the instructions of the reader and of the validation; ends with a table
    Instructions {
        /// Compare with the counts that were saved under this name, not with the last ones
        #[arg(long, value_name = "NAME")]
        baseline: Option<String>,
        /// Save the counts under this name
        #[arg(long, value_name = "NAME")]
        save_baseline: Option<String>,
        /// Run only these
        #[arg(value_name = "BENCH", value_parser = instructions::BENCHES)]
        benches: Vec<String>,
    },
    /// Build the npm package, install it for the tests, and print the path of what npm installs
    Npm,
    /// Build the Python package, install it for the tests, and print the path of the wheel
    Wheel,
    /// Make the archive of a release, and its sums, in target/release-archive
    Release,
    /// Compare the public API of the libraries with the one that was promised
    Semver,
    /// Check every dependency by the rules of `.cargo/deny.toml`
    Deny,
    /// Look for misspelt words in code and documents
    Spelling,
    /// Make sure that the oldest compiler that is promised builds everything
    Msrv,
    /// Try the recipes that get the wasm target from Debian packages, in a scratch folder
    WasmRecipes,
    /// Print the exports that plain cargo needs to build the wasm module; nothing when it needs none
    Env,
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    let workspace = Workspace::find()?;
    match command {
        Command::Setup { wasm_target } => {
            setup::run(&workspace, wasm_target).map(|_| ExitCode::SUCCESS)
        }
        Command::Test { filters } => tests::run(&workspace, &filters),
        Command::Components => components::run(&workspace).map(|()| ExitCode::SUCCESS),
        Command::Demo { arguments } => demo::run(&workspace, &arguments),
        Command::Bench { arguments } => bench::run(&workspace, &arguments),
        Command::Fuzz { seconds, targets } => fuzz::run(&workspace, seconds, &targets),
        Command::Instructions {
            baseline: against,
            save_baseline: save,
            benches,
        } => {
            let baselines = instructions::Baselines { against, save };
            instructions::run(&workspace, &baselines, &benches).map(|()| ExitCode::SUCCESS)
        }
        Command::Npm => node::run(&workspace).map(|()| ExitCode::SUCCESS),
        Command::Wheel => wheel::run(&workspace).map(|()| ExitCode::SUCCESS),
        Command::Release => release::run(&workspace).map(|()| ExitCode::SUCCESS),
        Command::Semver => semver::run(&workspace).map(|()| ExitCode::SUCCESS),
        Command::Deny => checks::dependencies(&workspace).map(|()| ExitCode::SUCCESS),
        Command::Spelling => checks::spelling(&workspace).map(|()| ExitCode::SUCCESS),
        Command::Msrv => checks::oldest_compiler(&workspace).map(|()| ExitCode::SUCCESS),
        Command::WasmRecipes => wasm_target::try_recipes(&workspace).map(|()| ExitCode::SUCCESS),
        Command::Env => {
            print!("{}", wasm_target::exports(&workspace)?);
            Ok(ExitCode::SUCCESS)
        }
    }
}
