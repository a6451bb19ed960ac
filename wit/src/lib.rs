//! The collector contract in Rust: the documents that ledgers and collectors
//! exchange, their error codes, their JSON Schemas and the WIT package.
//!
//! | module | holds |
//! | --- | --- |
//! | [`request`] | `collector-request-v1`, ledger → collector |
//! | [`response`] | `collector-response-v1`, collector → ledger |
//! | [`document`] | a response as it is written, one item after the other |
//! | [`details`] | `details-v1`, what people look for besides |
//! | [`normalized`] | `normalized-v1`, the asset that a ledger stores |
//! | [`code`] | every error and warning code with category, retry rule and meaning |
//! | [`problem`] | an error or warning of a response |
//! | [`schema`] | the JSON Schemas of the documents |
//! | [`vsphere`] | the property paths that the collector reads and that a host's policy allows |
//! | [`ascii`] | JSON text in ASCII only |
//!
//! The crate opens no file or socket and depends on nothing but serde; it builds for wasm.

pub mod ascii;
pub mod code;
pub mod details;
pub mod document;
pub mod normalized;
pub mod problem;
pub mod request;
pub mod response;
pub mod roots;
pub mod schema;
pub mod vsphere;

pub use code::{Category, ErrorCode, Layer, WarningCode};
pub use problem::{Problem, Warning};
