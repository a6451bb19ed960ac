//! From the executable to a vCenter and back.

#[cfg(unix)]
mod cache;
mod component;
mod count;
mod details;
#[cfg(unix)]
mod dropin;
mod exits;
mod export;
mod failures;
mod files;
mod full;
#[cfg(unix)]
mod leaks;
mod lessons;
mod manual;
mod policy;
mod proxy;
mod query;
mod record;
mod reference;
mod resilience;
mod session;
#[cfg(unix)]
mod shell;
mod sight;
mod simulator;
mod sync;
mod tags;
mod tls;
#[cfg(unix)]
mod unread;
mod usage;
mod vcsim;
mod versions;
