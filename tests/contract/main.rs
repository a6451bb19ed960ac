//! The contract: recorded exchanges, schemas, codes, and their documentation.

mod core;
mod coverage;
mod details;
mod fixtures;
mod readme;
mod requirements;
mod sources;
mod threats;
