//! The storage of a host: its datastores, and the disks inside it.

use std::borrow::Cow;
use std::collections::HashSet;

use stocktake_contract::normalized::Datastore;

use crate::datastores::Datastores;
use crate::tape::Value;

/// The datastores that are the host's own, and their capacity together. Nothing
/// when any of them is not known: part of a sum would pass for the whole.
pub(super) fn own_datastores<'t>(
    references: Option<Value<'t>>,
    datastores: &'t Datastores,
) -> Option<(Vec<Datastore<'t>>, u64)> {
    let mut own = Vec::new();
    let mut total = 0_u64;
    for reference in references?.fields() {
        let datastore = datastores.resolve(reference)?;
        if datastore.is_shared_by_nature()? {
            continue;
        }
        let capacity_bytes = datastore.capacity?;
        total = total.saturating_add(capacity_bytes);
        own.push(Datastore {
            name: Cow::Borrowed(datastore.name.as_deref()?),
            capacity_bytes,
        });
    }
    Some((own, total))
}

/// The capacity of the disks inside the host. Nothing when its SCSI LUNs were not read.
pub(super) fn disk_total(luns: Option<Value<'_>>, nvme: Option<Value<'_>>) -> Option<u64> {
    let mut known = HashSet::new();
    let mut total = 0_u64;
    for lun in luns?.fields().map(Lun::read) {
        // All names are noted, also of disks elsewhere: their namespaces are not local either.
        let mut seen = false;
        for name in lun.names.into_iter().flatten() {
            seen |= !known.insert(name);
        }
        if lun.is_local_disk && !seen {
            total = total.saturating_add(lun.capacity.unwrap_or(0));
        }
    }
    for controller in controllers(nvme) {
        for namespace in controller.all("attachedNamespace") {
            let name = namespace.get("name").and_then(Value::non_blank);
            let key = namespace.get("key").and_then(Value::non_blank);
            // The name is that of the LUN on top; a key only tells nameless namespaces apart.
            if let Some(device) = name.or(key)
                && known.insert(device)
            {
                let capacity = product(
                    namespace.get("capacityInBlocks"),
                    namespace.get("blockSize"),
                );
                total = total.saturating_add(capacity.unwrap_or(0));
            }
        }
    }
    Some(total)
}

#[derive(Default)]
struct Lun<'t> {
    is_local_disk: bool,
    capacity: Option<u64>,
    /// Under which the device may appear again.
    names: [Option<&'t str>; 3],
}

impl<'t> Lun<'t> {
    fn read(lun: Value<'t>) -> Self {
        let mut read = Lun::default();
        let mut is_disk = false;
        let mut is_local = true;
        for field in lun.fields() {
            match field.name() {
                "lunType" => is_disk = field.as_str().is_some_and(|kind| kind.trim() == "disk"),
                "localDisk" => is_local = field.as_bool() != Some(false),
                "capacity" => read.capacity = product(field.get("block"), field.get("blockSize")),
                "canonicalName" => read.names[0] = field.non_blank(),
                "uuid" => read.names[1] = field.non_blank(),
                "devicePath" => read.names[2] = field.non_blank().map(base_name),
                _ => {}
            }
        }
        // The path ends in the canonical name: one device is not its own double.
        if read.names[2] == read.names[0] {
            read.names[2] = None;
        }
        read.is_local_disk = is_disk && is_local;
        read
    }
}

fn base_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn product(one: Option<Value<'_>>, other: Option<Value<'_>>) -> Option<u64> {
    one?.as_u64()?.checked_mul(other?.as_u64()?)
}

