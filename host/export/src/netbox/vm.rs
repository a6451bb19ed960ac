//! Virtual machines, with their interfaces.

use serde_json::json;
use stocktake_contract::details::{Text, Vm};

use super::Import;
use super::file::Form;
use super::name::{Names, SHORT, described};
use crate::Error;
use crate::asset::Asset;

const MIB: u64 = 1 << 20;
/// The largest positive integer of a column.
const MAX: u64 = i32::MAX.unsigned_abs() as u64;
/// The largest number of virtual CPUs.
const CPUS: u64 = 9_999;

impl Import<'_> {
    pub(super) fn vm(&mut self, asset: &Asset<'_>) -> Result<(), Error> {
        let attributes = &asset.normalized.attributes;
        if attributes.template == Some(true) || attributes.ghost_class.is_some() {
            self.left_out.vms += 1;
            return Ok(());
        }
        let details = asset.vm();
        let device = self.index.host_id_of(&asset.id);
        let device = device.and_then(|host| self.hosts.get(host));
        // Older versions know a VM on a device only within a cluster.
        let on_cluster =
            device.and_then(|device| Some((device.cluster.clone()?, device.name.clone())));
        let site = device.map(|device| device.site.clone());
        let site = match site {
            Some(site) => site,
            None => {
                let datacenter = details.and_then(|vm| vm.datacenter.as_ref());
                self.site(datacenter.map(Text::as_str))?
            }
        };
        let (cluster, device) = on_cluster.unzip();
        let hardware = &asset.normalized.hardware;
        let disks = hardware.disks.iter().filter_map(|disk| disk.size_bytes);
        let disk = disks.reduce(u64::saturating_add);
        let status = match asset.normalized.runtime.power_state.as_deref() {
            Some("poweredOn") => "active",
            _ => "offline",
        };
        let name = self.unique(Form::VirtualMachine, asset.name(), &asset.id, SHORT);
        let uuid = attributes.instance_uuid.as_deref();
        let platform = self.guest(details)?;
        self.add(
            Form::VirtualMachine,
            json!({
                "name": name,
                "status": status,
                "site": site,
                "cluster": cluster,
                "device": device,
                "platform": platform,
                "vcpus": hardware.cpu_count.filter(|count| (1..=CPUS).contains(count)),
                "memory": hardware.memory_bytes.map(|bytes| bytes / MIB).filter(|memory| *memory <= MAX),
                "disk": disk.map(|bytes| bytes.div_ceil(MIB)).filter(|disk| *disk <= MAX),
                "serial": uuid.filter(|uuid| uuid.len() <= super::SERIAL),
                "description": described(&format!("vCenter {}", asset.id)),
                "comments": details.and_then(|vm| vm.annotation.as_ref()).map(|notes| notes.as_str().replace('\0', "\u{FFFD}")),
            }),
        )?;
        self.nics(&name, asset)
    }

    /// The platform of a VM: what its guest says, else what it is configured for.
    fn guest(&mut self, vm: Option<&Vm<'_>>) -> Result<Option<String>, Error> {
        let guest = vm.and_then(|vm| vm.guest.as_ref());
        let name = guest.and_then(|guest| {
            guest
                .full_name
                .as_ref()
                .or(guest.configured_full_name.as_ref())
        });
        match name {
            Some(name) => self
                .once(Form::Platform, name.as_str(), json!({}))
                .map(Some),
            None => Ok(None),
        }
    }

    fn nics(&mut self, machine: &str, asset: &Asset<'_>) -> Result<(), Error> {
        let mut names = Names::default();
        let mut has_primary = [false, false];
        for nic in asset
            .vm()
            .and_then(|vm| vm.nics.as_ref())
            .into_iter()
            .flatten()
        {
            let label = nic.label.as_ref().map_or("Network adapter", Text::as_str);
            let key = nic.key.unwrap_or_default();
            let name = names.unique(label, &key.to_string(), SHORT);
            let network = nic.network_name.as_ref();
            self.add(
                Form::VmInterface,
                json!({
                    "virtual_machine": machine,
                    "name": name,
                    "enabled": nic.connected.or(nic.start_connected),
                    "description": network.map(|network| described(network.as_str())),
                }),
            )?;
            self.mac("virtual_machine", machine, &name, nic.mac.as_ref())?;
            for address in nic.addresses.iter().flatten() {
                let Some(ip) = &address.ip else {
                    continue;
                };
                let family = usize::from(ip.as_str().contains(':'));
                let is_primary = !has_primary[family];
                let prefix = address.prefix;
                let is_added = self.address(
                    "virtual_machine",
                    machine,
                    &name,
                    ip.as_str(),
                    prefix,
                    is_primary,
                )?;
                has_primary[family] |= is_added;
            }
        }
        Ok(())
    }
}
