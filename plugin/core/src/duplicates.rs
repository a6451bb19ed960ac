//! VMs and hosts that share an identity. A ledger that matches machines by it
//! would merge them.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use stocktake_contract::normalized::Kind;
use stocktake_contract::{Warning, WarningCode};
use stocktake_ids::Id;

/// Ids named in one warning; the rest is counted.
const NAMED: usize = 20;

/// Which identity is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// `config.uuid` of a VM
    Bios,
    /// `config.instanceUuid` of a VM
    Instance,
    /// The serial number of a host
    SerialNumber,
}

impl Identity {
    const ALL: [Identity; 3] = [Identity::Bios, Identity::Instance, Identity::SerialNumber];

    /// The kind of objects that have it.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Identity::Bios | Identity::Instance => Kind::Vm,
            Identity::SerialNumber => Kind::Host,
        }
    }

    fn property(self) -> &'static str {
        match self {
            Identity::Bios => "config.uuid",
            Identity::Instance => "config.instanceUuid",
            Identity::SerialNumber => "hardware.systemInfo.serialNumber",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Identity::Bios => "BIOS UUID",
            Identity::Instance => "instance UUID",
            Identity::SerialNumber => "serial number",
        }
    }

    fn cure(self) -> &'static str {
        match self {
            Identity::Bios | Identity::Instance => {
                "give all but one a UUID of their own, or match them by another id"
            }
            Identity::SerialNumber => {
                "have the vendor's tool write the serial number of each, or match them by another id"
            }
        }
    }
}

/// The identities seen, in eleven bytes each.
#[derive(Debug, Default)]
pub struct Duplicates {
    values: [Seen; Identity::ALL.len()],
    /// Placeholders, which identify nothing.
    placeholders: [Seen; Identity::ALL.len()],
}

/// Identities and the objects that have them, in blocks: a growing list would fragment the
/// memory.
#[derive(Debug, Default)]
struct Seen {
    blocks: Vec<Vec<Sighting>>,
}

/// The fingerprint of an identity, and the object that has it.
type Sighting = (Fingerprint, [u8; 4]);

/// 56 bits: one false pair in seven million inventories of 100,000 VMs.
type Fingerprint = [u8; 7];

/// Sightings of one block.
const BLOCK: usize = 512;

impl Duplicates {
    /// The object has this identity.
    pub fn add(&mut self, identity: Identity, value: &str, object: Id) {
        self.values[identity as usize].add(value, object);
    }

    /// The object has this placeholder.
    pub fn add_placeholder(&mut self, identity: Identity, text: &str, object: Id) {
        self.placeholders[identity as usize].add(text, object);
    }

    /// One warning per shared identity, VMs before hosts, by the first object of
    /// each. `name` returns the id of an object.
    #[must_use]
    pub fn warnings(&self, name: impl Fn(Kind, Id) -> String) -> Vec<Warning> {
        let mut warnings = BTreeMap::new();
        for (seen, is_placeholder) in [(&self.values, false), (&self.placeholders, true)] {
            for identity in Identity::ALL {
                let kind = identity.kind();
                seen[identity as usize].for_each_shared(|objects| {
                    let names: Vec<String> =
                        objects.iter().map(|object| name(kind, *object)).collect();
                    let place = (
                        kind,
                        objects.first().copied(),
                        identity as u8,
                        is_placeholder,
                    );
                    warnings.insert(place, warning(identity, is_placeholder, &names));
                });
            }
        }
        warnings.into_values().collect()
    }
}

impl Seen {
    fn add(&mut self, text: &str, object: Id) {
        if self.blocks.last().is_none_or(|block| block.len() == BLOCK) {
            self.blocks.push(Vec::with_capacity(BLOCK));
        }
        if let Some(block) = self.blocks.last_mut() {
            // Big endian, so that sightings are ordered as their ids are.
            block.push((fingerprint(text), object.number().to_be_bytes()));
        }
    }

    /// Reports each identity that several objects share, with the objects.
    ///
    /// Processes a share of the fingerprints at a time: sorting all of them at
    /// once would need as much memory again.
    fn for_each_shared(&self, mut warn: impl FnMut(&[Id])) {
        let shares = self.blocks.len() / 8 + 1;
        let share_of = |print: &Fingerprint| {
            (usize::from(u16::from_be_bytes([print[0], print[1]])) * shares) >> 16
        };
        let mut share: Vec<Sighting> = Vec::new();
        for number in 0..shares {
            share.clear();
            let sightings = self.blocks.iter().flatten();
            share.extend(sightings.filter(|(print, _)| share_of(print) == number));
            share.sort_unstable();
            for group in share.chunk_by(|one, other| one.0 == other.0) {
                if group.len() > 1 {
                    let objects = group
                        .iter()
                        .map(|(_, object)| Id::from_number(u32::from_be_bytes(*object)));
                    warn(&objects.collect::<Vec<_>>());
                }
            }
        }
    }
}

