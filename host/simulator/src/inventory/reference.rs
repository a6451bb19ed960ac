//! MoRef values (`vm-1001`, `domain-c8`, `group-v3`) to objects and back.

use super::folder::{FOLDERS_PER_DATACENTER, placement};
use super::object::{Kind, Object};
use super::site::Site;
use crate::soap::xml::Xml;

/// Numbers a datacenter takes: itself and its folders, side by side as vCenter numbers them.
const DATACENTER_BLOCK: u32 = 1 + FOLDERS_PER_DATACENTER;
const FIRST_DATACENTER: u32 = 2;
/// The first numbers of kinds behind the VMs, whose number grows.
const FIRST_POOL: u32 = 4_000_001;
const FIRST_VAPP: u32 = 5_000_001;
const FIRST_POD: u32 = 6_000_001;
const FIRST_OPAQUE_NETWORK: u32 = 7_000_001;
/// There is one, and its name has no number.
const CUSTOM_FIELDS: &str = "CustomFieldsManager";

fn prefix(kind: Kind) -> &'static str {
    match kind {
        Kind::Folder => "group-",
        Kind::Datacenter => "datacenter-",
        Kind::Vm => "vm-",
        Kind::Cluster => "domain-c",
        Kind::Compute => "domain-s",
        Kind::Host => "host-",
        Kind::Datastore => "datastore-",
        Kind::Network => "network-",
        Kind::PortGroup => "dvportgroup-",
        Kind::Switch => "dvs-",
        Kind::Pool => "resgroup-",
        Kind::VApp => "resgroup-v",
        Kind::Pod => "group-p",
        Kind::OpaqueNetwork => "network-o",
        Kind::CustomFields => CUSTOM_FIELDS,
    }
}

/// The root folder's and those of the kinds of folders below a datacenter.
const FOLDER_STEMS: [&str; 5] = ["group-d", "group-v", "group-h", "group-s", "group-n"];

/// What a host's own agent has one of, by its fixed name.
const HOST_AGENT_IDS: [(Object, &str); 9] = [
    (Object::ROOT, "ha-folder-root"),
    (Object::new(Kind::Folder, 1), "ha-folder-vm"),
    (Object::new(Kind::Folder, 2), "ha-folder-host"),
    (Object::new(Kind::Folder, 3), "ha-folder-datastore"),
    (Object::new(Kind::Folder, 4), "ha-folder-network"),
    (Object::new(Kind::Datacenter, 0), "ha-datacenter"),
    (Object::new(Kind::Compute, 0), "ha-compute-res"),
    (Object::new(Kind::Host, 0), "ha-host"),
    (Object::new(Kind::Pool, 0), "ha-root-pool"),
];

fn host_agent_id(object: Object) -> Option<&'static str> {
    let mut ids = HOST_AGENT_IDS.into_iter();
    ids.find(|&(known, _)| known == object).map(|(_, id)| id)
}

impl Site {
    /// Gives every kind its range of numbers, so that no two objects share one.
    pub(super) fn number_objects(&mut self) {
        let mut next = FIRST_DATACENTER + DATACENTER_BLOCK * self.datacenters;
        for kind in [
            Kind::Cluster,
            Kind::Compute,
            Kind::Host,
            Kind::Datastore,
            Kind::Switch,
            Kind::Network,
            Kind::PortGroup,
        ] {
            self.first_id[kind.position()] = next;
            next += self.count(kind);
        }
        self.first_id[Kind::Vm.position()] = next.div_ceil(1000) * 1000 + 1;
        for (kind, first) in [
            (Kind::Pool, FIRST_POOL),
            (Kind::VApp, FIRST_VAPP),
            (Kind::Pod, FIRST_POD),
            (Kind::OpaqueNetwork, FIRST_OPAQUE_NETWORK),
        ] {
            self.first_id[kind.position()] = first;
        }
    }

    pub(crate) fn write_id(&self, object: Object, xml: &mut Xml) {
        if self.host_agent
            && let Some(id) = host_agent_id(object)
        {
            xml.raw(id);
            return;
        }
        if self.host_agent && object.kind == Kind::Vm {
            xml.int(object.index + 1);
            return;
        }
        xml.raw(prefix(object.kind));
        if object.kind == Kind::CustomFields {
            return;
        }
        if object.kind == Kind::Folder
            && let Some((_, _, shape)) = placement(object.index)
        {
            xml.raw(shape.letter);
        } else if object.kind == Kind::Folder {
            xml.raw("d");
        }
        xml.int(self.number(object));
    }

