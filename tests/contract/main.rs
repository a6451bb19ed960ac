//! The contract: recorded exchanges, schemas, codes, and their documentation.

mod core;
mod coverage;
mod fixtures;
mod readme;
mod requirements;
mod sources;
mod threats;