/// The fingerprint of the digits of a UUID, in any form; of other text, ignoring case.
fn fingerprint(text: &str) -> Fingerprint {
    let text = text.trim();
    let mut hasher = DefaultHasher::new();
    match digits(text) {
        Some(digits) => digits.hash(&mut hasher),
        None => text
            .bytes()
            .for_each(|byte| byte.to_ascii_lowercase().hash(&mut hasher)),
    }
    let [_, print @ ..] = hasher.finish().to_be_bytes();
    print
}

fn digits(uuid: &str) -> Option<[u8; 16]> {
    let mut digits = [0; 16];
    let mut count = 0;
    for character in uuid.chars().filter(|character| *character != '-') {
        let digit = u8::try_from(character.to_digit(16)?).ok()?;
        *digits.get_mut(count / 2)? |= digit << (4 * (1 - count % 2));
        count += 1;
    }
    (count == 32).then_some(digits)
}

fn warning(identity: Identity, is_placeholder: bool, objects: &[String]) -> Warning {
    let named = &objects[..objects.len().min(NAMED)];
    let further = match objects.len() - named.len() {
        0 => String::new(),
        further => format!(" and {further} more"),
    };
    let what = if !is_placeholder {
        ""
    } else {
        "placeholder in place of a "
    };
    Warning::new(
        WarningCode::DuplicateIdentity,
        format!(
            "{}{further} have one {what}{}; {}",
            named.join(", "),
            identity.name(),
            identity.cure()
        ),
    )
    .with("property", identity.property())
    .with("objects", named.to_vec())
    .with("count", objects.len())
}

#[cfg(test)]
mod tests {
    use super::{Duplicates, Id, Identity};

    #[test]
    fn vms_that_share_a_uuid_are_reported_together_however_it_is_spelled() {
        let mut duplicates = Duplicates::default();
        for (identity, uuid, vm) in [
            (
                Identity::Instance,
                "50000000-0000-0000-0000-000000000001",
                0,
            ),
            (Identity::Bios, "4200ABCD-0000-0000-0000-000000000001", 1),
            (Identity::Bios, "other", 2),
            (Identity::Bios, "42000000-0000-0000-0000-000000000009", 3),
            (Identity::Bios, "4200abcd000000000000000000000001", 4),
            (Identity::Bios, " other", 5),
            (Identity::Bios, "4200abcd-0000-0000-0000-0000000000012", 6),
            (
                Identity::Instance,
                "50000000-0000-0000-0000-000000000001",
                7,
            ),
        ] {
            duplicates.add(identity, uuid, Id::from_number(vm));
        }
        let warnings = duplicates.warnings(|_, vm| format!("vm-{}", vm.number()));
        let reported: Vec<&str> = warnings
            .iter()
            .map(|warning| warning.message.as_str())
            .collect();
        let cure = "give all but one a UUID of their own, or match them by another id";
        assert_eq!(
            reported,
            [
                format!("vm-0, vm-7 have one instance UUID; {cure}"),
                format!("vm-1, vm-4 have one BIOS UUID; {cure}"),
                format!("vm-2, vm-5 have one BIOS UUID; {cure}"),
            ]
        );
    }

    /// Hosts as VMs; a host name, least of all `localhost`, is no identity.
    #[test]
    fn hosts_that_share_a_serial_number_or_its_placeholder_are_reported_together() {
        let mut duplicates = Duplicates::default();
        for (serial, host) in [("CZ12345", 1), ("CZ99999", 2), ("cz12345 ", 3)] {
            duplicates.add(Identity::SerialNumber, serial, Id::from_number(host));
        }
        for host in [0, 5] {
            duplicates.add_placeholder(Identity::SerialNumber, "0123456789", Id::from_number(host));
        }
        duplicates.add(Identity::Bios, "CZ12345", Id::from_number(4));
        let warnings = duplicates.warnings(|kind, id| format!("{}-{}", kind.as_str(), id.number()));
        let reported: Vec<&str> = warnings
            .iter()
            .map(|warning| warning.message.as_str())
            .collect();
        let cure =
            "have the vendor's tool write the serial number of each, or match them by another id";
        assert_eq!(
            reported,
            [
                format!("host-0, host-5 have one placeholder in place of a serial number; {cure}"),
                format!("host-1, host-3 have one serial number; {cure}"),
            ]
        );
    }

    #[test]
    fn every_pair_among_many_is_reported() {
        let mut duplicates = Duplicates::default();
        for vm in 0..20_000 {
            let uuid = format!("4200abcd-0000-0000-0000-{:012x}", vm % 19_990);
            duplicates.add(Identity::Bios, &uuid, Id::from_number(vm));
        }
        let warnings = duplicates.warnings(|_, vm| vm.number().to_string());
        let reported = warnings
            .iter()
            .map(|warning| warning.message.split(" have ").next());
        let expected = (0..10).map(|vm| format!("{vm}, {}", vm + 19_990));
        assert!(
            reported.eq(expected
                .collect::<Vec<_>>()
                .iter()
                .map(|pair| Some(pair.as_str())))
        );
    }
}
