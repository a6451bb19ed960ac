//! Text as a name of a vCenter.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| oracles::names::check(data));
