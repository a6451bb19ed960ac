//! Compiled code that outlives its process.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use stocktake_tests::executable;
use stocktake_tests::{request, server};
use tempfile::TempDir;

const PUT: &str = "compiled code was put into the cache";
const TAKEN: &str = "compiled code was taken from the cache";

/// Loads the built-in component and asks it who it is, without a vCenter.
fn inspect() -> Command {
    let mut command = executable::command(&["inspect"]);
    command.env("STOCKTAKE_LOG", "warn,stocktake_runtime=debug");
    command
}

fn inspect_with(directory: &Path) -> Output {
    let mut command = inspect();
    let output = command.env("STOCKTAKE_CACHE_DIR", directory).output();
    succeeded(output.expect("stocktake starts"))
}

fn succeeded(output: Output) -> Output {
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let message = String::from_utf8_lossy(&output.stdout);
    assert!(message.contains("it can be run"), "{message}");
    output
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(directory).expect("the directory");
    files.map(|file| file.expect("a file").path()).collect()
}

fn folder() -> TempDir {
    tempfile::tempdir().expect("a folder")
}

#[test]
fn the_second_process_takes_what_the_first_compiled() {
    let folder = folder();
    let directory = folder.path().join("compiled");
    let first = inspect_with(&directory);
    assert!(stderr(&first).contains(PUT), "{}", stderr(&first));
    let second = inspect_with(&directory);
    assert!(stderr(&second).contains(TAKEN), "{}", stderr(&second));
    assert_eq!(first.stdout, second.stdout);
    assert_eq!(files(&directory).len(), 1);
}

#[test]
fn a_damaged_entry_is_compiled_again_and_healed() {
    let folder = folder();
    inspect_with(folder.path());
    let [entry] = &files(folder.path())[..] else {
        panic!("one entry");
    };
    let whole = fs::read(entry).expect("an entry");
    let mut damaged = whole.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    fs::write(entry, &damaged).expect("written");

    let output = inspect_with(folder.path());
    assert!(stderr(&output).contains(PUT), "{}", stderr(&output));
    assert!(
        stderr(&output).contains("digest does not match"),
        "{}",
        stderr(&output)
    );
    assert_ne!(fs::read(entry).expect("an entry"), damaged);
    let output = inspect_with(folder.path());
    assert!(stderr(&output).contains(TAKEN), "{}", stderr(&output));
}

#[test]
fn processes_that_start_together_compile_once_and_share_one_entry() {
    let folder = folder();
    let start = || {
        inspect()
            .env("STOCKTAKE_CACHE_DIR", folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("stocktake starts")
    };
    let children: Vec<_> = (0..4).map(|_| start()).collect();
    let mut compiled = 0;
    for child in children {
        let output = succeeded(child.wait_with_output().expect("it ends"));
        let message = stderr(&output);
        assert!(!message.contains("WARN"), "{message}");
        assert!(
            message.contains(PUT) != message.contains(TAKEN),
            "{message}"
        );
        compiled += usize::from(message.contains(PUT));
    }
    assert_eq!(compiled, 1);
    assert_eq!(files(folder.path()).len(), 1);
    assert!(stderr(&inspect_with(folder.path())).contains(TAKEN));
}

#[test]
fn a_directory_that_others_can_write_is_named_and_not_used() {
    let folder = folder();
    let mode = Permissions::from_mode(0o770);
    fs::set_permissions(folder.path(), mode).expect("permissions");
    let mut command = inspect();
    command
        .env_remove("STOCKTAKE_LOG")
        .env("STOCKTAKE_CACHE_DIR", folder.path());
    let message = stderr(&succeeded(command.output().expect("stocktake starts")));
    let cure = format!("run `chmod go-w {}`", folder.path().display());
    assert!(
        message.contains("WARN") && message.contains(&cure),
        "{message}"
    );
    assert_eq!(files(folder.path()), <[PathBuf; 0]>::default());
}

#[test]
fn code_is_kept_among_the_users_caches_or_nowhere() {
    let folder = folder();
    let run = |environment: &[(&str, &str)]| {
        let mut command = inspect();
        command
            .env_remove("STOCKTAKE_CACHE_DIR")
            .env_remove("HOME")
            .env_remove("STOCKTAKE_LOG")
            .envs(environment.iter().copied());
        let output = succeeded(command.output().expect("stocktake starts"));
        assert_eq!(stderr(&output), "");
    };
    let home = folder.path().to_str().expect("UTF-8");
    run(&[]);
    run(&[("HOME", home), ("STOCKTAKE_CACHE_DIR", "")]);
    assert_eq!(files(folder.path()), <[PathBuf; 0]>::default());
    run(&[("HOME", home)]);
    assert_eq!(
        files(&folder.path().join(".cache/stocktake/compiled")).len(),
        1
    );
}

#[test]
fn a_ledgers_plugin_uses_the_cache() {
    let simulated = server::simulator(&[]);
    let folder = folder();
    let ca_file = simulated.server.ca_file.as_ref().expect("a CA");
    let environment = [
        ("STOCKTAKE_CA_FILE", ca_file.to_str().expect("UTF-8")),
        (
            "STOCKTAKE_CACHE_DIR",
            folder.path().to_str().expect("UTF-8"),
        ),
        ("STOCKTAKE_LOG", "stocktake_runtime=debug"),
    ];
    let asked = request::to(&simulated.server, "healthcheck").to_string();
    for expected in [PUT, TAKEN] {
        let output = executable::plugin(&asked, &environment);
        assert_eq!(output.status.code(), Some(0));
        assert!(stderr(&output).contains(expected), "{}", stderr(&output));
    }
    simulated.assert_clean();
}