/// The NVMe controllers inside the host; over a fabric the disks are elsewhere.
fn controllers(nvme: Option<Value<'_>>) -> impl Iterator<Item = Value<'_>> {
    nvme.into_iter()
        .flat_map(|topology| topology.all("adapter"))
        .flat_map(|adapter| adapter.all("connectedController"))
        .filter(|controller| {
            controller
                .get("transportType")
                .and_then(Value::as_str)
                .is_none_or(|transport| {
                    !matches!(transport.trim(), "fibreChannel" | "rdma" | "tcp")
                })
        })
}

#[cfg(test)]
mod tests {
    use super::{disk_total, own_datastores};
    use crate::datastores::Datastores;
    use crate::normalize::sample::tape;

    fn lun(name: &str, fields: &str) -> String {
        format!(
            r#"<ScsiLun xsi:type="HostScsiDisk"><key>key-{name}</key><uuid>uuid-{name}</uuid>
                 <descriptor><quality>highQuality</quality><id>{name}</id></descriptor>
                 <canonicalName>{name}</canonicalName><devicePath>/vmfs/devices/disks/{name}</devicePath>
                 <capacity><blockSize>512</blockSize><block>1000</block></capacity>{fields}</ScsiLun>"#
        )
    }

    const DISK: &str = "<lunType>disk</lunType>";

    fn total(luns: &[String], controllers: &str) -> Option<u64> {
        let tape = tape(&format!(
            r#"<luns xsi:type="ArrayOfScsiLun">{}</luns>
               <config.storageDevice.nvmeTopology xsi:type="HostNvmeTopology">
                 <adapter><key>a</key><adapter>hba</adapter>{controllers}</adapter>
               </config.storageDevice.nvmeTopology>"#,
            luns.concat()
        ));
        disk_total(
            tape.get("luns"),
            tape.get("config.storageDevice.nvmeTopology"),
        )
    }

    fn namespace(name: &str) -> String {
        format!(
            "<attachedNamespace><key>key-{name}</key><name>{name}</name><id>1</id>\
             <blockSize>4096</blockSize><capacityInBlocks>100</capacityInBlocks></attachedNamespace>"
        )
    }

    #[test]
    fn local_disks_count_and_each_but_once() {
        let luns = [
            lun("naa.1", DISK),
            lun("naa.2", &format!("{DISK}<localDisk>true</localDisk>")),
            lun("naa.3", &format!("{DISK}<localDisk>false</localDisk>")),
            lun("mpx.4", "<lunType>cdrom</lunType>"),
            lun("naa.1", DISK),
        ];
        assert_eq!(total(&luns, ""), Some(2 * 512_000));
        assert_eq!(total(&[], ""), Some(0));
    }

    #[test]
    fn a_namespace_counts_unless_a_lun_already_stands_for_it() {
        let luns = [
            lun("eui.1", DISK),
            lun("eui.2", &format!("{DISK}<localDisk>false</localDisk>")),
        ];
        let here = format!(
            "<connectedController><transportType>pcie</transportType>{}{}{}{}</connectedController>",
            namespace("eui.1"),
            namespace("eui.2"),
            namespace("eui.3"),
            namespace("eui.3"),
        );
        assert_eq!(total(&luns, &here), Some(512_000 + 409_600));
        let elsewhere = format!(
            "<connectedController><transportType>tcp</transportType>{}</connectedController>",
            namespace("eui.9")
        );
        assert_eq!(total(&luns, &elsewhere), Some(512_000));
    }

    #[test]
    fn absurd_sizes_do_not_overflow() {
        let huge = format!(
            r#"<ScsiLun xsi:type="HostScsiDisk">{DISK}<capacity><blockSize>1</blockSize>
               <block>{}</block></capacity></ScsiLun>"#,
            u64::MAX
        );
        assert_eq!(total(&[huge.clone(), huge], ""), Some(u64::MAX));
        let overflow = format!(
            r#"<ScsiLun xsi:type="HostScsiDisk">{DISK}<capacity><blockSize>512</blockSize>
               <block>{}</block></capacity></ScsiLun>"#,
            u64::MAX
        );
        assert_eq!(total(&[overflow], ""), Some(0));
    }

    #[test]
    fn without_luns_there_is_no_total() {
        assert_eq!(disk_total(None, None), None);
    }

    fn datastores() -> Datastores {
        let mut datastores = Datastores::default();
        for (id, name, kind, capacity) in [
            ("datastore-1", "local%2f1", "VMFS", "1000000000000"),
            ("datastore-2", "share", "nfs", "5"),
            ("datastore-3", "share 4.1", "NFS41", "5"),
            ("datastore-4", "vsan", "vSAN", "5"),
            ("datastore-5", "pmem", "PMEM", "24"),
            ("datastore-6", "unsized", "VMFS", ""),
            ("datastore-7", "untyped", "", "5"),
            ("datastore-8", "", "VMFS", "5"),
        ] {
            datastores.add(
                id,
                &tape(&format!(
                    r#"<name xsi:type="xsd:string">{name}</name><summary.type xsi:type="xsd:string">{kind}</summary.type>
                       <summary.capacity xsi:type="xsd:long">{capacity}</summary.capacity>"#
                )),
            );
        }
        datastores
    }

    fn own(ids: &[&str]) -> Option<(Vec<(String, u64)>, u64)> {
        let references: String = ids
            .iter()
            .map(|id| {
                format!(r#"<ManagedObjectReference type="Datastore">{id}</ManagedObjectReference>"#)
            })
            .collect();
        let tape = tape(&format!(
            r#"<datastore xsi:type="ArrayOfManagedObjectReference">{references}</datastore>"#
        ));
        let datastores = datastores();
        own_datastores(tape.get("datastore"), &datastores).map(|(own, total)| {
            let own = own
                .into_iter()
                .map(|one| (one.name.into_owned(), one.capacity_bytes));
            (own.collect(), total)
        })
    }

    #[test]
    fn network_and_vsan_datastores_are_not_the_hosts_own() {
        let all = [
            "datastore-1",
            "datastore-2",
            "datastore-3",
            "datastore-4",
            "datastore-5",
        ];
        assert_eq!(
            own(&all),
            Some((
                vec![
                    ("local/1".to_owned(), 1_000_000_000_000),
                    ("pmem".to_owned(), 24)
                ],
                1_000_000_000_024
            ))
        );
        assert_eq!(own(&["datastore-2"]), Some((Vec::new(), 0)));
        assert_eq!(own(&[]), Some((Vec::new(), 0)));
    }

    #[test]
    fn one_datastore_that_is_not_known_leaves_no_total() {
        for unknown in ["datastore-6", "datastore-7", "datastore-8", "datastore-99"] {
            assert_eq!(own(&["datastore-1", unknown]), None, "{unknown}");
        }
        assert!(own_datastores(None, &datastores()).is_none());
    }
}
