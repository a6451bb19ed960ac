//! The machine and versions of the measurements.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::Arguments;
use crate::table::count;

/// The report's head: machine, versions, sizes, and how often each program ran.
pub(crate) fn describe(arguments: &Arguments) -> Result<String> {
    let programs = &arguments.programs;
    let cores = std::thread::available_parallelism()?;
    let component = component_bytes(&programs.stocktake)?;
    let executable = fs::metadata(&programs.stocktake)?.len();
    let mut text = String::new();
    let _ = writeln!(
        text,
        "Machine: {}, {cores} cores, Linux {}.",
        processor(),
        kernel()
    );
    let _ = writeln!(
        text,
        "Versions: {}, govmomi {}, {} on {}.",
        answer(&programs.stocktake, &["--version"])?,
        govmomi_version(),
        answer(&programs.python, &["-c", PYVMOMI_VERSION])?,
        answer(&programs.python, &["--version"])?,
    );
    let _ = writeln!(
        text,
        "Sizes: component {} bytes, executable {} bytes.",
        count(component),
        count(executable)
    );
    let _ = writeln!(
        text,
        "Medians of {} runs in turn, whole processes; ratios are medians of the ratios of runs one after the other.",
        arguments.runs
    );
    Ok(text)
}

const PYVMOMI_VERSION: &str =
    "from importlib.metadata import version; print('pyVmomi', version('pyvmomi'))";

fn answer(program: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program).args(arguments).output();
    let output = output.with_context(|| format!("{} does not start", program.display()))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn component_bytes(stocktake: &Path) -> Result<u64> {
    let inspected = answer(stocktake, &["inspect", "--format", "json"])?;
    let inspected: serde_json::Value = serde_json::from_str(&inspected)?;
    inspected["size"].as_u64().context("inspect prints no size")
}

/// The package that the peer and the simulator are built from.
fn govmomi_version() -> String {
    let query = ["-W", "-f=${Version}", "golang-github-vmware-govmomi-dev"];
    answer(Path::new("dpkg-query"), &query).unwrap_or_else(|_| "of unknown version".to_owned())
}

fn processor() -> String {
    let text = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let line = text.lines().find(|line| line.starts_with("model name"));
    let name = line.and_then(|line| line.split_once(": "));
    name.map_or("an unknown processor", |(_, name)| name.trim())
        .to_owned()
}

fn kernel() -> String {
    let text = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    text.trim().to_owned()
}
