//! Text as a request document.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| oracles::request::check(data));
