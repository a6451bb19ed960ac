//! Workbooks and CSV files.

use std::collections::BTreeSet;
use std::path::Path;
use std::{env, fs};

use serde_json::{Value, json};
use stocktake_export::{Format, sheets};

use super::support::{
    asset, exported, fixture, inventory, large_inventory, ledger_inventory, python,
};

/// The value below a column's name in the first row of which another column has a value.
fn cell<'v>(sheets: &'v Value, sheet: &str, row: (&str, &str), column: &str) -> &'v Value {
    let rows = sheets[sheet].as_array().expect("rows");
    let header = rows[0].as_array().expect("a header");
    let place = |name: &str| header.iter().position(|known| known == name);
    let (key, wanted) = (place(row.0).expect("a key"), place(column));
    let wanted = wanted.unwrap_or_else(|| panic!("{sheet} has no column {column}"));
    let found = rows[1..].iter().find(|cells| cells[key] == row.1);
    &found.unwrap_or_else(|| panic!("{sheet} has no row {row:?}"))[wanted]
}

#[test]
fn the_inventory_of_these_tests_is_valid() {
    let schemas = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit/schemas");
    let found = python("valid.py", &[&schemas, &fixture("inventory.json")]);
    assert_eq!(found, json!([]));
}

/// Changed on purpose? `STOCKTAKE_BLESS=1 cargo test -p stocktake-export` writes the files anew; review them like code.
#[test]
fn every_sheet_has_the_expected_rows() {
    let csv = exported(&inventory(), Format::Csv);
    let folder = fixture("sheets");
    if env::var_os("STOCKTAKE_BLESS").is_some() && env::var_os("CI").is_none() {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).expect("a folder");
        for entry in fs::read_dir(&csv.path).expect("the export") {
            let entry = entry.expect("an entry");
            fs::copy(entry.path(), folder.join(entry.file_name())).expect("copied");
        }
    }
    let written: BTreeSet<_> = names(&csv.path);
    assert_eq!(written, names(&folder));
    for name in written {
        let text = |folder: &Path| fs::read_to_string(folder.join(&name)).expect("a file");
        assert_eq!(text(&csv.path), text(&folder), "{name}");
    }
}

fn names(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    names
        .map(|name| name.into_string().expect("UTF-8"))
        .collect()
}

#[test]
fn a_workbook_that_openpyxl_reads_has_the_cells_that_python_reads_in_the_csv_files() {
    for inventory in [inventory(), large_inventory(), ledger_inventory()] {
        let workbook = python("xlsx.py", &[&exported(&inventory, Format::Xlsx).path]);
        let mut files = python("sheets.py", &[&exported(&inventory, Format::Csv).path]);
        let names: Vec<&str> = sheets().iter().map(|sheet| sheet.name).collect();
        let read: Vec<&String> = workbook.as_object().expect("sheets").keys().collect();
        assert_eq!(read.len(), names.len());
        for name in names {
            let rows = files[name].as_array_mut().expect(name);
            for cell in rows
                .iter_mut()
                .flat_map(|row| row.as_array_mut().expect("cells"))
            {
                if let Some(text) = cell.as_str() {
                    // An apostrophe disarms a formula in CSV, where a cell has no type; a time in a workbook has no fractions here.
                    let text = text.strip_prefix('\'').unwrap_or(text);
                    let text = text.replace(".5Z", "Z").replace("\r\n", "\n");
                    *cell = text.into();
                }
            }
            assert_eq!(&workbook[name], &files[name], "{name}");
        }
    }
}

#[test]
fn text_that_a_spreadsheet_would_run_is_text() {
    let inventory = inventory();
    let csv = exported(&inventory, Format::Csv);
    let files = python("sheets.py", &[&csv.path]);
    let web = ("VM", "web-1");
    assert_eq!(cell(&files, "vInfo", web, "Owner"), "'=cmd|' /C calc'!A0");
    assert_eq!(cell(&files, "vSnapshot", web, "Description"), "'=1+1");
    assert_eq!(
        cell(&files, "vInfo", ("VM ID", "vm-4"), "VM"),
        "'+web-1 copy"
    );
    assert!(csv.report.disarmed_cells > 0);

    // xlsx.py fails on a cell that is a formula.
    let workbook = exported(&inventory, Format::Xlsx);
    assert_eq!(workbook.report.disarmed_cells, 0);
    let workbook = python("xlsx.py", &[&workbook.path]);
    assert_eq!(cell(&workbook, "vInfo", web, "Owner"), "=cmd|' /C calc'!A0");
}

