//! The archive of a release, with the executables that were built for the tests.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Component, Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use stocktake_release::archive::{self, Entry, Kind};
use stocktake_release::contents::{Sources, gather};
use stocktake_release::sums;
use stocktake_tests::executable;

const DATE: u64 = 1_767_225_600;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The folder of the executables.
fn executables() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let executable = executable::development();
    FOLDER.get_or_init(|| executable.parent().expect("a folder").to_owned())
}

fn entries() -> Vec<Entry> {
    let components = tempfile::tempdir().expect("a folder");
    for world in ["vcenter", "vcenter-transport", "vcenter-command"] {
        let file = components.path().join(world).with_extension("wasm");
        fs::write(file, world).expect("a component");
    }
    fs::write(components.path().join("notes.txt"), "").expect("no component");
    let sources = Sources {
        executables: executables(),
        root: root(),
        components: components.path(),
    };
    gather(&sources).expect("every part is there")
}

/// Mode, owner and time of each entry, from `tar`, by path.
fn listing(archive: &Path) -> BTreeMap<String, String> {
    let listed = Command::new("tar")
        .args(["--list", "--verbose", "--numeric-owner", "--utc", "--file"])
        .arg(archive)
        .output()
        .expect("tar starts");
    assert!(listed.status.success(), "{listed:?}");
    let text = String::from_utf8(listed.stdout).expect("UTF-8");
    let mut entries = BTreeMap::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let [mode, owner, _, day, time, path @ ..] = words.as_slice() else {
            panic!("{line}");
        };
        entries.insert(path.join(" "), format!("{mode} {owner} {day} {time}"));
    }
    entries
}

#[test]
fn the_archive_holds_every_part_with_its_mode_and_nobodys_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("stocktake.tar.gz");
    let out = File::create(&path).expect("a file");
    archive::write(out, "stocktake-0.1.0", entries(), DATE).expect("an archive");

    let listed = listing(&path);
    let of = |mode: &str| format!("{mode} 0/0 2026-01-01 00:00");
    for (name, mode) in [
        ("bin/stocktake", "-rwxr-xr-x"),
        ("bin/stocktake-plugin -> stocktake", "lrwxrwxrwx"),
        ("bin/stocktake-dev", "-rwxr-xr-x"),
        (
            "share/bash-completion/completions/stocktake-dev",
            "-rw-r--r--",
        ),
        ("share/man/man1/stocktake-dev-demo.1", "-rw-r--r--"),
        ("README.md", "-rw-r--r--"),
        ("LICENSE", "-rw-r--r--"),
        ("CHANGELOG.md", "-rw-r--r--"),
        ("host/guide/collecting.md", "-rw-r--r--"),
        ("share/bash-completion/completions/stocktake", "-rw-r--r--"),
        ("share/zsh/site-functions/_stocktake", "-rw-r--r--"),
        (
            "share/fish/vendor_completions.d/stocktake.fish",
            "-rw-r--r--",
        ),
        ("share/powershell/stocktake.ps1", "-rw-r--r--"),
        ("share/man/man1/stocktake.1", "-rw-r--r--"),
        ("share/man/man1/stocktake-collect.1", "-rw-r--r--"),
        ("share/stocktake/vcenter.wasm", "-rw-r--r--"),
        ("share/stocktake/vcenter-transport.wasm", "-rw-r--r--"),
        ("share/stocktake/vcenter-command.wasm", "-rw-r--r--"),
    ] {
        let entry = listed.get(&format!("stocktake-0.1.0/{name}"));
        assert_eq!(entry, Some(&of(mode)), "{name} in {listed:#?}");
    }
    assert!(!listed.keys().any(|name| name.contains("notes")));

    let unpacked = Command::new("tar")
        .args(["--extract", "--file"])
        .arg(&path)
        .arg("--directory")
        .arg(folder.path())
        .status();
    assert!(unpacked.expect("tar starts").success());
    let plugin = folder.path().join("stocktake-0.1.0/bin/stocktake-plugin");
    let answer = executable::feed(&mut Command::new(plugin), b"{}");
    assert_eq!(answer.status.code(), Some(1), "{answer:?}");
    assert!(
        answer.stdout.starts_with(b"{\"schema_version\""),
        "{answer:?}"
    );
}

