//! The suite at a size at which nothing is worth measuring: that every client
//! lists the whole inventory, and every part reports.

use std::env;
use std::path::Path;
use std::process::Command;

#[test]
fn every_client_lists_the_inventory_and_every_part_reports() {
    let peers = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers");
    for variable in ["STOCKTAKE_VCSIM", "STOCKTAKE_PYTHON", "BENCH_GOVMOMI"] {
        assert!(
            env::var_os(variable).is_some(),
            "{variable} names a program; run the tests by `cargo xtask test`, which builds it"
        );
    }
    let output = Command::new(env!("CARGO_BIN_EXE_stocktake-bench"))
        .args(["--sizes", "60", "--scale", "60,120", "--runs", "1"])
        .env("BENCH_STOCKTAKE", stocktake_tests::executable::path())
        .env(
            "BENCH_STOCKTAKE_DEV",
            stocktake_tests::executable::development(),
        )
        .env("BENCH_FLOOR", env!("CARGO_BIN_EXE_stocktake-bench-floor"))
        .env("BENCH_PYVMOMI", peers.join("pyvmomi.py"))
        .output()
        .expect("the suite starts");
    let report = String::from_utf8_lossy(&output.stdout);
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{log}{report}");
    let rows = |heading: &str| {
        let (_, section) = report
            .split_once(&format!("### {heading}\n"))
            .unwrap_or_else(|| panic!("no table {heading}: {report}"));
        let section = section.split("\n### ").next().unwrap_or_default();
        section
            .lines()
            .filter(|line| line.starts_with('|'))
            .skip(2)
            .count()
    };
    // Clients, strategies by profile, sessions by profile, profiles by size, formats by size, code by cache, places of the state,
    // profiles by mode.
    assert_eq!(rows("`sync` profile"), 4);
    assert_eq!(rows("`ledger` profile"), 4);
    assert_eq!(rows("Pages and single objects"), 4);
    assert_eq!(rows("The host's session and the collector's own"), 4);
    assert_eq!(rows("Memory, against the project's own simulator"), 6);
    assert_eq!(rows("Exports of profile `full`"), 12);
    assert_eq!(rows("Start"), 2);
    assert_eq!(rows("Refusal by an open breaker"), 2);
    assert_eq!(rows("Load on the server, gzip offered"), 6);
}
