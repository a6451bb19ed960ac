//! The storage of a host: its datastores, and its local disks.

use std::borrow::Cow;
use std::collections::HashSet;

use stocktake_contract::normalized::Datastore;

use crate::datastores::Datastores;
use crate::gaps::Gap;
use crate::tape::Value;

/// The local datastores of the host, and their total capacity. `None`
/// when any of them is unknown: a partial sum would look like the total.
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

/// The capacity of the local disks of the host, unless one is unknown: a partial
/// sum would look like the total.
///
/// # Errors
/// The unknown property.
pub(super) fn disk_total(luns: Option<Value<'_>>, nvme: Option<Value<'_>>) -> Result<u64, Gap> {
    let mut devices = HashSet::new();
    let mut names = HashSet::new();
    let mut total = 0_u64;
    for lun in luns.ok_or(Gap::Luns)?.fields().map(Lun::read) {
        // A device is a duplicate only when all of its names are equal: firmware can give
        // one name to several disks.
        let is_new = lun.names == [None; 4] || devices.insert(lun.names);
        // All names are noted, also of disks elsewhere: their namespaces are not local either.
        names.extend(lun.names.into_iter().flatten());
        if lun.is_local_disk && is_new {
            total = total.saturating_add(lun.capacity.ok_or(Gap::DiskCapacity)?);
        }
    }
    let mut namespaces = HashSet::new();
    for controller in controllers(nvme) {
        let subsystem = text(controller, "subnqn");
        for namespace in controller.all("attachedNamespace") {
            let name = text(namespace, "name");
            // A LUN on top has the namespace's name.
            if name.is_some_and(|name| names.contains(name)) {
                continue;
            }
            // Two controllers of one drive show one namespace; a key only distinguishes nameless ones.
            let key = name.or_else(|| text(namespace, "key"));
            if namespaces.insert((subsystem, key, text(namespace, "id"))) {
                let capacity = product(
                    namespace.get("capacityInBlocks"),
                    namespace.get("blockSize"),
                );
                total = total.saturating_add(capacity.ok_or(Gap::DiskCapacity)?);
            }
        }
    }
    Ok(total)
}

fn text<'t>(object: Value<'t>, field: &str) -> Option<&'t str> {
    object.get(field).and_then(Value::non_blank)
}

#[derive(Default)]
struct Lun<'t> {
    is_local_disk: bool,
    capacity: Option<u64>,
    /// The names of the device.
    names: [Option<&'t str>; 4],
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
                "key" => read.names[3] = field.non_blank(),
                _ => {}
            }
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

/// The local NVMe controllers of the host; over a fabric the disks are remote.
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
    use crate::gaps::Gap;
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

    fn total(luns: &[String], controllers: &str) -> Result<u64, Gap> {
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
        assert_eq!(total(&luns, ""), Ok(2 * 512_000));
        assert_eq!(total(&[], ""), Ok(0));
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
        assert_eq!(total(&luns, &here), Ok(512_000 + 409_600));
        let elsewhere = format!(
            "<connectedController><transportType>tcp</transportType>{}</connectedController>",
            namespace("eui.9")
        );
        assert_eq!(total(&luns, &elsewhere), Ok(512_000));
    }

    #[test]
    fn disks_of_which_some_names_are_equal_are_not_one() {
        let disk = |name: &str, uuid: &str, key: &str| {
            lun(name, DISK)
                .replace(&format!("uuid-{name}<"), &format!("{uuid}<"))
                .replace(&format!("<key>key-{name}<"), &format!("<key>{key}<"))
        };
        let luns = [
            disk("naa.1", "0", "key-1"),
            disk("naa.2", "0", "key-2"),
            disk("naa.1", "0", "key-3"),
            disk("naa.1", "1", "key-1"),
            disk("naa.1", "0", "key-1"),
        ];
        assert_eq!(total(&luns, ""), Ok(4 * 512_000));
        let drive = |subsystem: &str| {
            let subsystem = format!("<subnqn>{subsystem}</subnqn>");
            let namespace = namespace("eui.0");
            format!("<connectedController>{subsystem}{namespace}</connectedController>")
        };
        let drives = [drive("nqn.1"), drive("nqn.2"), drive("nqn.2")].concat();
        assert_eq!(total(&[], &drives), Ok(2 * 409_600));
    }

    #[test]
    fn one_disk_without_a_capacity_leaves_no_total() {
        for capacity in [
            "",
            "<capacity><blockSize>512</blockSize><block>-1</block></capacity>",
        ] {
            let unknown = format!(
                r#"<ScsiLun xsi:type="HostScsiDisk"><canonicalName>naa.9</canonicalName>{DISK}{capacity}</ScsiLun>"#
            );
            let luns = [lun("naa.1", DISK), unknown];
            assert_eq!(total(&luns, ""), Err(Gap::DiskCapacity));
        }
        let namespace = namespace("eui.1").replace("<capacityInBlocks>100</capacityInBlocks>", "");
        let drive = format!("<connectedController>{namespace}</connectedController>");
        assert_eq!(total(&[], &drive), Err(Gap::DiskCapacity));
        let elsewhere = lun("naa.1", &format!("{DISK}<localDisk>false</localDisk>"))
            .replace("<block>1000</block>", "");
        assert_eq!(total(&[elsewhere], ""), Ok(0), "not this host's");
    }

    #[test]
    fn absurd_sizes_do_not_overflow() {
        let huge = format!(
            r#"<ScsiLun xsi:type="HostScsiDisk">{DISK}<capacity><blockSize>1</blockSize>
               <block>{}</block></capacity></ScsiLun>"#,
            u64::MAX
        );
        assert_eq!(total(&[huge.clone(), huge], ""), Ok(u64::MAX));
        let overflow = format!(
            r#"<ScsiLun xsi:type="HostScsiDisk">{DISK}<capacity><blockSize>512</blockSize>
               <block>{}</block></capacity></ScsiLun>"#,
            u64::MAX
        );
        assert_eq!(total(&[overflow], ""), Err(Gap::DiskCapacity));
    }

    #[test]
    fn without_luns_there_is_no_total() {
        assert_eq!(disk_total(None, None), Err(Gap::Luns));
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
