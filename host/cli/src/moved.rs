//! Commands of the executable `stocktake-dev`: the production executable contains no simulator.

use std::ffi::OsStr;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::failure::Failure;

const MOVED: [&str; 4] = ["demo", "record", "simulate", "test-component"];

/// Where to find a command that `stocktake-dev` has; `first` is the first argument.
pub(crate) fn failure(error: &clap::Error, first: Option<&OsStr>) -> Option<Failure> {
    if error.kind() != ErrorKind::InvalidSubcommand {
        return None;
    }
    let Some(ContextValue::String(asked)) = error.get(ContextKind::InvalidSubcommand) else {
        return None;
    };
    let name = MOVED.into_iter().find(|name| name == asked)?;
    // Subcommands have names of their own.
    first.filter(|first| *first == name || *first == "help")?;
    Some(Failure::Usage(format!(
        "stocktake has no command {name}: run `stocktake-dev {name}`, which comes with the same release"
    )))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use clap::Parser as _;

    use super::{MOVED, failure};
    use crate::arguments::Arguments;

    fn asked(arguments: &[&str]) -> Option<String> {
        let error = Arguments::try_parse_from([&["stocktake"], arguments].concat()).err()?;
        failure(&error, arguments.first().map(OsStr::new)).map(|failure| failure.to_string())
    }

    #[test]
    fn a_command_that_moved_says_where_it_is() {
        for name in MOVED {
            for arguments in [&[name][..], &[name, "--any", "thing"], &["help", name]] {
                let message = asked(arguments).expect("a failure of its own");
                assert!(
                    message.contains(&format!("`stocktake-dev {name}`")),
                    "{message}"
                );
            }
        }
    }

    #[test]
    fn other_mistakes_are_reported_as_before() {
        for arguments in [
            &[][..],
            &["colect"],
            &["collect", "demo"],
            &["policy", "demo"],
        ] {
            assert_eq!(asked(arguments), None, "{arguments:?}");
        }
    }
}
