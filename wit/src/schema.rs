//! The JSON Schemas (2020-12) of the contract's documents.

/// `collector-request-v1`.
pub const REQUEST: &str = include_str!("../schemas/collector-request-v1.schema.json");
/// `collector-response-v1`.
pub const RESPONSE: &str = include_str!("../schemas/collector-response-v1.schema.json");
/// `normalized-v1`, exactly as ledgers enforce it.
pub const NORMALIZED: &str = include_str!("../schemas/normalized-v1.schema.json");
/// `normalized-extended-v1`: the same for the kinds that have to be requested.
pub const NORMALIZED_EXTENDED: &str = include_str!("../schemas/normalized-extended-v1.schema.json");
/// `details-v1`: `assets[].details`, a definition per kind.
pub const DETAILS: &str = include_str!("../schemas/details-v1.schema.json");
