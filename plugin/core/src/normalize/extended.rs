//! A datastore, network, port group or switch.

use stocktake_contract::normalized::{Identity, Kind, Normalized};

use super::{name, number, text};
use crate::gaps::Gap;
use crate::tape::{Tape, Value};

/// The object of an extended kind with these properties.
#[must_use]
pub fn extended<'t>(kind: Kind, properties: &'t Tape, gaps: &mut Vec<Gap>) -> Normalized<'t> {
    let mut extended = Normalized::new(kind);
    let get = |path| properties.get(path);
    let caption = get("name").or_else(|| get("summary.name")).and_then(name);
    extended.identity = caption.map(|caption| Identity {
        caption: Some(caption),
        ..Identity::default()
    });
    let attributes = &mut extended.attributes;
    attributes.set("type", text(get("summary.type")));
    attributes.set("capacity_bytes", number(get("summary.capacity"), gaps));
    attributes.set("free_bytes", number(get("summary.freeSpace"), gaps));
    attributes.set("url", text(get("summary.url")));
    let access = get("summary.multipleHostAccess").and_then(Value::as_bool);
    attributes.set("multiple_host_access", access);
    attributes.set("uuid", text(get("uuid")));
    extended
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use stocktake_contract::normalized::Kind;

    use super::extended;
    use crate::gaps::Gap;
    use crate::normalize::sample::{self, tape};

    #[test]
    fn each_extended_kind_gives_its_name_and_what_its_summary_says() {
        let datastore = tape(
            r#"<name xsi:type="xsd:string">vsan%2f1</name>
               <summary.type xsi:type="xsd:string">vsan</summary.type>
               <summary.capacity xsi:type="xsd:long">1099511627776</summary.capacity>
               <summary.freeSpace xsi:type="xsd:long">0</summary.freeSpace>
               <summary.url xsi:type="xsd:string">ds:///vmfs/volumes/1/</summary.url>
               <summary.multipleHostAccess xsi:type="xsd:boolean">true</summary.multipleHostAccess>"#,
        );
        assert_eq!(
            sample::json(&extended(Kind::Datastore, &datastore, &mut Vec::new())),
            json!({
                "version": "normalized-extended-v1",
                "kind": "datastore",
                "identity": {"caption": "vsan/1"},
                "attributes": {
                    "type": "vsan",
                    "capacity_bytes": 1_099_511_627_776_u64,
                    "free_bytes": 0,
                    "url": "ds:///vmfs/volumes/1/",
                    "multiple_host_access": true,
                },
            })
        );
        let switch = tape(
            r#"<name xsi:type="xsd:string">dvs</name><uuid xsi:type="xsd:string">50 0a</uuid>"#,
        );
        assert_eq!(
            sample::json(&extended(Kind::DvSwitch, &switch, &mut Vec::new())),
            json!({
                "version": "normalized-extended-v1",
                "kind": "dvswitch",
                "identity": {"caption": "dvs"},
                "attributes": {"uuid": "50 0a"},
            })
        );
    }

    #[test]
    fn a_number_below_0_is_unknown_and_a_gap() {
        let tape = tape(
            r#"<summary.capacity xsi:type="xsd:long">-1</summary.capacity>
               <summary.freeSpace xsi:type="xsd:long">-</summary.freeSpace>"#,
        );
        let mut gaps = Vec::new();
        let datastore = sample::json(&extended(Kind::Datastore, &tape, &mut gaps));
        assert_eq!(datastore.get("attributes"), None);
        assert_eq!(gaps, [Gap::Negative("summary.capacity".to_owned())]);
    }

    #[test]
    fn what_could_not_be_read_is_absent() {
        assert_eq!(
            sample::json(&extended(Kind::Network, &tape(""), &mut Vec::new())),
            json!({"version": "normalized-extended-v1", "kind": "network"})
        );
    }
}
