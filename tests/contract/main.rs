//! The contract: recorded exchanges, schemas, codes, and what the documents say of them.

mod core;
mod coverage;
mod fixtures;
mod readme;
mod requirements;
mod sources;
mod threats;