/// The targets of the relative links of a Markdown text, from the root of the archive.
fn links(path: &str, text: &str) -> Vec<String> {
    let folder = Path::new(path).parent().expect("a folder");
    let targets = text.split("](").skip(1);
    let targets = targets.filter_map(|rest| rest.split([')', '#']).next());
    let relative = targets.filter(|target| !target.is_empty() && !target.contains("://"));
    let resolved = relative.map(|target| {
        let mut path = PathBuf::new();
        for part in folder.join(target).components() {
            match part {
                Component::ParentDir => assert!(path.pop(), "{target} leaves the archive"),
                part => path.push(part),
            }
        }
        path.to_str().expect("UTF-8").to_owned()
    });
    resolved.collect()
}

#[test]
fn what_readme_and_guide_link_to_is_in_the_archive_but_for_sources() {
    const SOURCES: [&str; 5] = [
        "fixtures/",
        "host/example/",
        "host/runtime",
        "plugin/",
        "tests/",
    ];
    let entries = entries();
    let is_there = |path: &str| {
        let below = format!("{path}/");
        let paths = entries.iter().map(|entry| &entry.path);
        paths
            .into_iter()
            .any(|entry| entry == path || entry.starts_with(&below))
    };
    let mut checked = Vec::new();
    for entry in &entries {
        let Kind::File(bytes) = &entry.kind else {
            continue;
        };
        if entry.path != "README.md" && !entry.path.starts_with("host/guide/") {
            continue;
        }
        let text = String::from_utf8(bytes.clone()).expect("UTF-8");
        for target in links(&entry.path, &text) {
            let is_source = SOURCES.iter().any(|folder| target.starts_with(folder));
            assert!(
                is_source || is_there(&target),
                "{} links to {target}",
                entry.path
            );
            checked.push(target);
        }
    }
    for target in [
        "host/guide/README.md",
        "host/guide/privileges.md",
        "wit/worlds.wit",
    ] {
        assert!(checked.iter().any(|link| link == target), "{checked:#?}");
    }
}

#[test]
fn the_same_files_give_the_same_bytes_in_whatever_order() {
    let [mut first, mut second] = [Vec::new(), Vec::new()];
    let entry = |path: &str, kind| Entry {
        path: path.to_owned(),
        kind,
    };
    let entries = vec![
        entry("b", Kind::File(vec![7; 100_000])),
        entry("a/program", Kind::Program(b"program".to_vec())),
        entry("a/link", Kind::Link("program".to_owned())),
        entry(&"long/".repeat(40), Kind::File(Vec::new())),
    ];
    let reversed = entries.iter().rev().cloned().collect();
    archive::write(&mut first, "root", entries.clone(), DATE).expect("an archive");
    archive::write(&mut second, "root", reversed, DATE).expect("an archive");
    assert_eq!(first, second);
    let mut later = Vec::new();
    archive::write(&mut later, "root", entries, DATE + 1).expect("an archive");
    assert_ne!(first, later);
}

#[test]
fn a_release_without_components_is_refused() {
    let empty = tempfile::tempdir().expect("a folder");
    let sources = Sources {
        executables: executables(),
        root: root(),
        components: empty.path(),
    };
    let refused = gather(&sources).expect_err("no components").to_string();
    assert!(refused.contains("cargo xtask components"), "{refused}");
}

#[test]
fn sha256sum_accepts_the_sums_and_notices_a_changed_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("stocktake.tar.gz");
    fs::write(&file, "archive").expect("written");
    fs::write(folder.path().join("another"), "").expect("written");
    let text = sums::of(folder.path(), &["stocktake.tar.gz", "another"]).expect("sums");
    fs::write(folder.path().join("SHA256SUMS"), text).expect("written");
    let check = || {
        Command::new("sha256sum")
            .args(["--check", "--strict", "SHA256SUMS"])
            .current_dir(folder.path())
            .output()
            .expect("sha256sum starts")
    };
    let accepted = check();
    assert!(accepted.status.success(), "{accepted:?}");
    let expected = "another: OK\nstocktake.tar.gz: OK\n";
    assert_eq!(String::from_utf8_lossy(&accepted.stdout), expected);
    fs::write(&file, "Archive").expect("written");
    assert!(!check().status.success());
}
