//! Bytes, cut at fuzzed places, as a SOAP reply.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| oracles::fault_reader::check(data));
