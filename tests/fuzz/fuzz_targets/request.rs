//! Text as a request document.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| subjects::request::check(data));
