//! Every test of the workspace, and their total.

use std::io::{BufRead, BufReader};
use std::process::{ExitCode, Stdio};
use std::time::Instant;

use anyhow::Context;

use crate::components::Components;
use crate::progress::{Part, announce, seconds};
use crate::workspace::Workspace;
use crate::{node, process, setup, wheel};

/// The component crate is for wasm only: its logic is tested in the core crate, and its build end to end.
pub(crate) const PACKAGES: [&str; 7] = [
    "--workspace",
    "--exclude",
    "stocktake-vcenter-component",
    "--exclude",
    "stocktake-hostile",
    "--exclude",
    "stocktake-template",
];

/// In the same selection as the tests, the program that builds components has little left to compile.
const FEATURES: [&str; 2] = ["--features", "stocktake-plugin-build/component"];

const BUILD: Part = Part {
    name: "build programs and tests",
    does: "compiles everything, wasmtime with it",
    takes: "10 min",
};
const COMPONENTS: Part = Part {
    name: "components",
    does: "compiles the collector for wasm, once for each world",
    takes: "1 min",
};
const NPM: Part = Part {
    name: "npm package",
    does: "packs the collector for Node and installs it",
    takes: "20 s",
};
const WHEEL: Part = Part {
    name: "wheel",
    does: "packs the collector for Python and installs it",
    takes: "30 s",
};
const TESTS: Part = Part {
    name: "tests",
    does: "runs them",
    takes: "8 min",
};

/// Builds and runs the tests; the last line of stdout is the total.
pub(crate) fn run(workspace: &Workspace, filters: &[String]) -> anyhow::Result<ExitCode> {
    let mut parts = setup::PARTS.to_vec();
    parts.extend([BUILD, COMPONENTS, NPM, WHEEL, TESTS]);
    announce("the tests bring what they need", &parts);
    let ready = setup::everything(workspace, None)?;
    // Programs and tests in one selection: cargo then settles on one set of features and builds each dependency once.
    BUILD.run(|| {
        let mut build = workspace.cargo();
        process::run(
            build
                .arg("build")
                .args(PACKAGES)
                .args(FEATURES)
                .args(["--bins", "--tests", "--examples"])
                .envs(ready.toolchain.variables()),
        )
    })?;

    let program = workspace.target("debug/components");
    let components = Components::build_by(&program, workspace, &ready.toolchain)?;
    let node_example = NPM.run(|| node::ensure(workspace, &ready.node, &components.http()))?;
    let wheel = WHEEL.run(|| wheel::ensure(workspace, &components.transport()))?;

    eprintln!("== {}", TESTS.name);
    let start = Instant::now();
    let mut tests = workspace.cargo();
    tests
        .arg("test")
        .args(PACKAGES)
        .args(FEATURES)
        .args(["--no-fail-fast", "--"])
        .args(filters);
    tests
        .envs(ready.toolchain.variables())
        .env("STOCKTAKE_VCSIM", &ready.vcsim)
        .env("STOCKTAKE_PYTHON", &ready.python)
        .env("BENCH_GOVMOMI", &ready.govmomi)
        .env("STOCKTAKE_COMPONENTS", &components.folder)
        .env("PATH", &ready.node.path)
        .env("STOCKTAKE_EMBED_NODE", &node_example)
        .env("STOCKTAKE_EMBED_PYTHON", &wheel)
        .env("STOCKTAKE_EMBED_GO", &ready.go_example)
        .env("STOCKTAKE_REGISTRY", &ready.registry);
    let mut child = tests
        .stdout(Stdio::piped())
        .spawn()
        .context("cargo test did not start")?;
    let mut total = Total::default();
    for line in BufReader::new(child.stdout.take().context("cargo test has no output")?).lines() {
        let line = line?;
        println!("{line}");
        total.add(&line);
    }
    let success = child.wait()?.success();
    total.settle(success);
    eprintln!(
        "== tests: {} in {}",
        if success { "done" } else { "failed" },
        seconds(start.elapsed())
    );
    println!("{} passed, {} failed", total.passed, total.failed);
    Ok(if total.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The sum over all test programs.
#[derive(Debug, Default, PartialEq, Eq)]
struct Total {
    passed: usize,
    failed: usize,
}

impl Total {
    /// Adds a line of the form `test result: ok. 3 passed; 0 failed; …`; others count nothing.
    fn add(&mut self, line: &str) {
        // Output without a line break may precede it.
        let Some((_, result)) = line.split_once("test result: ") else {
            return;
        };
        let Some((_, counts)) = result.split_once(". ") else {
            return;
        };
        let count = |name: &str| {
            counts
                .split(';')
                .find_map(|part| part.trim().strip_suffix(name)?.trim().parse::<usize>().ok())
        };
        if let (Some(passed), Some(failed)) = (count("passed"), count("failed")) {
            self.passed += passed;
            self.failed += failed;
        }
    }

    /// A crashed test program prints no result, and a crate that does not compile has none: cargo's exit code decides.
    fn settle(&mut self, success: bool) {
        if !success && self.failed == 0 {
            self.failed = 1;
        }
    }
}

#[cfg(test)]
mod test {
    use super::*;

    fn total(lines: &[&str]) -> Total {
        let mut total = Total::default();
        lines.iter().for_each(|line| total.add(line));
        total
    }

    #[test]
    fn results_of_all_programs_are_added_up() {
        let sum = total(&[
            "running 3 tests",
            "test normalize::vm::test::passed ... ok",
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: FAILED. 10 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.20s",
        ]);
        assert_eq!(
            sum,
            Total {
                passed: 13,
                failed: 2
            }
        );
    }

    #[test]
    fn lines_that_only_look_like_results_count_nothing() {
        assert_eq!(
            total(&[
                "test result: soon",
                "test result: ok. many passed; no failed",
                "5 passed, 0 failed"
            ]),
            Total::default()
        );
    }

    #[test]
    fn a_result_behind_unfinished_output_counts() {
        assert_eq!(
            total(&["...test result: ok. 1 passed; 0 failed; 0 ignored"]),
            Total {
                passed: 1,
                failed: 0
            }
        );
    }

    #[test]
    fn a_failure_without_a_result_is_one_failure() {
        let mut sum = Total {
            passed: 4,
            failed: 0,
        };
        sum.settle(false);
        assert_eq!(
            sum,
            Total {
                passed: 4,
                failed: 1
            }
        );
        sum.settle(true);
        assert_eq!(sum.failed, 1);
    }
}
