//! What a collector says, checked: the host trusts nothing.
//!
//! [`Verifier`] takes the pages of a run as they come and the summary at the
//! end; [`validate`] takes a whole `collector-response-v1` document of
//! any collector. Both go through the same rules, each of which exists once.
//!
//! | module | holds |
//! | --- | --- |
//! | `verifier` | pages and summary of a run |
//! | `document` | whole documents |
//! | `scope` | what the run may answer: its mode and the kinds asked for |
//! | `limits` | size and nesting |
//! | `item` | assets, relations and warnings, borrowed from their text |
//! | `issue` | a broken rule, named by place |
//! | `item_validator` | rules of single items and of the set of them |
//! | `summary_check` | rules of the summary: counts, evidence, completeness |
//! | `proof` | what a verified run proves |
//! | `identities` | which ids and relations were seen, compactly |
//! | `shape`, `normalized`, `envelope` | the JSON Schemas as types |
//! | `value` | what those types are made of: names, counts, unique strings |
//! | `reader` | JSON text as a value of a type, or where and why it is not |
//!
//! # The evidence
//!
//! For each kind, with `emitted` the assets received:
//!
//! ```text
//! returned + vanished  ≤ announced
//! emitted + excluded   ≤ returned + unannounced + quarantined
//! and, when the inventory is called complete,
//! announced            ≤ returned + vanished + quarantined
//! emitted + excluded   = returned + unannounced + quarantined
//! unannounced          = 0
//! ```
//!
//! `returned` and `quarantined` are disjoint: an object that could not be
//! decoded counts as quarantined only, whether announced or not, and is emitted
//! with what could be read.

mod details;
mod document;
mod envelope;
mod identities;
mod issue;
mod item;
mod item_validator;
mod limits;
mod normalized;
mod proof;
mod reader;
mod scope;
mod shape;
mod summary_check;
#[cfg(test)]
mod tests;
mod value;
mod verifier;

pub use document::{DocumentReport, validate};
pub(crate) use identities::Identities;
pub use issue::Issue;
pub use item::{Asset, Item, RawWarning, Relation};
pub use limits::ItemLimits;
pub use proof::Proof;
pub use scope::Scope;
pub use verifier::Verifier;
