//! VMs that share an identity. A ledger that matches machines by UUID would
//! take them for one.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use stocktake_contract::{Warning, WarningCode};
use stocktake_ids::Id;

/// Ids named in one warning; the rest is counted.
const NAMED: usize = 20;

/// Which identity is shared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    /// `config.uuid`
    Bios,
    /// `config.instanceUuid`
    Instance,
}

impl Identity {
    fn property(self) -> &'static str {
        match self {
            Identity::Bios => "config.uuid",
            Identity::Instance => "config.instanceUuid",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Identity::Bios => "BIOS UUID",
            Identity::Instance => "instance UUID",
        }
    }
}

/// The identities seen, in eleven bytes each.
#[derive(Debug, Default)]
pub struct Duplicates {
    bios: Seen,
    instance: Seen,
}

/// UUIDs and their VMs, in blocks: a list that grows leaves room behind in which
/// nothing else fits.
#[derive(Debug, Default)]
struct Seen {
    blocks: Vec<Vec<Sighting>>,
}

/// The fingerprint of a UUID, and the VM that has it.
type Sighting = (Fingerprint, [u8; 4]);

/// 56 bits: of seven million lists of 100,000 VMs one names a pair that is none.
type Fingerprint = [u8; 7];

/// Sightings of one block.
const BLOCK: usize = 512;

impl Duplicates {
    /// The VM has this identity.
    pub fn add(&mut self, identity: Identity, uuid: &str, vm: Id) {
        match identity {
            Identity::Bios => self.bios.add(uuid, vm),
            Identity::Instance => self.instance.add(uuid, vm),
        }
    }

    /// One warning per shared identity, by the first VM of each. `name` answers
    /// the id of a VM.
    #[must_use]
    pub fn warnings(&self, name: impl Fn(Id) -> String) -> Vec<Warning> {
        let mut warnings = BTreeMap::new();
        for (identity, seen) in [
            (Identity::Bios, &self.bios),
            (Identity::Instance, &self.instance),
        ] {
            seen.for_each_shared(|vms| {
                let names: Vec<String> = vms.iter().map(|vm| name(*vm)).collect();
                let first = vms.first().copied();
                warnings.insert((first, identity as u8), warning(identity, &names));
            });
        }
        warnings.into_values().collect()
    }
}

impl Seen {
    fn add(&mut self, uuid: &str, vm: Id) {
        if self.blocks.last().is_none_or(|block| block.len() == BLOCK) {
            self.blocks.push(Vec::with_capacity(BLOCK));
        }
        if let Some(block) = self.blocks.last_mut() {
            // Big endian, so that sightings are ordered as their ids are.
            block.push((fingerprint(uuid), vm.number().to_be_bytes()));
        }
    }

    /// Tells of each UUID that several VMs have, the VMs by their ids.
    ///
    /// Looks at a share of the fingerprints at a time: sorting all of them at
    /// once would take as much memory again.
    fn for_each_shared(&self, mut tell: impl FnMut(&[Id])) {
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
                    let vms = group
                        .iter()
                        .map(|(_, vm)| Id::of_number(u32::from_be_bytes(*vm)));
                    tell(&vms.collect::<Vec<_>>());
                }
            }
        }
    }
}

/// Of the digits of a UUID, however they are spelled; of what is none, of its text.
fn fingerprint(uuid: &str) -> Fingerprint {
    let uuid = uuid.trim();
    let mut hasher = DefaultHasher::new();
    match digits(uuid) {
        Some(digits) => digits.hash(&mut hasher),
        None => uuid.hash(&mut hasher),
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

fn warning(identity: Identity, vms: &[String]) -> Warning {
    let named = &vms[..vms.len().min(NAMED)];
    let further = match vms.len() - named.len() {
        0 => String::new(),
        further => format!(" and {further} more"),
    };
    Warning::new(
        WarningCode::DuplicateIdentity,
        format!(
            "{}{further} have one {}; give all but one a UUID of their own, or match them by another id",
            named.join(", "),
            identity.name()
        ),
    )
    .with("property", identity.property())
    .with("objects", named.to_vec())
    .with("count", vms.len())
}

#[cfg(test)]
mod tests {
    use super::{Duplicates, Id, Identity};

    #[test]
    fn vms_that_share_a_uuid_are_told_together_however_it_is_spelled() {
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
            duplicates.add(identity, uuid, Id::of_number(vm));
        }
        let warnings = duplicates.warnings(|vm| format!("vm-{}", vm.number()));
        let told: Vec<&str> = warnings
            .iter()
            .map(|warning| warning.message.as_str())
            .collect();
        let cure = "give all but one a UUID of their own, or match them by another id";
        assert_eq!(
            told,
            [
                format!("vm-0, vm-7 have one instance UUID; {cure}"),
                format!("vm-1, vm-4 have one BIOS UUID; {cure}"),
                format!("vm-2, vm-5 have one BIOS UUID; {cure}"),
            ]
        );
    }

    #[test]
    fn every_pair_among_many_is_told() {
        let mut duplicates = Duplicates::default();
        for vm in 0..20_000 {
            let uuid = format!("4200abcd-0000-0000-0000-{:012x}", vm % 19_990);
            duplicates.add(Identity::Bios, &uuid, Id::of_number(vm));
        }
        let warnings = duplicates.warnings(|vm| vm.number().to_string());
        let told = warnings
            .iter()
            .map(|warning| warning.message.split(" have ").next());
        let expected = (0..10).map(|vm| format!("{vm}, {}", vm + 19_990));
        assert!(
            told.eq(expected
                .collect::<Vec<_>>()
                .iter()
                .map(|pair| Some(pair.as_str())))
        );
    }
}
