//! Text as a filter, a list of columns and an ordering.
#![no_main]

// What is checked is what the property tests of the filter language check.
#[path = "../../../host/filter/tests/oracle/mod.rs"]
mod oracle;

libfuzzer_sys::fuzz_target!(|data: &[u8]| oracle::check(data));
