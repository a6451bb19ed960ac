//! `stocktake-bench`: whole processes side by side, as a Markdown report on stdout.
//!
//! | module | holds |
//! | --- | --- |
//! | [`comparison`] | `stocktake collect`, the floor, govmomi and pyVmomi on the same vcsim |
//! | [`strategy`] | whole pages and one call per object |
//! | [`count`] | what the host's own count costs |
//! | [`session`] | the host's session and the collector's own |
//! | [`scale`] | memory from 1,000 to 100,000 VMs |
//! | [`exports`] | time and memory of the formats of `stocktake export` |
//! | [`start`] | from the start of the process to the first request |
//! | [`refusal`] | a run that an open breaker refuses |
//! | [`load`] | calls and bytes that a vCenter is asked for |
//! | [`client`] | the programs that are measured |
//! | [`server`] | what they are measured against |
//! | [`properties`] | what all of them ask for |
//! | [`measurement`], [`usage`], [`statistics`] | what a process used of machine and network, and of several runs the median |
//! | [`machine`], [`table`] | the report's frame |
//!
//! `cargo xtask bench` builds every part and runs this.

mod client;
mod comparison;
mod count;
mod exports;
mod load;
mod machine;
mod measurement;
mod properties;
mod refusal;
mod scale;
mod server;
mod session;
mod start;
mod statistics;
mod strategy;
mod table;
mod usage;

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, ValueEnum};

/// Speed and memory of Stocktake beside the native SDKs and the floor.
#[derive(Debug, Parser)]
pub(crate) struct Arguments {
    /// Sizes of the vcsim, in VMs
    #[arg(long, value_delimiter = ',', default_value = "1000,10000,50000")]
    sizes: Vec<u32>,
    /// Sizes of the project's own simulator, in VMs
    #[arg(long, value_delimiter = ',', default_value = "1000,100000")]
    scale: Vec<u32>,
    /// Counted runs of each program, after one that is not
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..))]
    runs: u32,
    /// Run only these parts
    #[arg(long, value_delimiter = ',', value_enum)]
    parts: Vec<Part>,
    /// The programs
    #[command(flatten)]
    programs: Programs,
}

/// Where the programs are.
#[derive(Debug, clap::Args)]
pub(crate) struct Programs {
    #[arg(long, env = "BENCH_STOCKTAKE")]
    stocktake: PathBuf,
    #[arg(long, env = "BENCH_STOCKTAKE_DEV")]
    stocktake_dev: PathBuf,
    #[arg(long, env = "BENCH_FLOOR")]
    floor: PathBuf,
    #[arg(long, env = "BENCH_GOVMOMI")]
    govmomi: PathBuf,
    #[arg(long, env = "STOCKTAKE_PYTHON")]
    python: PathBuf,
    /// The program that lists with pyVmomi
    #[arg(long, env = "BENCH_PYVMOMI")]
    pyvmomi: PathBuf,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    Comparison,
    Strategy,
    Session,
    Count,
    Scale,
    Exports,
    Start,
    Refusal,
    Load,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let is_wanted = |part| arguments.parts.is_empty() || arguments.parts.contains(&part);
    print!("{}", machine::describe(&arguments)?);
    if is_wanted(Part::Comparison) {
        print!("{}", comparison::run(&arguments)?);
    }
    if is_wanted(Part::Strategy) {
        print!("{}", strategy::run(&arguments)?);
    }
    if is_wanted(Part::Session) {
        print!("{}", session::run(&arguments)?);
    }
    if is_wanted(Part::Count) {
        print!("{}", count::run(&arguments)?);
    }
    if is_wanted(Part::Scale) {
        print!("{}", scale::run(&arguments)?);
    }
    if is_wanted(Part::Exports) {
        print!("{}", exports::run(&arguments)?);
    }
    if is_wanted(Part::Start) {
        print!("{}", start::run(&arguments)?);
    }
    if is_wanted(Part::Refusal) {
        print!("{}", refusal::run(&arguments)?);
    }
    if is_wanted(Part::Load) {
        print!("{}", load::run(&arguments)?);
    }
    Ok(())
}
