//! `--output` writes complete inventories only; `--output-failed` writes the documents of failed runs.

use std::fs;
use std::path::Path;

use serde_json::Value;
use stocktake_simulator::Fault;
use stocktake_tests::executable::{run, run_against};
use stocktake_tests::server;

const GOOD: &str = "the last good one";

fn argument(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

#[test]
fn a_failed_run_never_replaces_a_good_file_in_any_format() {
    let simulated = server::simulator(&[Fault::WithholdVm]);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("inventory");
    let kept = folder.path().join("failed");
    let mut runs = vec![vec!["sync"]];
    for format in ["csv", "table", "ndjson", "json"] {
        runs.push(vec!["collect", "--format", format]);
    }
    for mut arguments in runs {
        fs::write(&file, GOOD).expect("written");
        arguments.extend(["--output", argument(&file)]);
        let output = run_against(&simulated.server, arguments[0], &arguments[1..]);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}");
        assert_eq!(fs::read_to_string(&file).expect("the file"), GOOD);
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(message.contains("error: INVENTORY_INCOMPLETE"), "{message}");
        assert!(message.contains("--output-failed"), "{message}");
        assert!(output.stdout.is_empty());

        arguments.extend(["--output-failed", argument(&kept)]);
        let output = run_against(&simulated.server, arguments[0], &arguments[1..]);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}");
        assert_eq!(fs::read_to_string(&file).expect("the file"), GOOD);
        let document = fs::read_to_string(&kept).expect("what the run has");
        assert!(document.lines().count() > 0, "{arguments:?}");
        fs::remove_file(&kept).expect("removed");
        let left = fs::read_dir(folder.path()).expect("the folder").count();
        assert_eq!(left, 1, "no draft is left");
    }
    simulated.assert_clean();
}

#[test]
fn what_a_failed_run_has_is_a_whole_document_and_a_complete_one_goes_to_output() {
    let failing = server::simulator(&[Fault::WithholdVm]);
    let sound = server::simulator(&[]);
    let folder = tempfile::tempdir().expect("a folder");
    let [file, kept] = ["good.json", "failed.json"].map(|name| folder.path().join(name));
    let to = [
        "--output",
        argument(&file),
        "--output-failed",
        argument(&kept),
    ];
    let output = run_against(&failing.server, "collect", &to);
    assert_eq!(output.status.code(), Some(3));
    assert!(!file.exists());
    let document: Value = serde_json::from_slice(&fs::read(&kept).expect("a file")).expect("JSON");
    assert_eq!(document["errors"][0]["code"], "INVENTORY_INCOMPLETE");
    assert_eq!(run(&["validate", argument(&kept)]).status.code(), Some(0));

    let before = fs::read(&kept).expect("a file");
    let output = run_against(&sound.server, "collect", &to);
    assert_eq!(output.status.code(), Some(0));
    let document: Value = serde_json::from_slice(&fs::read(&file).expect("a file")).expect("JSON");
    assert_eq!(document["stats"]["inventory_complete"], true);
    assert_eq!(fs::read(&kept).expect("a file"), before, "it is unchanged");
}

#[cfg(unix)]
#[test]
fn a_file_keeps_its_mode_and_a_new_one_has_that_of_the_umask() {
    use std::os::unix::fs::PermissionsExt as _;
    use stocktake_tests::executable::command_against;

    let simulated = server::simulator(&[]);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("inventory.json");
    let mode = || {
        let there = fs::metadata(&file).expect("the file");
        there.permissions().mode() & 0o7777
    };
    let collect = || {
        let arguments = ["--output", argument(&file)];
        let direct = command_against(&simulated.server, "collect", &arguments);
        let mut command = stocktake_tests::executable::isolated(std::process::Command::new("sh"));
        command
            .args(["-c", "umask 027; exec \"$@\"", "sh"])
            .arg(direct.get_program())
            .args(direct.get_args())
            .env("TEST_PASSWORD", &simulated.server.password);
        let output = command.output().expect("sh starts");
        assert_eq!(output.status.code(), Some(0), "{output:?}");
    };
    collect();
    assert_eq!(mode(), 0o640);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o604)).expect("a mode");
    collect();
    assert_eq!(mode(), 0o604);
}

#[test]
fn files_that_cannot_hold_both_are_refused_before_anything_is_asked() {
    let simulated = server::simulator(&[]);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("inventory.json");
    let missing = folder.path().join("missing/failed.json");
    for (arguments, part) in [
        (vec!["--output-failed", argument(&file)], "--output <FILE>"),
        (
            vec![
                "--output",
                argument(&file),
                "--output-failed",
                argument(&file),
            ],
            "name two files",
        ),
        (
            vec![
                "--output",
                argument(&file),
                "--output-failed",
                argument(&missing),
            ],
            "error: --output-failed ",
        ),
        (
            vec!["--output", "/dev/null", "--output-failed", argument(&file)],
            "--output-failed needs a regular file",
        ),
    ] {
        let output = run_against(&simulated.server, "collect", &arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {output:?}");
        let message = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(message.contains(part), "{part}: {message}");
    }
    assert_eq!(simulated.simulator.counters().requests, 0);
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
}
