//! What a collector implements.

use std::collections::BTreeMap;

use stocktake_contract::Problem;
use stocktake_contract::normalized::Kind;
use stocktake_contract::request::Mode;

use crate::page::Page;
use crate::request::Request;

/// Objects per kind.
pub type Counts = BTreeMap<Kind, u64>;

/// One collection from a server: opened with a request, then asked for page after page.
///
/// Who implements it says what its server answers. The [`Shell`](crate::Shell) around it counts
/// what is handed over, holds it against what was announced, and says whether it is all.
pub trait Source: Sized + 'static {
    /// Stable name of the collector, which is also the `source.source_type` that it accepts.
    const NAME: &'static str;

    /// Semantic version: `env!("CARGO_PKG_VERSION")`.
    const VERSION: &'static str;

    /// Values of `request.mode` that it accepts. `detect` cannot be among them, for a source
    /// has no way to tell what it detected.
    const MODES: &'static [Mode] = &[Mode::Collect];

    /// Begins a run. Nothing is sent yet.
    ///
    /// # Errors
    ///
    /// When the request, which is sound by the contract, cannot work for this source.
    fn open(request: Request) -> Result<Self, Problem>;

    /// How many objects there are, by the server's own word, as far as it has given it.
    ///
    /// Asked after each page. A count that changes says that the inventory did, and ends the
    /// run. An inventory is whole when as many objects came as were announced in the end: a
    /// server that announces nothing proves nothing.
    fn announced(&self) -> &Counts;

    /// The next page; none when the server has no more.
    ///
    /// # Errors
    ///
    /// Ends the run. An object that cannot be read is an error, not a gap.
    fn page(&mut self) -> Result<Option<Page>, Problem>;

    /// Ends what was begun on the server, such as a session. Called once for each source that
    /// was opened, however its run ends.
    fn close(&mut self) {}
}
