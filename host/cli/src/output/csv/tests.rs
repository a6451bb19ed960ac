use stocktake_runtime::validation::{Asset, Relation};
use stocktake_runtime::{Outcome, Writer as _};

use super::Rows;
use crate::query::Query;

fn relation(kind: &str, from: (&str, &str), to: (&str, &str)) -> Relation<'static> {
    let own = |(kind, id): (&str, &str)| (kind.to_owned().into(), id.to_owned().into());
    Relation {
        kind: kind.to_owned().into(),
        from: own(from),
        to: own(to),
        text: "{}",
    }
}

/// Records by column name.
fn written(
    assets: &[(&str, &str, &str)],
    relations: &[Relation<'_>],
) -> Vec<std::collections::HashMap<String, String>> {
    let mut bytes = Vec::new();
    let mut rows = Rows::new(&mut bytes, Query::default());
    for (kind, id, text) in assets {
        let asset = Asset {
            kind: (*kind).into(),
            id: (*id).into(),
            text,
        };
        rows.asset(&asset).expect("taken");
    }
    for relation in relations {
        rows.relation(relation).expect("taken");
    }
    rows.finish(&Outcome::default()).expect("written");
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let records = reader.deserialize();
    records.map(|record| record.expect("a record")).collect()
}

#[test]
fn an_asset_is_a_row_and_no_cell_is_a_formula() {
    let text = concat!(
        r#"{"external_kind":"vm","external_id":"vm-1","normalized":{"identity":{"caption":"=1+1","hostname":"a\u001b[2J"},"#,
        r#""network":{"ip_addresses":["10.0.0.1","10.0.0.2"]},"hardware":{"cpu_count":4},"#,
        r#""attributes":{"vm_path":"[=cmd] a/a.vmx"}},"raw_payload":{}}"#
    );
    let host = r#"{"external_kind":"vm","external_id":"x","normalized":{"identity":{"hostname":"@host"}},"raw_payload":{}}"#;
    let rows = written(
        &[("vm", "vm-1", text), ("host", "host-1", host)],
        &[relation("runs_on", ("vm", "vm-1"), ("host", "host-1"))],
    );
    let [row, _] = rows.as_slice() else {
        panic!("{rows:?}");
    };
    for (column, cell) in [
        ("kind", "vm"),
        ("id", "vm-1"),
        ("caption", "'=1+1"),
        ("hostname", "a\u{fffd}[2J"),
        ("cpu_count", "4"),
        ("ip_addresses", "10.0.0.1 10.0.0.2"),
        ("host", "'@host"),
        ("datastores", "'=cmd"),
        ("serial_number", ""),
    ] {
        assert_eq!(row[column], cell, "{column}");
    }
}

#[test]
fn host_cluster_and_datastores_are_reported_by_name_whatever_comes_first() {
    let vm = concat!(
        r#"{"external_kind":"vm","external_id":"x","normalized":{"os":{"fingerprint":"DEBIAN_12_64"},"attributes":{"vm_path":"[ssd] a/a.vmx"}},"raw_payload":{"config.hardware.device":["#,
        r#"{"_typeName":"VirtualDisk","backing":{"fileName":"[ssd] a/a.vmdk"}},"#,
        r#"{"_typeName":"VirtualDisk","backing":{"fileName":"[hdd, slow] a/b.vmdk"}},"#,
        r#"{"_typeName":"VirtualCdrom","backing":{"fileName":"[iso] b.iso"}},{"_typeName":"VirtualKeyboard"}]}}"#
    );
    let host = concat!(
        r#"{"external_kind":"vm","external_id":"x","normalized":{"identity":{"hostname":"esx1"},"os":{"name":"ESXi","version":"8.0.3"},"#,
        r#""storage":{"datastores":[{"name":"ssd"},{"name":"hdd, slow"}]}},"raw_payload":{}}"#
    );
    let cluster = r#"{"external_kind":"vm","external_id":"x","normalized":{"identity":{"caption":"blue"}},"raw_payload":{}}"#;
    let lonely = r#"{"external_kind":"vm","external_id":"x","normalized":{},"raw_payload":{"config.hardware.device":"odd"}}"#;
    let rows = written(
        &[
            ("vm", "vm-1", vm),
            ("vm", "vm-2", lonely),
            ("host", "host-1", host),
            ("cluster", "domain-c1", cluster),
        ],
        &[
            relation("runs_on", ("vm", "vm-1"), ("host", "host-1")),
            relation("hosts_vm", ("host", "host-1"), ("vm", "vm-1")),
            relation("member_of", ("host", "host-1"), ("cluster", "domain-c1")),
        ],
    );
    let columns = [
        "os",
        "os_name",
        "os_version",
        "host",
        "cluster",
        "datastores",
    ];
    let shown: Vec<_> = rows
        .iter()
        .map(|row| columns.map(|column| row[column].as_str()))
        .collect();
    assert_eq!(
        shown,
        [
            ["DEBIAN_12_64", "", "", "esx1", "blue", "ssd; hdd, slow"],
            [""; 6],
            ["", "ESXi", "8.0.3", "", "blue", "ssd; hdd, slow"],
            [""; 6],
        ]
    );
}

#[test]
fn a_host_that_is_not_in_the_list_has_no_name() {
    let vm = r#"{"external_kind":"vm","external_id":"x","normalized":{},"raw_payload":{}}"#;
    let runs_on = relation("runs_on", ("vm", "vm-1"), ("host", "host-9"));
    let rows = written(&[("vm", "vm-1", vm)], &[runs_on]);
    assert_eq!(
        (rows[0]["host"].as_str(), rows[0]["cluster"].as_str()),
        ("", "")
    );
}