    pub(crate) fn id(&self, object: Object) -> String {
        let mut xml = Xml::new();
        self.write_id(object, &mut xml);
        xml.into_string()
    }

    /// The object with this MoRef value, if there is one.
    pub(crate) fn object(&self, id: &str) -> Option<Object> {
        if self.host_agent {
            let mut singletons = HOST_AGENT_IDS.into_iter();
            if let Some((object, _)) = singletons.find(|&(_, known)| known == id) {
                return Some(object);
            }
            if let Ok(number) = id.parse::<u32>() {
                let object = Object::new(Kind::Vm, number.checked_sub(1)?);
                return (object.index < self.vms && self.id(object) == id).then_some(object);
            }
        }
        if id == CUSTOM_FIELDS {
            return (!self.host_agent).then_some(Object::CUSTOM_FIELDS);
        }
        let split = id.find(|c: char| c.is_ascii_digit())?;
        let (stem, digits) = id.split_at(split);
        let number: u32 = digits.parse().ok()?;
        let kind = Kind::ALL.into_iter().find(|&kind| {
            prefix(kind) == stem || (kind == Kind::Folder && FOLDER_STEMS.contains(&stem))
        })?;
        let index = match kind {
            Kind::Folder if number == 1 => 0,
            Kind::Folder => {
                let nth = number.checked_sub(FIRST_DATACENTER)?;
                let slot = (nth % DATACENTER_BLOCK).checked_sub(1)?;
                1 + (nth / DATACENTER_BLOCK) * FOLDERS_PER_DATACENTER + slot
            }
            Kind::Datacenter => {
                let nth = number.checked_sub(FIRST_DATACENTER)?;
                (nth % DATACENTER_BLOCK == 0).then_some(nth / DATACENTER_BLOCK)?
            }
            _ => number.checked_sub(self.first_id[kind.position()])?,
        };
        let object = Object::new(kind, index);
        (index < self.count(kind) && self.exists(object) && self.id(object) == id).then_some(object)
    }

    fn number(&self, object: Object) -> u32 {
        match object.kind {
            Kind::Folder => match placement(object.index) {
                Some((datacenter, slot, _)) => {
                    FIRST_DATACENTER + DATACENTER_BLOCK * datacenter + 1 + slot
                }
                None => 1,
            },
            Kind::Datacenter => FIRST_DATACENTER + DATACENTER_BLOCK * object.index,
            kind => self.first_id[kind.position()] + object.index,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::inventory::{Kind, Object, Site, Sizes};
    use std::collections::HashSet;

    #[test]
    fn every_reference_leads_back_to_its_object_and_no_number_is_taken_twice() {
        let site = Site::varied(
            1,
            Sizes {
                vms: 30,
                hosts: 20,
                clusters: 9,
            },
        );
        let mut numbers = HashSet::new();
        let numbered = |kind: &Kind| *kind != Kind::CustomFields;
        for kind in Kind::ALL.into_iter().filter(numbered) {
            for index in 0..site.count(kind) {
                let object = Object::new(kind, index);
                let id = site.id(object);
                assert_eq!(site.object(&id), Some(object), "{id}");
                let number = id
                    .trim_start_matches(|c: char| !c.is_ascii_digit())
                    .to_owned();
                assert!(numbers.insert(number), "{id}");
            }
        }
    }

    #[test]
    fn references_that_do_not_exist_lead_nowhere() {
        let site = Site::new(
            1,
            Sizes {
                vms: 3,
                hosts: 2,
                clusters: 1,
            },
        );
        assert_eq!(site.id(Object::ROOT), "group-d1");
        assert_eq!(site.object("group-v3").map(|o| o.kind), Some(Kind::Folder));
        for id in [
            "",
            "vm-",
            "vm-1004",
            "vm-01001",
            "vm-4294967296",
            "group-d3",
            "group-v2",
            "datacenter-3",
            "host--1",
            "x-1",
            "vm-1001x",
        ] {
            assert_eq!(site.object(id), None, "{id}");
        }
    }
}
