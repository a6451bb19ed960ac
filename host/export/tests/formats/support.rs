//! The inventory, its variants, and Python.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};
use std::{env, fs};

use serde_json::{Value, json};
use stocktake_export::{Format, Options, Report, Response, export};
use tempfile::TempDir;

/// A file or folder of the fixtures.
pub(crate) fn fixture(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    folder.join(name)
}

/// The inventory.
pub(crate) fn inventory() -> Value {
    let text = fs::read_to_string(fixture("inventory.json")).expect("the fixture");
    serde_json::from_str(&text).expect("JSON")
}

/// The asset with this id.
pub(crate) fn asset<'v>(inventory: &'v mut Value, id: &str) -> &'v mut Value {
    let assets = inventory["assets"].as_array_mut().expect("assets");
    let found = assets.iter_mut().find(|asset| asset["external_id"] == id);
    found.expect("the asset")
}

/// The inventory with notes of 64 kB full of formulas and control characters, and a VM with 60 disks.
pub(crate) fn large_inventory() -> Value {
    let mut inventory = inventory();
    let details = &mut asset(&mut inventory, "vm-2")["details"];
    details["annotation"] = "=1+1\n\u{1}\u{1F600}".repeat(9_000).into();
    let disks = (0..60).map(|key| json!({"key": 2000 + key, "label": format!("Hard disk {key}")}));
    details["disks"] = disks.collect();
    inventory
}

/// What profile `ledger` would have made of the inventory.
pub(crate) fn ledger_inventory() -> Value {
    let mut inventory = inventory();
    for asset in inventory["assets"].as_array_mut().expect("assets") {
        asset.as_object_mut().expect("an asset").remove("details");
    }
    inventory
}

pub(crate) fn response(inventory: &Value) -> Response<Cursor<Vec<u8>>> {
    Response::new(
        "inventory.json",
        Cursor::new(inventory.to_string().into_bytes()),
    )
}

/// Options that give the same rows on every day.
pub(crate) fn options() -> Options {
    Options {
        now: SystemTime::UNIX_EPOCH + Duration::from_secs(1_796_000_000),
        ..Options::default()
    }
}

/// An export in a folder of its own.
pub(crate) struct Exported {
    pub(crate) path: PathBuf,
    pub(crate) report: Report,
    _folder: TempDir,
}

pub(crate) fn exported(inventory: &Value, format: Format) -> Exported {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(format!("inventory.{format}"));
    let report = export(&mut response(inventory), format, &path, &options());
    Exported {
        report: report.expect("an export"),
        path,
        _folder: folder,
    }
}

/// What a program in `tests/programs` prints about a file.
///
/// # Panics
/// When `STOCKTAKE_PYTHON` names no Python with the tests' packages, or the program fails.
pub(crate) fn python(program: &str, arguments: &[&Path]) -> Value {
    let python = env::var_os("STOCKTAKE_PYTHON").expect(
        "STOCKTAKE_PYTHON names a Python with the tests' packages; run the tests by `cargo xtask test`, which makes one",
    );
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    let output = Command::new(python)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .arg(programs.join(program))
        .args(arguments)
        .output()
        .expect("Python starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} failed: {errors}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}
