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
//! | `tally` | rules of single items and of the set of them |
//! | `verdict` | rules of the summary: counts, evidence, completeness |
//! | `identities` | which ids and relations were seen, compactly |
//! | `quick` | sound items, told without parsing them |
//! | `schemas` | the JSON Schemas, compiled once |
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

mod document;
mod identities;
mod issue;
mod item;
mod limits;
mod quick;
mod schemas;
mod scope;
mod tally;
#[cfg(test)]
mod tests;
mod verdict;
mod verifier;

pub use document::{DocumentReport, validate};
pub(crate) use identities::Identities;
pub use issue::Issue;
pub use item::{Asset, Item, Note, Relation};
pub use limits::Limits;
pub use scope::Scope;
pub use verifier::Verifier;
