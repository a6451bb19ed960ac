//! From the executable to a vCenter and back.

mod failures;
mod ledger;
mod lessons;
mod reference;
mod simulator;
mod sync;
mod vcsim;
