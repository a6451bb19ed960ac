//! What must hold of the core whatever comes in. The property tests ask it of
//! generated values, the fuzz targets in `tests/fuzz` of fuzzed bytes.
//!
//! | module | holds |
//! | --- | --- |
//! | [`soap_reader`], [`fault_reader`], [`names`], [`request`], [`page_protocol`] | a subject each |
//! | [`tokenizer`] | the reader's tokens beside quick-xml's |
//! | [`cut`] | bytes in pieces |
//! | [`plan`] | what a vCenter of a check holds, and what goes wrong with it |
//! | [`vcenter`] | that vCenter, and what it told |
//! | [`ledger`] | what a run handed over |

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
