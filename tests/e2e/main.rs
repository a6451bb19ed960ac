//! From the executable to a vCenter and back.

mod failures;
mod ledger;
mod simulator;
mod vcsim;
