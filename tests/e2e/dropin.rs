//! The drop-in: a ledger that knows nothing of Stocktake spawns it in place of its own plugin.
//!
//! The ledger is simulated by the contract, so that these tests show what happens
//! when an operator replaces the executable.
//!
//! | module | holds |
//! | --- | --- |
//! | `ledger` | runs the plugin, and ends it after a timeout |
//! | `ingest` | how the ledger processes a response: stores it, or keeps its inventory |
//! | `modes` | valid requests |
//! | `refusals` | requests that are refused, of which `refusals.toml` is the list |
//! | `timeout` | plugins that take too long |

mod ingest;
mod ledger;
mod modes;
mod refusals;
mod timeout;
