//! VMs that share an identity. A ledger that matches machines by UUID would
//! take them for one.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};
use stocktake_contract::{Warning, WarningCode};

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

/// The identities seen: twenty bytes each.
#[derive(Debug, Default)]
pub struct Duplicates {
    bios: Vec<Seen>,
    instance: Vec<Seen>,
}

/// A UUID and the number of its VM.
type Seen = ([u8; 16], u32);

impl Duplicates {
    /// The VM of this number has this identity.
    pub fn add(&mut self, identity: Identity, uuid: &str, vm: u32) {
        let seen = match identity {
            Identity::Bios => &mut self.bios,
            Identity::Instance => &mut self.instance,
        };
        seen.push((key(uuid), vm));
    }

    /// One warning per shared identity, in the order of the first VM of each.
    /// `name` answers the id of a VM.
    pub fn warnings<'n>(&mut self, name: impl Fn(u32) -> &'n str) -> Vec<Warning> {
        let mut warnings = BTreeMap::new();
        for (identity, seen) in [
            (Identity::Bios, &mut self.bios),
            (Identity::Instance, &mut self.instance),
        ] {
            seen.sort_unstable();
            for group in seen.chunk_by(|one, other| one.0 == other.0) {
                if let [(_, first), _, ..] = group {
                    let vms: Vec<&str> = group.iter().map(|(_, vm)| name(*vm)).collect();
                    warnings.insert((*first, identity as u8), warning(identity, &vms));
                }
            }
        }
        warnings.into_values().collect()
    }
}

/// The digits of a UUID; of what is none, a digest.
fn key(uuid: &str) -> [u8; 16] {
    let mut key = [0; 16];
    let mut digits = 0;
    for character in uuid.trim().chars().filter(|character| *character != '-') {
        match character.to_digit(16).map(u8::try_from) {
            Some(Ok(digit)) if digits < 32 => {
                key[digits / 2] |= digit << (4 * (1 - digits % 2));
                digits += 1;
            }
            _ => digits = usize::MAX,
        }
        if digits > 32 {
            break;
        }
    }
    if digits != 32 {
        key.copy_from_slice(&Sha256::digest(uuid.trim().as_bytes())[..16]);
    }
    key
}

fn warning(identity: Identity, vms: &[&str]) -> Warning {
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
    use super::{Duplicates, Identity};

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
            duplicates.add(identity, uuid, vm);
        }
        let ids: Vec<String> = (0..8).map(|vm| format!("vm-{vm}")).collect();
        let warnings = duplicates.warnings(|vm| &ids[vm as usize]);
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
}
