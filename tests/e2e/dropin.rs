//! The drop-in: a ledger that knows nothing of Stocktake spawns it in place of its own plugin.
//!
//! The ledger's side is played as the contract describes it, so that what is shown here is
//! what an operator gets who swaps the executable.
//!
//! | module | holds |
//! | --- | --- |
//! | `ledger` | spawns the plugin, feeds it, reads it, and ends it when its patience does |
//! | `belief` | what the ledger makes of an answer: stores it, or keeps what it has |
//! | `modes` | sound requests |
//! | `refusals` | requests that are refused, of which `refusals.toml` is the list |
//! | `patience` | plugins that take too long |

mod belief;
mod ledger;
mod modes;
mod patience;
mod refusals;
