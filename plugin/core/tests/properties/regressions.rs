//! Inputs that broke a property before.

use std::fs;
use std::path::Path;

use crate::oracles::{fault_reader, names, page_protocol, request, soap_reader};

/// Every file of a target, by name.
fn replay(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../tests/fuzz/regressions")
        .join(target);
    let Ok(entries) = fs::read_dir(&folder) else {
        return;
    };
    for entry in entries {
        let file = entry.expect("an entry").path();
        eprintln!("{}", file.display());
        check(&fs::read(&file).expect("a readable file"));
    }
}

#[test]
fn inputs_that_once_broke_a_property_no_longer_do() {
    replay("soap_reader", soap_reader::check);
    replay("fault_reader", fault_reader::check);
    replay("names", names::check);
    replay("request", request::check);
    replay("page_protocol", page_protocol::check);
}
