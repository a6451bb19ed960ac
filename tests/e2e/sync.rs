//! The processed inventory: both stages, against the simulator and vcsim.

mod errors;
mod processed;
mod properties;
mod raw;
mod scope;

use serde_json::Value;
use stocktake_tests::executable::{response, run_against};
use stocktake_tests::server::Server;
use stocktake_tests::vcsim::{Size, Vcsim};

const LISTS: [&str; 7] = [
    "clusters",
    "hosts",
    "vms",
    "datastores",
    "networks",
    "dvpgs",
    "dvswitches",
];

/// The kinds that have the heavy properties, `host` and `vm` each.
const DEEP: [&str; 3] = ["datastores", "networks", "dvpgs"];

fn small() -> Vcsim {
    Vcsim::start(Size {
        datacenters: 2,
        clusters: 2,
        hosts: 2,
        vms: 4,
    })
}

/// The document of a run with a complete inventory.
fn sync(server: &Server, arguments: &[&str]) -> Value {
    let output = run_against(server, "sync", arguments);
    let document = response(&output);
    assert_eq!(output.status.code(), Some(0), "{}", document["errors"]);
    document
}

fn failed(server: &Server, arguments: &[&str]) -> Value {
    let output = run_against(server, "sync", arguments);
    assert!(!output.status.success());
    response(&output)
}

fn items<'d>(document: &'d Value, list: &str) -> &'d [Value] {
    let items = document[list].as_array();
    items.unwrap_or_else(|| panic!("{list} is no list"))
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}
