//! Bytes, cut at fuzzed places, as XML.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| oracles::soap_reader::check(data));
