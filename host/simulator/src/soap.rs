//! SOAP 1.1 as vCenter uses it: requests in, envelopes and faults out.

pub(crate) mod envelope;
pub(crate) mod fault;
pub(crate) mod request;
pub(crate) mod timestamp;
pub(crate) mod xml;
