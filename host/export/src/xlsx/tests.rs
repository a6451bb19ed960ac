//! Sheets that are full.

use std::env;
use std::process::Command;

use super::Book;
use crate::cell::Cell;
use crate::report::Report;
use crate::rows::Sheets as _;

/// A sheet of a million rows takes a minute to read; the limit is the only difference.
#[test]
fn rows_beyond_the_limit_of_a_sheet_are_on_further_sheets_with_the_same_header() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("book.xlsx");
    let mut report = Report::default();
    let mut book = Book::new(&path, None, 4).expect("a book");
    for (number, name) in ["vInfo", "vDisk"].into_iter().enumerate() {
        let header = ["VM".to_owned(), "Number".to_owned()];
        book.begin(number, name, &header).expect("a sheet");
    }
    for number in 0..7 {
        let cells = [Cell::from("web"), Cell::Number(number)];
        book.row(1, &cells, &mut report).expect("a row");
    }
    book.row(0, &[Cell::from("web"), Cell::Empty], &mut report)
        .expect("a row");
    let mut file = std::fs::File::create(&path).expect("a file");
    book.save(&mut file).expect("saved");
    assert_eq!(report.split_sheets, ["vDisk (2)", "vDisk (3)"]);

    let read = "import openpyxl, sys\n\
        for sheet in openpyxl.load_workbook(sys.argv[1]): print(sheet.title, [[cell.value for cell in row] for row in sheet.iter_rows()])";
    let python = env::var_os("STOCKTAKE_PYTHON").expect(
        "STOCKTAKE_PYTHON names a Python with the tests' packages; run the tests by `cargo xtask test`, which makes one",
    );
    let output = Command::new(python).args(["-c", read]).arg(&path).output();
    let output = output.expect("Python starts");
    let expected = "vInfo [['VM', 'Number'], ['web', None]]\n\
        vDisk [['VM', 'Number'], ['web', 0], ['web', 1], ['web', 2]]\n\
        vDisk (2) [['VM', 'Number'], ['web', 3], ['web', 4], ['web', 5]]\n\
        vDisk (3) [['VM', 'Number'], ['web', 6]]\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
}
