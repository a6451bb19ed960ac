//! What takes the verified items of a run.

use std::io;

use crate::outcome::Outcome;
use crate::validation::{Asset, RawWarning, Relation};

/// Where verified items go, in the order in which the collector emitted them.
///
/// Items come before it is known whether the inventory is complete: code that keeps
/// them must not call them an inventory before [`Writer::finish`] brings
/// [`Conclusion::Complete`](crate::Conclusion::Complete) with its proof.
pub trait Writer {
    /// Takes an asset.
    ///
    /// # Errors
    ///
    /// An error ends the run.
    fn asset(&mut self, asset: &Asset<'_>) -> io::Result<()>;

    /// Takes a relation; does nothing by default.
    ///
    /// # Errors
    ///
    /// An error ends the run.
    fn relation(&mut self, relation: &Relation<'_>) -> io::Result<()> {
        let _ = relation;
        Ok(())
    }

    /// Takes a warning; `text` is its JSON as written into a response. Does nothing by
    /// default.
    ///
    /// # Errors
    ///
    /// An error ends the run.
    fn warning(&mut self, warning: &RawWarning, text: &str) -> io::Result<()> {
        let _ = (warning, text);
        Ok(())
    }

    /// Takes the outcome. Called once, last, whatever became of the run.
    ///
    /// # Errors
    ///
    /// What was written cannot be relied on.
    fn finish(&mut self, outcome: &Outcome) -> io::Result<()>;
}

impl<W: Writer + ?Sized> Writer for Box<W> {
    fn asset(&mut self, asset: &Asset<'_>) -> io::Result<()> {
        (**self).asset(asset)
    }

    fn relation(&mut self, relation: &Relation<'_>) -> io::Result<()> {
        (**self).relation(relation)
    }

    fn warning(&mut self, warning: &RawWarning, text: &str) -> io::Result<()> {
        (**self).warning(warning, text)
    }

    fn finish(&mut self, outcome: &Outcome) -> io::Result<()> {
        (**self).finish(outcome)
    }
}
