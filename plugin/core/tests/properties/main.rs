//! Properties of the core that hold for any input, checked for generated
//! values; the fuzz targets in `tests/fuzz` ask the same of fuzzed bytes.

mod documents;
mod inventories;
mod liar;
mod lies;
#[path = "../oracles/mod.rs"]
pub mod oracles;
mod regressions;
mod requests;

use proptest::test_runner::Config;

/// An input that breaks a property is stored by hand, under `tests/fuzz/regressions`.
fn config() -> Config {
    Config {
        failure_persistence: None,
        ..Config::default()
    }
}
