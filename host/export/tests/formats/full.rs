//! A disk that is full.

use std::io::{self, Write};
use std::process::Command;
use std::{env, fs};

use serde_json::Value;
use stocktake_export::{Error, Format, export, export_to};

use super::support::{asset, inventory, options, response};

/// Tells the test below that its process may not write large files.
const IS_LIMITED: &str = "STOCKTAKE_EXPORT_IS_LIMITED";

/// Text in which compression finds no pattern.
fn random(seed: u64) -> String {
    let mut state = seed + 1;
    let numbers = (0..8).map(|_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        format!("{:08x}", state >> 32)
    });
    numbers.collect()
}

/// An inventory whose every export is larger than the limit.
fn long_inventory() -> Value {
    let mut inventory = inventory();
    let one = asset(&mut inventory, "vm-2").clone();
    let assets = inventory["assets"].as_array_mut().expect("assets");
    for number in 0..2_000_u64 {
        let mut vm = one.clone();
        vm["external_id"] = format!("vm-{}", 1_000 + number).into();
        let identity = random(number);
        vm["normalized"]["identity"]["caption"] = identity.clone().into();
        vm["details"]["annotation"] = identity.into();
        assets.push(vm);
    }
    inventory["stats"]["assets"] = assets.len().into();
    inventory
}

/// A limit for the size of files stands for a disk that is full: writing fails in the same way.
#[cfg(unix)]
#[test]
fn a_disk_that_is_full_is_an_error_and_leaves_nothing() {
    if env::var_os(IS_LIMITED).is_some() {
        let inventory = long_inventory();
        for format in Format::ALL {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("out");
            let written = export(&mut response(&inventory), *format, &path, &options());
            let error = written.expect_err(format.as_str());
            assert!(matches!(error, Error::Write { .. }), "{format}: {error}");
            let message = error.to_string();
            assert!(message.contains(&path.display().to_string()), "{message}");
            let left = fs::read_dir(folder.path()).expect("the folder").count();
            assert_eq!(left, 0, "{format}");
        }
        return;
    }
    let test = env::current_exe().expect("this test");
    // A signal would end the process before the error is returned.
    let limited = "trap '' XFSZ; ulimit -f 64; exec \"$0\" --exact full::a_disk_that_is_full_is_an_error_and_leaves_nothing";
    let output = Command::new("sh")
        .args(["-c", limited])
        .arg(test)
        .env(IS_LIMITED, "1")
        .output()
        .expect("sh starts");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
}

/// Takes some bytes, and then none.
struct Narrow(usize);

impl Write for Narrow {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(self.0);
        self.0 -= taken;
        if taken == 0 && !bytes.is_empty() {
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn an_output_that_fails_is_an_error() {
    for format in Format::ALL.iter().filter(|format| !format.is_directory()) {
        for room in [0, 1, 100, 5_000] {
            let mut out = Narrow(room);
            let written = export_to(
                &mut response(&inventory()),
                *format,
                "stdout",
                &mut out,
                &options(),
            );
            let message = written.expect_err("no room").to_string();
            assert!(
                message.starts_with("cannot write stdout: "),
                "{format}: {message}"
            );
        }
    }
}
