//! `stocktake`: collects vCenter inventories in a sandbox and verifies that they are complete.
//!
//! The library holds what the executables `stocktake` and `stocktake-dev` share, and the commands of the former.
//!
//! | module | holds |
//! | --- | --- |
//! | `arguments` | the command line |
//! | `collect`, `sync`, `detect`, `healthcheck` | runs against a vCenter |
//! | `plugin` | the drop-in for a ledger: request on stdin, response on stdout |
//! | `validate`, `inspect` | checks of documents and components |
//! | `export`, `diff` | responses in other formats, and the difference of two |
//! | `query` | which assets are shown, and which of their values |
//! | [`policy`] | the limits of a run, and their file |
//! | `breaker` | which vCenters are skipped (circuit open) |
//! | `moved` | commands that `stocktake-dev` has |
//! | [`connection`], `proxy`, `secret`, [`selection`], [`kinds`] | endpoint, account, scope |
//! | `resilience` | retries and circuit breaker |
//! | [`component`] | which collector runs |
//! | `artifact` | collectors in OCI layouts and registries |
//! | [`manual`] | shell completions and manual pages |
//! | [`request`], `collection` | the request to the collector |
//! | [`engine`], [`progress`], [`signal`], [`failure`], [`exit`], `panic` | running it, and ending |
//! | `options` | names of options in place of paths of the request |
//! | [`output`], `shared` | the output formats; values shared with the output thread |

mod arguments;
mod artifact;
mod breaker;
mod collect;
mod collection;
pub mod component;
pub mod connection;
mod count;
mod detect;
mod diff;
pub mod engine;
pub mod exit;
mod export;
pub mod failure;
mod healthcheck;
mod inspect;
pub mod kinds;
pub mod manual;
mod moved;
mod options;
pub mod output;
mod panic;
mod plugin;
pub mod policy;
pub mod progress;
mod proxy;
mod query;
pub mod request;
mod resilience;
mod secret;
pub mod selection;
mod shared;
pub mod signal;
mod sync;
#[cfg(test)]
mod testing;
mod validate;

use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser as _;
use tracing_subscriber::EnvFilter;

use arguments::{Arguments, Command};
use failure::Failure;
use plugin::PluginArguments;

/// The name under which a ledger that passes no arguments can start the plugin.
const PLUGIN_NAME: &str = "stocktake-plugin";

/// The executable `stocktake`.
#[must_use]
pub fn main() -> ExitCode {
    prepare();
    if is_bare_plugin(std::env::args_os()) {
        return plugin::run(&PluginArguments::default());
    }
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => match moved::failure(&error, std::env::args_os().nth(1).as_deref()) {
            Some(failure) => return failure.report(),
            None => error.exit(),
        },
    };
    let ended = match arguments.command {
        Command::Collect(arguments) => collect::run(&arguments),
        Command::Sync(arguments) => sync::run(&arguments),
        Command::Detect(arguments) => detect::run(arguments),
        Command::Healthcheck(arguments) => healthcheck::run(arguments),
        Command::Plugin(arguments) => return plugin::run(&arguments),
        Command::Validate(arguments) => validate::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Inspect(arguments) => inspect::run(&arguments),
        Command::Component(command) => artifact::run(&command),
        Command::Breaker(arguments) => breaker::run(&arguments),
        Command::Policy(command) => policy::run(&command),
        Command::Completions(arguments) => manual::complete::<Arguments>(&arguments),
        Command::Man(arguments) => manual::write::<Arguments>(&arguments),
    };
    ended.unwrap_or_else(|failure: Failure| failure.report())
}

/// Sets a process up: logs go to stderr, a panic reports its location only, and exceeding the file size
/// limit is an error.
pub fn prepare() {
    panic::report_place_only();
    log_to_stderr();
    signal::take_file_size_limit_for_an_error();
}

fn log_to_stderr() {
    let filter =
        EnvFilter::try_from_env("STOCKTAKE_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
}

/// Whether the program was started under the plugin's name and without arguments.
fn is_bare_plugin(mut arguments: impl Iterator<Item = OsString>) -> bool {
    let Some(program) = arguments.next() else {
        return false;
    };
    let name = Path::new(&program).file_stem();
    name.is_some_and(|name| name == PLUGIN_NAME) && arguments.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::is_bare_plugin;

    #[test]
    fn the_plugin_is_known_by_its_name_when_there_are_no_arguments() {
        let cases: [(&[&str], bool); 5] = [
            (&["/usr/bin/stocktake-plugin"], true),
            (&["stocktake-plugin"], true),
            (&["stocktake-plugin", "--help"], false),
            (&["stocktake"], false),
            (&[], false),
        ];
        for (arguments, expected) in cases {
            let arguments = arguments.iter().map(|argument| (*argument).into());
            assert_eq!(is_bare_plugin(arguments), expected);
        }
    }
}
