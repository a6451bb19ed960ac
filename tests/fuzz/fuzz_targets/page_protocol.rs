//! A described vCenter, and a whole run against it.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| oracles::page_protocol::check(data));
