//! Gaps in objects that were read, reported once per cause instead of
//! once per object.

use indexmap::IndexMap;
use stocktake_contract::normalized::Kind;
use stocktake_contract::{Warning, WarningCode};

/// Objects named in one warning; the rest is counted.
const NAMED: usize = 20;

/// What an object lacks, and why.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Gap {
    /// The SCSI LUNs of a host were not read.
    Luns,
    /// A local disk of a host has no size.
    DiskCapacity,
    /// The datastores of a host were not all read.
    Datastores,
    /// This property is a negative number, which is never valid.
    Negative(String),
    /// A custom attribute has no name.
    AttributeName,
    /// Tags were read before there was the VM.
    Tags,
    /// A tag has no name, or no category.
    TagName,
}

/// The gaps of a run.
#[derive(Debug, Default)]
pub struct Gaps(IndexMap<(Kind, Gap), Objects>);

/// Objects of one kind, in the order met.
#[derive(Debug, Default)]
pub struct Objects {
    count: u64,
    named: Vec<String>,
}

impl Objects {
    /// One more object.
    pub fn add(&mut self, id: &str) {
        self.count += 1;
        if self.named.len() < NAMED {
            self.named.push(id.to_owned());
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The ids of the first.
    #[must_use]
    pub fn named(&self) -> &[String] {
        &self.named
    }
}

impl std::fmt::Display for Objects {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.named.join(", "))?;
        match self.count - self.named.len() as u64 {
            0 => Ok(()),
            further => write!(f, " and {further} more"),
        }
    }
}

impl Gaps {
    /// An object has a gap.
    pub fn add(&mut self, kind: Kind, id: &str, gap: Gap) {
        self.0.entry((kind, gap)).or_default().add(id);
    }

    /// The warning of each cause, in order of appearance.
    pub fn warnings(&self) -> impl Iterator<Item = Warning> + '_ {
        let warnings_of = |((kind, gap), objects): (&'_ (Kind, Gap), &'_ Objects)| {
            let mut warnings = gap.warnings(*kind, objects);
            for warning in &mut warnings {
                *warning = warning
                    .clone()
                    .with("objects", objects.named.clone())
                    .with("count", objects.count);
            }
            warnings
        };
        self.0.iter().flat_map(warnings_of)
    }
}

impl Gap {
    fn warnings(&self, kind: Kind, objects: &Objects) -> Vec<Warning> {
        let their = if objects.count == 1 { "its" } else { "their" };
        let one = |code, message| vec![Warning::new(code, message)];
        match self {
            Gap::Luns => one(
                WarningCode::HostDiskTotalMissing,
                format!(
                    "config.storageDevice.scsiLun of {objects} could not be read, so the local disks have no total; \
                     reconnect the host, or grant the account System.Read on it"
                ),
            ),
            Gap::DiskCapacity => one(
                WarningCode::HostDiskTotalMissing,
                format!(
                    "a local disk of {objects} does not say how large it is, so {their} local disks have no total; \
                     rescan the host's storage, or look at the disk"
                ),
            ),
            Gap::Datastores => {
                let cure = "grant the account System.Read on the host and on every datastore it mounts";
                let reported = |code, what: &str| {
                    Warning::new(
                        code,
                        format!("the datastores of {objects} could not all be read, so {what}; {cure}"),
                    )
                };
                vec![
                    reported(WarningCode::HostDatastoresMissing, "none is listed"),
                    reported(
                        WarningCode::HostDatastoreTotalMissing,
                        &format!("{their} datastores have no total"),
                    ),
                ]
            }
            Gap::AttributeName => one(
                WarningCode::AttributeUnnamed,
                format!(
                    "custom attributes of {} {objects} have no name, so their values are in raw_payload only: \
                     the attributes were deleted while the inventory was read, or the account may not read \
                     CustomFieldsManager.field; collect again",
                    kind.as_str()
                ),
            )
            .into_iter()
            .map(|warning: Warning| warning.with("external_kind", kind.as_str()))
            .collect(),
            Gap::Tags => one(
                WarningCode::TagsUnread,
                format!(
                    "the tags of {objects} are not known, because the VMs came after tags had been read; collect again"
                ),
            ),
            Gap::TagName => one(
                WarningCode::TagsUnread,
                format!(
                    "tags of {objects} are left out, because they or their categories were deleted while the inventory \
                     was read; collect again"
                ),
            ),
            Gap::Negative(path) => vec![
                Warning::new(
                    WarningCode::ValueInvalid,
                    format!(
                        "{path} of {} {objects} holds a number below 0, which is taken for unknown; \
                         look at the object in the vCenter",
                        kind.as_str()
                    ),
                )
                .with("property", path.as_str())
                .with("external_kind", kind.as_str()),
            ],
        }
    }
}

