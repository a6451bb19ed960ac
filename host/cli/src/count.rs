//! Whether the host must count the inventory.

use clap::Args;

use crate::selection::SELECTION;

/// Options of every command that reports whether an inventory is complete.
#[derive(Clone, Copy, Debug, Default, Args)]
#[command(next_help_heading = SELECTION)]
pub(crate) struct CountArguments {
    /// Fail unless the host has counted the inventory itself; it cannot with --credentials-to-guest
    #[arg(long)]
    pub(crate) require_host_count: bool,
    /// Compare N objects, drawn at random, with what the host reads of them; implies --require-host-count [default: 0]
    #[arg(long, value_name = "N")]
    pub(crate) spot_check: Option<usize>,
}
