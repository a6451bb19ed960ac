//! The table of sheets and columns.

use std::collections::HashSet;

use super::{ALL, sheets};
use crate::health::About;

#[test]
fn the_sheets_are_those_that_former_users_of_rvtools_know() {
    let names: Vec<&str> = sheets().iter().map(|sheet| sheet.name).collect();
    let expected = "vInfo vCPU vMemory vDisk vPartition vNetwork vCD vUSB vSnapshot vTools vRP vCluster vHost vHBA vNIC vSwitch vPort \
        dvSwitch dvPort vSC_VMK vDatastore vHealth";
    assert_eq!(names.join(" "), expected);
}

#[test]
fn the_columns_of_a_sheet_have_different_names_and_say_what_they_are_made_of() {
    for sheet in ALL {
        let mut names = HashSet::new();
        for column in sheet.columns() {
            assert!(
                names.insert(column.name.to_lowercase()),
                "{} {}",
                sheet.name,
                column.name
            );
            assert!(!column.source.is_empty(), "{} {}", sheet.name, column.name);
            let says_unit = [("MiB", "MiB"), ("%", "%")];
            for (end, unit) in says_unit {
                if column.name.ends_with(end) {
                    assert_eq!(column.unit, unit, "{} {}", sheet.name, column.name);
                }
            }
        }
        assert!(!sheet.about.is_empty() && !sheet.kinds.is_empty());
    }
}

#[test]
fn findings_have_different_names_and_a_known_severity() {
    let codes: HashSet<&str> = About::ALL.iter().map(|about| about.code()).collect();
    assert_eq!(codes.len(), About::ALL.len());
    for about in About::ALL {
        assert!(matches!(about.severity(), "critical" | "warning" | "info"));
    }
}
