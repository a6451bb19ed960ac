//! The executable `stocktake`; its commands are in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    stocktake_cli::main()
}
