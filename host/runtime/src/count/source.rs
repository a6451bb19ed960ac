//! Who lists and looks up objects for the host.

use async_trait::async_trait;
use stocktake_contract::Problem;

use super::{Facts, Listing, Object};

/// A source that the host can ask for itself.
#[async_trait]
pub(crate) trait Source: Sync {
    /// The objects of the kinds and the scope that are asked for.
    ///
    /// # Errors
    ///
    /// Why they cannot be listed.
    async fn list(&self) -> Result<Listing, Problem>;

    /// What becomes of each of these objects when it is asked for by name.
    ///
    /// # Errors
    ///
    /// Why they cannot be asked for.
    async fn look_up(&self, objects: &[Object]) -> Result<Vec<Sighting>, Problem>;

    /// A reply of the source named this object to the collector.
    fn was_sent(&self, object: &Object) -> bool;
}

/// A source of which the host can read single objects for itself.
#[async_trait]
pub(crate) trait Reader: Sync {
    /// What each of these objects is now; nothing of one that is gone or not shown.
    ///
    /// # Errors
    ///
    /// Why they cannot be read.
    async fn read(&self, objects: &[Object]) -> Result<Vec<Option<Facts>>, Problem>;
}

/// What becomes of an object that is asked for by name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sighting {
    /// It exists, as one of this kind.
    There {
        /// `None` for one that no inventory has.
        kind: Option<&'static str>,
        is_template: bool,
    },
    /// The source says that it does not exist.
    Gone,
    /// The source says neither.
    Unclear,
}