#[test]
fn long_text_and_control_characters_are_changed_in_their_cell_only_and_reported() {
    let workbook = exported(&large_inventory(), Format::Xlsx);
    assert_eq!(workbook.report.cut_cells, 1);
    assert_eq!(workbook.report.cleaned_cells, 1);
    assert_eq!(workbook.report.rows["vDisk"], 63);
    let read = python("xlsx.py", &[&workbook.path]);
    let note = cell(&read, "vInfo", ("VM ID", "vm-2"), "Annotation");
    let note = note.as_str().expect("a note");
    assert!(
        note.starts_with("=1+1\n\u{FFFD}\u{1F600}=1+1"),
        "{note:.40}"
    );
    assert!(note.ends_with(" […]"));
    let units = note.encode_utf16().count();
    assert!((32_760..=32_767).contains(&units), "{units}");
    let name = cell(&read, "vInfo", ("VM ID", "vm-2"), "VM");
    assert_eq!(name, "a/b 100% \\ line\nbreak");
}

#[test]
fn without_details_the_sheets_have_what_normalized_has() {
    let files = python(
        "sheets.py",
        &[&exported(&ledger_inventory(), Format::Csv).path],
    );
    let web = ("VM ID", "vm-1");
    assert_eq!(cell(&files, "vInfo", web, "Memory"), "4096");
    assert_eq!(cell(&files, "vInfo", web, "Host"), "esx-1.example.com");
    assert_eq!(cell(&files, "vInfo", web, "Cluster"), "prod");
    assert_eq!(cell(&files, "vInfo", web, "Folder"), &Value::Null);
    assert_eq!(cell(&files, "vDisk", web, "Capacity MiB"), "16384");
    assert_eq!(
        cell(&files, "vNetwork", web, "Mac Address"),
        "00:50:56:00:00:01"
    );
    assert_eq!(cell(&files, "vTools", web, "Tools"), "CURRENT");
    for empty in ["vSnapshot", "vNIC", "vPort", "vPartition"] {
        assert_eq!(files[empty].as_array().expect("rows").len(), 1, "{empty}");
    }
}

#[test]
fn attributes_of_another_collector_are_no_error() {
    let mut other = ledger_inventory();
    let attributes = &mut asset(&mut other, "host-1")["normalized"]["attributes"];
    *attributes = json!({"cpu_mhz": 2294.5, "type": 7, "template": "no", "rack": "B 7"});
    let files = python("sheets.py", &[&exported(&other, Format::Csv).path]);
    let host = ("Object ID", "host-1");
    assert_eq!(cell(&files, "vHost", host, "Speed"), &Value::Null);
    assert_eq!(cell(&files, "vHost", host, "# Cores"), "32");
}

#[test]
fn custom_attributes_are_columns_whose_names_are_unique() {
    let mut inventory = inventory();
    asset(&mut inventory, "vm-2")["details"]["custom_attributes"] =
        json!({"OWNER": "me", "vm (2)": "x", "VM": "y"});
    let files = python("sheets.py", &[&exported(&inventory, Format::Csv).path]);
    let header: Vec<&str> = files["vInfo"][0]
        .as_array()
        .expect("a header")
        .iter()
        .map(|name| name.as_str().expect("a name"))
        .collect();
    let names: BTreeSet<String> = header.iter().map(|name| name.to_lowercase()).collect();
    assert_eq!(names.len(), header.len(), "{header:?}");
    let (web, odd) = (("VM ID", "vm-1"), ("VM ID", "vm-2"));
    assert_eq!(
        cell(&files, "vInfo", web, "Host (2)"),
        "named like a column"
    );
    assert_eq!(cell(&files, "vInfo", odd, "OWNER"), "me");
    assert_eq!(
        cell(&files, "vInfo", web, "Owner (2)"),
        "'=cmd|' /C calc'!A0"
    );
    assert_eq!(
        cell(&files, "vHost", ("Host", "esx-3.example.com"), "rack"),
        "B 7"
    );
}
