//! Fuzzing of the collector's core and of the filter language: the targets of `tests/fuzz`, one after the other, each for a while.

use std::fs;
use std::path::Path;
use std::process::{Command, ExitCode};

use anyhow::Context;

use crate::apt::{self, Package};
use crate::process;
use crate::progress::{note, step};
use crate::tool;
use crate::workspace::Workspace;

/// Every target.
pub(crate) const TARGETS: [&str; 6] = [
    "soap_reader",
    "fault_reader",
    "names",
    "request",
    "page_protocol",
    "filter",
];

const MANIFEST: &str = "tests/fuzz/Cargo.toml";

/// Fuzzes `targets`, or all when none is named, for `seconds` each.
pub(crate) fn run(
    workspace: &Workspace,
    seconds: u32,
    targets: &[String],
) -> anyhow::Result<ExitCode> {
    let chosen: Vec<&str> = TARGETS
        .into_iter()
        .filter(|target| targets.is_empty() || targets.iter().any(|name| name == target))
        .collect();
    step("C++ compiler", || apt::ensure(&packages()))?;
    let cargo_fuzz = step("cargo-fuzz", || tool::checker(workspace, "cargo-fuzz"))?;
    step("seeds", || write_seeds(workspace))?;
    let build = Build::find(workspace)?;
    step("build fuzz targets", || build.run(&cargo_fuzz))?;
    let mut broken = Vec::new();
    for target in chosen {
        // The next target is worth running although this one has found something.
        if let Err(error) = step(target, || build.fuzz(target, seconds)) {
            eprintln!("error: {error:#}");
            broken.push(target);
        }
    }
    if broken.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!(
        "error: {} failed; inputs that were found lie under {}: repair what they break, and keep each as tests/fuzz/regressions/TARGET/what-it-shows",
        broken.join(", "),
        workspace.target("fuzz/artifacts").display()
    );
    Ok(ExitCode::FAILURE)
}

/// The compiler of libFuzzer, which is C++.
fn packages() -> Vec<Package> {
    vec![Package {
        name: "g++",
        elsewhere: "a C++ compiler that runs as `c++`, or its name in CXX",
        present: || std::env::var_os("CXX").is_some() || process::find("c++").is_some(),
    }]
}

/// Derives the first inputs from the fixtures.
fn write_seeds(workspace: &Workspace) -> anyhow::Result<()> {
    process::run(
        workspace
            .cargo()
            .args(["run", "--quiet", "--locked", "--no-default-features"])
            .args(["--manifest-path", MANIFEST, "--example", "seeds", "--"])
            .arg(workspace.target("fuzz/corpus"))
            .arg(workspace.root.join("fixtures"))
            .env("CARGO_TARGET_DIR", workspace.target("fuzz/build")),
    )
    .with_context(|| {
        format!("no seeds; after a change of the dependencies of core or filter, run `cargo update --workspace --manifest-path {MANIFEST}`")
    })
}

/// The targets as programs.
#[derive(Debug)]
struct Build<'w> {
    workspace: &'w Workspace,
    /// The machine's own triple.
    host: String,
    sanitizer: &'static str,
}

impl<'w> Build<'w> {
    fn find(workspace: &'w Workspace) -> anyhow::Result<Self> {
        let rustc = |argument: &[&str]| {
            let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
            process::output(
                Command::new(rustc)
                    .args(argument)
                    .current_dir(&workspace.root),
            )
        };
        let about = rustc(&["-vV"])?;
        let host = about
            .lines()
            .find_map(|line| line.strip_prefix("host: "))
            .context("rustc does not print its host")?;
        let libraries = rustc(&["--print", "target-libdir"])?;
        Ok(Self {
            workspace,
            host: host.to_owned(),
            sanitizer: sanitizer(Path::new(libraries.trim())),
        })
    }

    fn run(&self, cargo_fuzz: &Path) -> anyhow::Result<()> {
        note(format!("sanitizer: {}", self.sanitizer));
        process::run(
            Command::new(cargo_fuzz)
                .args(["fuzz", "build", "--sanitizer", self.sanitizer])
                .args(["--target", &self.host, "--fuzz-dir", "tests/fuzz"])
                .current_dir(&self.workspace.root)
                .env("CARGO_TARGET_DIR", self.workspace.target("fuzz/build"))
                // Instrumentation is unstable; with this the stable compiler does it too.
                .env("RUSTC_BOOTSTRAP", "1"),
        )
    }

    fn fuzz(&self, target: &str, seconds: u32) -> anyhow::Result<()> {
        let below = |folder: &str| self.workspace.target("fuzz").join(folder).join(target);
        let (corpus, artifacts) = (below("corpus"), below("artifacts"));
        fs::create_dir_all(&corpus)?;
        fs::create_dir_all(&artifacts)?;
        let mut prefix = std::ffi::OsString::from("-artifact_prefix=");
        prefix.push(artifacts.join(""));
        let programs = self.workspace.target("fuzz/build").join(&self.host);
        let program = programs.join("release").join(target);
        let mut command = Command::new(program);
        command
            .arg(format!("-max_total_time={seconds}"))
            .args(["-rss_limit_mb=512", "-timeout=10", "-print_final_stats=1"])
            .args(["-verbosity=0"])
            .arg(prefix)
            .arg(&corpus)
            .current_dir(&self.workspace.root)
            // Memory that was freed is kept aside for a while, and counts as used.
            .env(
                "ASAN_OPTIONS",
                "quarantine_size_mb=32:detect_odr_violation=0",
            );
        let regressions = self
            .workspace
            .root
            .join("tests/fuzz/regressions")
            .join(target);
        if regressions.is_dir() {
            command.arg(regressions);
        }
        process::run(&mut command)
    }
}

/// The sanitizer whose runtime the compiler includes; else none, which still finds panics.
fn sanitizer(libraries: &Path) -> &'static str {
    let has_runtime = fs::read_dir(libraries).is_ok_and(|entries| {
        entries
            .flatten()
            .any(|entry| entry.file_name().to_string_lossy().contains("rt.asan"))
    });
    if has_runtime { "address" } else { "none" }
}

#[cfg(test)]
mod test {
    use super::*;

    #[test]
    fn a_sanitizer_needs_its_runtime() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(sanitizer(folder.path()), "none");
        assert_eq!(sanitizer(&folder.path().join("absent")), "none");
        fs::write(folder.path().join("librustc-stable_rt.asan.a"), "").expect("written");
        assert_eq!(sanitizer(folder.path()), "address");
    }

    #[test]
    fn every_target_has_its_program_and_is_replayed() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let manifest = fs::read_to_string(root.join(MANIFEST)).expect("the manifest");
        let replayed: String = [
            "plugin/core/tests/properties/regressions.rs",
            "host/filter/tests/properties/main.rs",
        ]
        .iter()
        .map(|file| fs::read_to_string(root.join(file)).expect("the tests"))
        .collect();
        for target in TARGETS {
            assert!(
                manifest.contains(&format!("name = \"{target}\"")),
                "{target}"
            );
            assert!(
                replayed.contains(&format!("replay(\"{target}\"")),
                "{target}"
            );
        }
        assert_eq!(manifest.matches("[[bin]]").count(), TARGETS.len());
    }
}
