//! Instructions of the reader and of the validation, counted by callgrind: two commits compare exactly.

mod report;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, bail};
use serde_json::Value;

use crate::apt::{self, Package};
use crate::process;
use crate::progress::{note, step};
use crate::tool::{self, Tool};
use crate::wasm_target;
use crate::workspace::Workspace;

use report::{Count, Sizes};

/// Every benchmark of the package.
pub(crate) const BENCHES: [&str; 2] = ["reader", "validation"];

const PACKAGE: &str = "stocktake-benches";
const RUNNER: &str = "gungraun-runner";

/// The baseline of the counts, and the name under which they are stored.
#[derive(Debug, Default)]
pub(crate) struct Baselines {
    pub(crate) against: Option<String>,
    pub(crate) save: Option<String>,
}

/// Counts the instructions of `benches`, or of all when none is named, and prints a table.
pub(crate) fn run(
    workspace: &Workspace,
    baselines: &Baselines,
    benches: &[String],
) -> anyhow::Result<()> {
    let toolchain = wasm_target::PART.run(|| wasm_target::ensure(workspace))?;
    step("valgrind", || apt::ensure(&packages()))?;
    let runner = step(RUNNER, || install(workspace))?;
    step("build benchmarks", || {
        process::run(
            bench(workspace, benches)
                .arg("--no-run")
                .envs(toolchain.variables()),
        )
    })?;
    let counts = step("count", || {
        let mut cargo = bench(workspace, benches);
        // By `GUNGRAUN_RUNNER` it would be found too, but benchmarks are compiled anew when that changes.
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::iter::once(runner).chain(std::env::split_paths(&path));
        cargo
            .env("PATH", std::env::join_paths(folders)?)
            .envs(toolchain.variables());
        count(&mut cargo, baselines)
    })?;
    let sizes = fs::read_to_string(workspace.target("tmp/instructions/sizes.json"))
        .context("the benchmarks left no sizes of their inputs")?;
    print!("{}", report::table(&counts, &Sizes::parse(&sizes)?));
    Ok(())
}

fn packages() -> Vec<Package> {
    vec![Package {
        name: "valgrind",
        elsewhere: "Valgrind 3.19 or newer",
        present: || process::find("valgrind").is_some(),
    }]
}

/// The folder of the program that runs the benchmarks; it must be of the library's own version.
fn install(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let version = workspace
        .locked(RUNNER)?
        .with_context(|| format!("Cargo.lock has no {RUNNER}"))?;
    let tool = Tool {
        package: RUNNER,
        version: &version,
        program: RUNNER,
        optimised: true,
        takes: "some minutes",
    };
    let mut folder = tool::install(workspace, &tool)?;
    folder.pop();
    Ok(folder)
}

fn bench(workspace: &Workspace, benches: &[String]) -> Command {
    let mut cargo = workspace.cargo();
    cargo.args(["bench", "--locked", "--package", PACKAGE]);
    for bench in BENCHES {
        if benches.is_empty() || benches.iter().any(|name| name == bench) {
            cargo.args(["--bench", bench]);
        }
    }
    cargo
}

fn count(cargo: &mut Command, baselines: &Baselines) -> anyhow::Result<Vec<Count>> {
    cargo.args(["--quiet", "--", "--output-format=json"]);
    if let Some(name) = &baselines.against {
        cargo.arg(format!("--baseline={name}"));
    }
    if let Some(name) = &baselines.save {
        cargo.arg(format!("--save-baseline={name}"));
    }
    let mut child = cargo
        .stdout(Stdio::piped())
        .spawn()
        .context("cargo bench did not start")?;
    let output = child.stdout.take().context("cargo bench has no output")?;
    let mut counts = Vec::new();
    for line in BufReader::new(output).lines() {
        let line = line?;
        let Ok(summary) = serde_json::from_str::<Value>(&line) else {
            note(line);
            continue;
        };
        let count = Count::of(&summary)?;
        note(format!("{} {}", count.name(), count.new));
        counts.push(count);
    }
    let status = child.wait()?;
    if !status.success() {
        bail!("cargo bench failed: {status}");
    }
    Ok(counts)
}
