//! What is not exported, and what is then left: nothing.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use serde_json::{Value, json};
use stocktake_export::{Error, Format, Options, Response, export};

use super::support::{asset, inventory, options, response};

fn entries(folder: &Path) -> usize {
    fs::read_dir(folder).expect("the folder").count()
}

fn refused(inventory: &Value, format: Format) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("out");
    let error = export(&mut response(inventory), format, &path, &options());
    assert_eq!(entries(folder.path()), 0, "{format}");
    error.expect_err("a refusal").to_string()
}

#[test]
fn an_inventory_that_is_not_complete_is_refused_and_exported_when_that_is_allowed() {
    let mut short = inventory();
    short["stats"]["inventory_complete"] = false.into();
    short["errors"] = json!([{"code": "VCENTER_NETWORK_ERROR", "category": "network", "message": "connection reset", "retryable": true}]);
    for format in Format::ALL {
        assert_eq!(
            refused(&short, *format),
            "inventory.json is not a complete inventory (VCENTER_NETWORK_ERROR: connection reset), so that objects that exist can be \
             missing in it; collect again, or allow an incomplete inventory"
        );
        let folder = tempfile::tempdir().expect("a folder");
        let allowed = Options {
            allow_incomplete: true,
            ..options()
        };
        let path = folder.path().join("out");
        let report = export(&mut response(&short), *format, &path, &allowed).expect("allowed");
        assert!(!report.complete);
    }
}

#[test]
fn what_is_no_response_is_refused_with_its_place_and_leaves_nothing() {
    let mut cases: Vec<(Value, &str)> = Vec::new();
    let mut other = inventory();
    other["schema_version"] = "collector-request-v1".into();
    cases.push((
        other,
        "its `schema_version` is not \"collector-response-v1\"",
    ));
    let mut short = inventory();
    short["stats"]["assets"] = 3.into();
    cases.push((short, "`stats.assets` is 3, and it has 21 assets"));
    let mut unknown = inventory();
    asset(&mut unknown, "vm-1")["details"]["colour"] = "red".into();
    cases.push((unknown, "`details` of vm vm-1: unknown field `colour`"));
    let mut mistyped = inventory();
    asset(&mut mistyped, "host-2")["normalized"]["hardware"]["cpu_count"] = "many".into();
    cases.push((mistyped, "`normalized` of host host-2: invalid type"));
    cases.push((
        json!({"schema_version": "collector-response-v1"}),
        "missing field `assets`",
    ));
    cases.push((json!([]), "invalid type: sequence, expected an object"));
    for (case, reason) in cases {
        for format in Format::ALL {
            let message = refused(&case, *format);
            assert!(message.contains(reason), "{message}");
            assert!(message.ends_with("name a file that `stocktake collect` wrote"));
        }
    }
}

#[test]
fn a_response_that_breaks_off_leaves_nothing() {
    let text = inventory().to_string();
    for length in [0, 1, 100, text.len() / 2, text.len() - 1] {
        for format in Format::ALL {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().join("out");
            let mut response =
                Response::new("cut", Cursor::new(text.as_bytes()[..length].to_vec()));
            let error = export(&mut response, *format, &path, &options());
            assert!(matches!(error, Err(Error::Malformed { .. })), "{error:?}");
            assert_eq!(entries(folder.path()), 0);
        }
    }
}

#[test]
fn a_file_is_replaced_and_a_directory_with_contents_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    for format in Format::ALL {
        let path = folder.path().join(format.as_str());
        if format.is_directory() {
            fs::create_dir(&path).expect("an empty directory");
        } else {
            fs::write(&path, "old").expect("a file");
        }
        export(&mut response(&inventory()), *format, &path, &options()).expect("an export");
        let again = export(&mut response(&inventory()), *format, &path, &options());
        assert_eq!(again.is_err(), format.is_directory(), "{format}");
        if let Err(error) = again {
            let message = error.to_string();
            let expected = "exists and is not an empty directory; name another one, or remove it";
            assert!(message.ends_with(expected), "{message}");
        }
    }
    assert_eq!(entries(folder.path()), Format::ALL.len());
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    for format in Format::ALL {
        let path = folder.path().join("missing").join("out");
        let error = export(&mut response(&inventory()), *format, &path, &options());
        let message = error.expect_err("no folder").to_string();
        assert!(message.contains(&path.display().to_string()), "{message}");
        assert!(message.contains("No such file or directory"), "{message}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link_and_a_file_keeps_its_mode_and_what_is_no_file_is_refused() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let folder = tempfile::tempdir().expect("a folder");
    let [file, link, directory] =
        ["file", "link", "directory"].map(|name| folder.path().join(name));
    fs::write(&file, "old").expect("a file");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("a mode");
    symlink(&file, &link).expect("a link");
    fs::create_dir(&directory).expect("a directory");
    for format in Format::ALL.iter().filter(|format| !format.is_directory()) {
        export(&mut response(&inventory()), *format, &link, &options()).expect("an export");
        assert!(link.is_symlink());
        let written = fs::metadata(&file).expect("the file");
        assert!(written.len() > 3);
        assert_eq!(written.permissions().mode() & 0o777, 0o600);
        for other in [&directory, Path::new("/dev/null")] {
            let refused = export(&mut response(&inventory()), *format, other, &options());
            let message = refused.expect_err("a refusal").to_string();
            assert!(
                message.ends_with("it is there, and is not a file"),
                "{message}"
            );
        }
    }
}

#[cfg(unix)]
#[test]
fn output_has_the_mode_of_any_other_new_file() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().expect("a folder");
    let mode = |name: &str| {
        let path = folder.path().join(name);
        fs::metadata(path).expect("it").permissions().mode() & 0o777
    };
    fs::write(folder.path().join("file"), "").expect("a file");
    fs::create_dir(folder.path().join("directory")).expect("a directory");
    for format in Format::ALL {
        let path = folder.path().join(format.as_str());
        export(&mut response(&inventory()), *format, &path, &options()).expect("an export");
        let usual = if format.is_directory() {
            "directory"
        } else {
            "file"
        };
        assert_eq!(mode(format.as_str()), mode(usual), "{format}");
    }
}
