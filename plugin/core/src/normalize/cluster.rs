//! A cluster.

use stocktake_contract::normalized::{Identity, Kind, Normalized};

use super::{name, number};
use crate::gaps::Gap;
use crate::tape::Tape;

/// The cluster with these properties.
#[must_use]
pub fn cluster<'t>(properties: &'t Tape, gaps: &mut Vec<Gap>) -> Normalized<'t> {
    let mut caption = None;
    let mut hosts = None;
    let mut effective_hosts = None;
    let mut cpu = None;
    let mut memory = None;
    for property in properties.fields() {
        match property.name() {
            "name" => caption = name(property),
            "summary.numHosts" => hosts = Some(property),
            "summary.numEffectiveHosts" => effective_hosts = Some(property),
            "summary.totalCpu" => cpu = Some(property),
            "summary.totalMemory" => memory = Some(property),
            _ => {}
        }
    }
    let mut cluster = Normalized::new(Kind::Cluster);
    cluster.identity = caption.map(|caption| Identity {
        caption: Some(caption),
        ..Identity::default()
    });
    let attributes = &mut cluster.attributes;
    attributes.set("num_hosts", number(hosts, gaps));
    attributes.set("num_effective_hosts", number(effective_hosts, gaps));
    attributes.set("total_cpu_mhz", number(cpu, gaps));
    attributes.set("total_memory_bytes", number(memory, gaps));
    cluster
}

#[cfg(test)]
mod tests {
    use super::cluster;
    use crate::gaps::Gap;
    use crate::normalize::sample::{json, tape};

    #[test]
    fn a_cluster_gives_its_name_and_the_totals_of_its_summary() {
        let tape = tape(
            r#"<name xsi:type="xsd:string">Prod %2f A</name>
               <summary.numHosts xsi:type="xsd:int">3</summary.numHosts>
               <summary.numEffectiveHosts xsi:type="xsd:int">2</summary.numEffectiveHosts>
               <summary.totalCpu xsi:type="xsd:int">134400</summary.totalCpu>
               <summary.totalMemory xsi:type="xsd:long">824633720832</summary.totalMemory>"#,
        );
        assert_eq!(
            json(&cluster(&tape, &mut Vec::new())),
            serde_json::json!({
                "version": "normalized-v1",
                "kind": "cluster",
                "identity": {"caption": "Prod / A"},
                "attributes": {
                    "num_hosts": 3,
                    "num_effective_hosts": 2,
                    "total_cpu_mhz": 134_400,
                    "total_memory_bytes": 824_633_720_832_u64,
                },
            })
        );
    }

    #[test]
    fn a_cluster_of_which_nothing_could_be_read_is_still_a_cluster() {
        let tape = tape(r#"<summary.numHosts xsi:type="xsd:int">-1</summary.numHosts>"#);
        let mut gaps = Vec::new();
        assert_eq!(
            json(&cluster(&tape, &mut gaps)),
            serde_json::json!({"version": "normalized-v1", "kind": "cluster"})
        );
        assert_eq!(gaps, [Gap::Negative("summary.numHosts".to_owned())]);
    }
}
