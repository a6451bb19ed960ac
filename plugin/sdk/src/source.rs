//! What a collector implements.

use std::collections::BTreeMap;

use stocktake_contract::Problem;
use stocktake_contract::normalized::Kind;
use stocktake_contract::request::Mode;

use crate::page::Page;
use crate::request::Request;

/// Objects per kind.
pub type Counts = BTreeMap<Kind, u64>;

/// One collection from a server: opened with a request, then read page by page.
///
/// An implementation reads its server. The [`Shell`](crate::Shell) around it counts
/// the returned objects, compares them with the announced ones, and decides whether the inventory is complete.
pub trait Source: Sized + 'static {
    /// Stable name of the collector, which is also the `source.source_type` that it accepts.
    const NAME: &'static str;

    /// Semantic version: `env!("CARGO_PKG_VERSION")`.
    const VERSION: &'static str;

    /// Values of `request.mode` that it accepts. `detect` cannot be among them, for a source
    /// cannot report what it detected.
    const MODES: &'static [Mode] = &[Mode::Collect];

    /// Starts a run, without sending anything.
    ///
    /// # Errors
    ///
    /// When the request, which is valid by the contract, is invalid for this source.
    fn open(request: Request) -> Result<Self, Problem>;

    /// How many objects the server has announced so far.
    ///
    /// Called after each page. A changed count means that the inventory changed, and ends the
    /// run. An inventory is complete when as many objects were returned as were announced in the end: a
    /// server that announces nothing proves nothing.
    fn announced(&self) -> &Counts;

    /// The next page; `None` when the server has no more.
    ///
    /// # Errors
    ///
    /// Ends the run. An object that cannot be read is an error, not a gap.
    fn page(&mut self) -> Result<Option<Page>, Problem>;

    /// Cleans up on the server, such as a session. Called once for each opened source,
    /// however its run ends.
    fn close(&mut self) {}
}
