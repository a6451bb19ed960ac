//! `stocktake-dev`: a simulated vCenter, recordings, and tests of components, for trying Stocktake and for authors of collectors.
//!
//! | module | holds |
//! | --- | --- |
//! | [`arguments`] | the command line |
//! | [`simulate`], [`demo`] | without a vCenter |
//! | [`record`] | a live exchange as a fixture |
//! | [`test_component`] | conformance tests of a component |
//!
//! What it shares with `stocktake` is the library of that executable.

mod arguments;
mod demo;
mod record;
mod simulate;
mod test_component;

use std::process::ExitCode;

use clap::Parser as _;
use stocktake_cli::failure::Failure;
use stocktake_cli::manual;

use arguments::{Arguments, Command};

fn main() -> ExitCode {
    stocktake_cli::prepare();
    let ended = match Arguments::parse().command {
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Simulate(arguments) => simulate::run(arguments),
        Command::Record(arguments) => record::run(&arguments),
        Command::TestComponent(arguments) => test_component::run(&arguments),
        Command::Completions(arguments) => manual::complete::<Arguments>(&arguments),
        Command::Man(arguments) => manual::write::<Arguments>(&arguments),
    };
    ended.unwrap_or_else(|failure: Failure| failure.report())
}
