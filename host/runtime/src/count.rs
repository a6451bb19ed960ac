//! The host's own count of an inventory.
//!
//! The threat: a collector that lists one invented machine, or leaves a real one
//! out, with evidence that adds up. Its evidence is worth as much as it is. So the
//! host lists the objects for itself, in the session that is its own, and holds
//! them against what it received.
//!
//! Objects come and go while they are read. The list is therefore taken *before* the
//! collector's first listing call; what differs is settled after its summary:
//!
//! | listed | received | asked for by name | then |
//! | --- | --- | --- | --- |
//! | yes | yes | | the same object |
//! | yes | no | gone | it was deleted meanwhile |
//! | yes | no | a template, and templates are left out | as the request says |
//! | yes | no | there, and not in a second list | it was moved out meanwhile |
//! | yes | no | there, and in a second list too | **withheld** |
//! | no | yes | there | it was created, or moved in, meanwhile |
//! | no | yes | there, and in neither list of a part of the inventory | **outside of the scope** |
//! | no | yes | listed as, or found to be, something else | **of another kind** |
//! | no | yes | gone | **invented**, unless a reply of the server named it |
//!
//! A list that agrees costs one view; only differences are asked about. This module
//! knows nothing of vSphere: whatever can list a source implements `Source`.
//!
//! | module | holds |
//! | --- | --- |
//! | `order` | what a request asks for: kinds, scope, templates |
//! | `listing` | which objects there are, compactly |
//! | `source` | who lists and looks up objects |
//! | `comparison` | settles what differs |
//! | `difference` | the message for what differs |
//! | `spot_check` | compares some objects as the collector made them with what the host reads |
//! | `facts` | what it compares of an object |

mod comparison;
mod difference;
mod facts;
mod listing;
mod order;
mod source;
mod spot_check;

pub(crate) use comparison::compare;
pub(crate) use facts::{Facts, Field};
pub(crate) use listing::{Listing, Object};
pub(crate) use order::{InventoryScope, Order};
pub(crate) use source::{Reader, Sighting, Source};
pub(crate) use spot_check::SpotCheck;

use stocktake_contract::Problem;

/// What the host's own count of an inventory came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Count {
    /// The host did not count: the run was not to be called complete, or the session was not the host's.
    #[default]
    NotMade,
    /// The objects are those that were received.
    Agrees,
    /// They are not; each problem names some of those that differ.
    Differs(Vec<Problem>),
}