#[cfg(test)]
mod tests {
    use stocktake_contract::WarningCode;
    use stocktake_contract::normalized::Kind;

    use super::{Gap, Gaps};

    #[test]
    fn one_cause_on_many_hosts_is_one_warning_that_names_and_counts_them() {
        let mut gaps = Gaps::default();
        for number in 0..30 {
            let id = format!("host-{number}");
            gaps.add(Kind::Host, &id, Gap::Datastores);
            gaps.add(Kind::Host, &id, Gap::Luns);
        }
        gaps.add(Kind::Host, "host-7", Gap::DiskCapacity);
        let warnings: Vec<_> = gaps.warnings().collect();
        let codes: Vec<_> = warnings.iter().map(|warning| warning.code).collect();
        assert_eq!(
            codes,
            [
                WarningCode::HostDatastoresMissing,
                WarningCode::HostDatastoreTotalMissing,
                WarningCode::HostDiskTotalMissing,
                WarningCode::HostDiskTotalMissing,
            ]
        );
        assert!(
            warnings[0]
                .message
                .contains("host-19 and 10 more could not all be read"),
            "{}",
            warnings[0].message
        );
        for warning in &warnings[..3] {
            assert!(warning.message.contains("System.Read"));
            let context = warning.redacted_context.as_ref().expect("facts");
            assert_eq!(context["objects"].as_array().map(Vec::len), Some(20));
            assert_eq!(context["count"], 30);
        }
        assert!(
            warnings[3]
                .message
                .contains("a local disk of host-7 does not say")
        );
    }

    #[test]
    fn attributes_without_a_name_are_one_warning_per_kind() {
        let mut gaps = Gaps::default();
        for id in ["vm-1", "vm-2"] {
            gaps.add(Kind::Vm, id, Gap::AttributeName);
        }
        gaps.add(Kind::Host, "host-1", Gap::AttributeName);
        let warnings: Vec<_> = gaps.warnings().collect();
        assert_eq!(warnings.len(), 2);
        assert_eq!(warnings[0].code, WarningCode::AttributeUnnamed);
        let context = warnings[0].redacted_context.as_ref().expect("facts");
        assert_eq!(context["external_kind"], "vm");
        assert_eq!(context["count"], 2);
    }

    #[test]
    fn a_number_below_0_names_the_property_and_the_objects() {
        let mut gaps = Gaps::default();
        let gap = Gap::Negative("summary.freeSpace".to_owned());
        gaps.add(Kind::Datastore, "datastore-1", gap.clone());
        gaps.add(Kind::Datastore, "datastore-2", gap);
        let warnings: Vec<_> = gaps.warnings().collect();
        assert_eq!(warnings.len(), 1);
        assert_eq!(warnings[0].code, WarningCode::ValueInvalid);
        assert!(
            warnings[0].message.starts_with(
                "summary.freeSpace of datastore datastore-1, datastore-2 holds a number below 0"
            ),
            "{}",
            warnings[0].message
        );
    }
}
