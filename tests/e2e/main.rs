//! From the executable to a vCenter and back.

#[cfg(unix)]
mod cache;
mod component;
mod failures;
#[cfg(unix)]
mod leaks;
mod ledger;
mod lessons;
mod manual;
mod policy;
mod record;
mod reference;
mod session;
mod simulator;
mod sync;
mod tls;
mod vcsim;
mod weather;
