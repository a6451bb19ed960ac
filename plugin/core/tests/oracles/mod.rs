//! Invariants of the core for any input. The property tests check them for
//! generated values, the fuzz targets in `tests/fuzz` of fuzzed bytes.
//!
//! | module | holds |
//! | --- | --- |
//! | [`soap_reader`], [`fault_reader`], [`names`], [`request`], [`page_protocol`] | a subject each |
//! | [`tokenizer`] | the reader's tokens compared with quick-xml's |
//! | [`cut`] | bytes in pieces |
//! | [`plan`] | the inventory of a test vCenter, and its failures |
//! | [`vcenter`] | that vCenter, and what it answered |
//! | [`ledger`] | the output of a run |

pub mod cut;
pub mod fault_reader;
pub mod ledger;
pub mod names;
pub mod page_protocol;
pub mod plan;
pub mod request;
pub mod soap_reader;
pub mod tokenizer;
pub mod vcenter;
