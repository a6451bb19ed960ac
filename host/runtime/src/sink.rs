//! What takes the pages of a run.

use std::sync::Arc;

use stocktake_contract::Problem;

use crate::count::SpotCheck;
use crate::page::Page;
use crate::validation::Identities;

/// Takes the pages of a run, in order, on a thread of its own.
pub trait Sink {
    /// Takes one page while the collector reads the next. It may block: the collector then waits,
    /// and a run that has to end leaves a sink behind that does not come back within the grace.
    ///
    /// # Errors
    ///
    /// A problem ends the run; the collector cleans up on the server and no
    /// further page comes.
    fn page(&mut self, page: Page) -> Result<(), Problem>;
}

/// A sink that knows what it has taken, so that the host can count it.
pub(crate) trait CountedSink: Sink {
    /// The assets that were taken; `None` when the sink does not know.
    fn received(&self) -> Option<&Identities>;

    /// Receives what was taken, to compare some of it with what the host reads.
    fn spot_check(&self) -> Option<Arc<SpotCheck>>;
}
