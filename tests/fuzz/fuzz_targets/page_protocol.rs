//! A described vCenter, and a whole run over it.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| subjects::page_protocol::check(data));
