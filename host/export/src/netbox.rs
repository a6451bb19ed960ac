//! NetBox: a file per form of its bulk import, numbered in the order in which they are imported.
//!
//! The forms find other objects by name, so names are made unique over the whole import, within the lengths and the
//! alphabet that NetBox's models have. What its rules do not admit is left out and counted.

mod address;
mod file;
mod name;
mod vm;

use std::collections::HashMap;
use std::io::{Read, Seek};
use std::path::Path;

use serde_json::{Map, Value, json};
use stocktake_contract::details::{Host, Text};
use stocktake_contract::normalized::Kind;

use crate::Error;
use crate::asset::Asset;
use crate::draft::DirectoryDraft;
use crate::index::Index;
use crate::report::Report;
use crate::response::{Items, Response};

use address::Addresses;
use file::{Files, Form};
use name::{LONG, Names, SHORT, described, slug};

/// The site of what is in no datacenter that is known.
const NO_SITE: &str = "Unknown datacenter";
/// The vendor and model of a host that says none.
const UNKNOWN: &str = "Unknown";
/// The role of hosts.
const ROLE: &str = "Hypervisor";
/// The type of clusters.
const CLUSTER_TYPE: &str = "VMware vSphere";
/// Characters of a serial number.
const SERIAL: usize = 50;

/// Writes a directory with a file per form.
pub(crate) fn export<R: Read + Seek>(
    response: &mut Response<R>,
    index: &Index,
    path: &Path,
    report: &mut Report,
) -> Result<(), Error> {
    let name = response.name().to_owned();
    let draft = DirectoryDraft::new(path)?;
    let mut import = Import {
        name: &name,
        index,
        kind: Kind::Cluster,
        files: Files::new(&draft)?,
        names: HashMap::new(),
        hosts: HashMap::new(),
        clusters: HashMap::new(),
        addresses: Addresses::default(),
        left_out: LeftOut::default(),
        report,
    };
    import.role()?;
    // Hosts name clusters, and VMs name hosts, which a response can have behind them.
    for kind in [Kind::Cluster, Kind::Host, Kind::Vm] {
        import.kind = kind;
        response.read(&mut import)?;
    }
    import.add_notes();
    import.files.finish()?;
    draft.publish()
}

/// What an import does not have.
#[derive(Debug, Default)]
struct LeftOut {
    /// Templates, agents of vSphere, VMs that no host has.
    vms: u64,
    /// Names that NetBox would not find again, or not hold.
    renamed: u64,
    /// Serial numbers that are too long.
    serials: u64,
}

/// A host, as devices are called.
#[derive(Debug)]
struct Device {
    name: String,
    site: String,
    cluster: Option<String>,
}

struct Import<'i> {
    name: &'i str,
    index: &'i Index,
    /// What this pass adds.
    kind: Kind,
    files: Files<'i>,
    /// Names that are taken, per form.
    names: HashMap<Form, Names>,
    hosts: HashMap<String, Device>,
    /// The names of clusters, by id.
    clusters: HashMap<String, String>,
    addresses: Addresses,
    left_out: LeftOut,
    report: &'i mut Report,
}

impl Items for Import<'_> {
    fn asset(&mut self, text: &str) -> Result<(), Error> {
        let asset = Asset::from_text(self.name, text)?;
        self.report.assets += u64::from(self.kind == Kind::Cluster);
        match (self.kind, asset.kind) {
            (Kind::Cluster, Kind::Datacenter) => self.site(Some(asset.name())).map(drop),
            (Kind::Cluster, Kind::Cluster) => self.cluster(&asset),
            (Kind::Host, Kind::Host) => self.host(&asset),
            (Kind::Vm, Kind::Vm) => self.vm(&asset),
            _ => Ok(()),
        }
    }
}

impl Import<'_> {
    /// Adds an object to the file of a form.
    fn add(&mut self, form: Form, object: Value) -> Result<(), Error> {
        // A member without value would be one that the form has to understand.
        let Value::Object(members) = object else {
            return Ok(());
        };
        let members = members.into_iter().filter(|(_, value)| !value.is_null());
        self.report.count(form.as_str());
        self.files.add(form, &members.collect::<Map<_, _>>())
    }

    /// The name for an object of a form: `wanted`, within the length, and different from all others.
    fn unique(&mut self, form: Form, wanted: &str, id: &str, length: usize) -> String {
        let names = self.names.entry(form).or_default();
        let name = names.unique(wanted, id, length);
        self.left_out.renamed += u64::from(name != wanted);
        name
    }

    /// Adds an object that is known by its name alone, if it is not there yet.
    fn once(&mut self, form: Form, wanted: &str, members: Value) -> Result<String, Error> {
        let wanted = name::fitted(wanted, LONG);
        let names = self.names.entry(form).or_default();
        let (name, is_new) = names.once(&wanted, wanted.clone());
        if is_new {
            let mut object = members;
            object["name"] = name.clone().into();
            object["slug"] = self.slug(form, &name).into();
            self.add(form, object)?;
        }
        Ok(name)
    }

    /// A slug that no other object of the form has.
    fn slug(&mut self, form: Form, name: &str) -> String {
        self.names.entry(form).or_default().slug(&slug(name))
    }

    fn role(&mut self) -> Result<(), Error> {
        self.once(
            Form::DeviceRole,
            ROLE,
            json!({"color": "607d8b", "vm_role": false}),
        )?;
        self.once(Form::ClusterType, CLUSTER_TYPE, json!({}))
            .map(drop)
    }

    fn site(&mut self, datacenter: Option<&str>) -> Result<String, Error> {
        let name = datacenter.unwrap_or(NO_SITE);
        self.once(Form::Site, name, json!({"status": "active"}))
    }

    fn cluster(&mut self, asset: &Asset<'_>) -> Result<(), Error> {
        let datacenter = asset
            .cluster()
            .and_then(|cluster| cluster.datacenter.as_ref());
        let site = match datacenter {
            Some(datacenter) => Some(self.site(Some(datacenter.as_str()))?),
            None => None,
        };
        let name = self.unique(Form::Cluster, asset.name(), &asset.id, LONG);
        self.clusters
            .insert(asset.id.clone().into_owned(), name.clone());
        self.add(
            Form::Cluster,
            json!({
                "name": name,
                "type": CLUSTER_TYPE,
                "status": "active",
                "scope_type": site.as_ref().map(|_| "dcim.site"),
                "scope_name": site,
                "description": described(&format!("vCenter {}", asset.id)),
            }),
        )
    }

    fn host(&mut self, asset: &Asset<'_>) -> Result<(), Error> {
        let details = asset.host();
        let datacenter = details.and_then(|host| host.datacenter.as_ref());
        let site = self.site(datacenter.map(Text::as_str))?;
        let identity = &asset.normalized.identity;
        let vendor = identity.vendor.as_deref().unwrap_or(UNKNOWN);
        let model = identity.model.as_deref().unwrap_or(UNKNOWN);
        let manufacturer = self.once(Form::Manufacturer, vendor, json!({}))?;
        let model = self.device_type(&manufacturer, model)?;
        let platform = self.platform(&asset.normalized.os)?;
        let name = self.unique(Form::Device, asset.name(), &asset.id, SHORT);
        let serial = identity.serial_number.as_deref();
        let is_short = |serial: &&str| serial.chars().count() <= SERIAL;
        self.left_out.serials += u64::from(serial.is_some_and(|serial| !is_short(&serial)));
        let cluster = self.index.cluster_id_of(&asset.id);
        let cluster = cluster
            .and_then(|cluster| self.clusters.get(cluster))
            .cloned();
        let state = asset.normalized.attributes.connection_state.as_deref();
        let status = match (state, asset.normalized.runtime.power_state.as_deref()) {
            (None | Some("connected"), None | Some("poweredOn")) => "active",
            _ => "offline",
        };
        self.add(
            Form::Device,
            json!({
                "name": name,
                "role": ROLE,
                "manufacturer": manufacturer,
                "device_type": model,
                "platform": platform,
                "serial": serial.filter(is_short),
                "status": status,
                "site": site,
                "cluster": cluster,
                "description": described(&format!("vCenter {}", asset.id)),
            }),
        )?;
        let device = Device {
            name: name.clone(),
            site,
            cluster,
        };
        self.hosts.insert(asset.id.clone().into_owned(), device);
        if let Some(host) = details {
            self.interfaces(&name, host)?;
        }
        Ok(())
    }

    fn device_type(&mut self, manufacturer: &str, model: &str) -> Result<String, Error> {
        let key = format!("{manufacturer} {model}");
        let names = self.names.entry(Form::DeviceType).or_default();
        let (model, is_new) = names.once(&key, name::fitted(model, LONG));
        if is_new {
            let slug = self.slug(Form::DeviceType, &key);
            let object = json!({"manufacturer": manufacturer, "model": model, "slug": slug});
            self.add(Form::DeviceType, object)?;
        }
        Ok(model)
    }

    fn platform(&mut self, os: &crate::asset::normalized::Os) -> Result<Option<String>, Error> {
        let Some(name) = &os.name else {
            return Ok(None);
        };
        let version = os.version.as_deref().unwrap_or_default();
        let name = format!("{name} {version}");
        self.once(Form::Platform, &name, json!({})).map(Some)
    }

    /// The physical cards and vmkernel adapters of a host.
    fn interfaces(&mut self, device: &str, host: &Host<'_>) -> Result<(), Error> {
        let mut names = Names::default();
        let mut has_primary = false;
        for nic in host.pnics.iter().flatten() {
            let Some(name) = &nic.device else {
                continue;
            };
            let name = names.unique(name.as_str(), "pnic", SHORT);
            let duplex = nic
                .full_duplex
                .map(|full| if full { "full" } else { "half" });
            self.add(
                Form::Interface,
                json!({
                    "device": device,
                    "name": name,
                    // vCenter does not say the medium.
                    "type": "other",
                    "enabled": true,
                    "speed": nic.speed_mbps.and_then(|speed| speed.checked_mul(1_000)).filter(|speed| i32::try_from(*speed).is_ok()),
                    "duplex": duplex,
                }),
            )?;
            self.mac("device", device, &name, nic.mac.as_ref())?;
        }
        for adapter in host.vmkernels.iter().flatten() {
            let Some(name) = &adapter.device else {
                continue;
            };
            let name = names.unique(name.as_str(), "vmkernel", SHORT);
            let services = adapter.services.iter().flatten();
            let is_management = services
                .clone()
                .any(|service| service.as_str() == "management");
            let services: Vec<&str> = services.map(Text::as_str).collect();
            self.add(
                Form::Interface,
                json!({
                    "device": device,
                    "name": name,
                    "type": "virtual",
                    "enabled": true,
                    "mtu": adapter.mtu.filter(|mtu| (1..=65_536).contains(mtu)),
                    "mgmt_only": is_management,
                    "description": (!services.is_empty()).then(|| described(&services.join(", "))),
                }),
            )?;
            self.mac("device", device, &name, adapter.mac.as_ref())?;
            if let Some(ip) = &adapter.ip {
                let is_primary = is_management && !has_primary;
                let ip = ip.as_str();
                has_primary |=
                    self.address("device", device, &name, ip, adapter.prefix, is_primary)?
                        && is_primary;
            }
        }
        Ok(())
    }

    fn mac(
        &mut self,
        parent: &str,
        owner: &str,
        interface: &str,
        mac: Option<&Text<'_>>,
    ) -> Result<(), Error> {
        let Some(mac) = mac.and_then(|mac| address::mac(mac.as_str())) else {
            return Ok(());
        };
        let object =
            json!({"mac_address": mac, parent: owner, "interface": interface, "is_primary": true});
        self.add(Form::MacAddress, object)
    }

    /// Adds an address unless NetBox does not admit it; says whether it did.
    fn address(
        &mut self,
        parent: &str,
        owner: &str,
        interface: &str,
        ip: &str,
        prefix: Option<u64>,
        is_primary: bool,
    ) -> Result<bool, Error> {
        let Some(address) = self.addresses.admit(ip, prefix) else {
            return Ok(false);
        };
        let object = json!({
            "address": address,
            "status": "active",
            parent: owner,
            "interface": interface,
            "is_primary": is_primary.then_some(true),
        });
        self.add(Form::IpAddress, object)?;
        Ok(true)
    }

    fn add_notes(&mut self) {
        let counts = [
            (
                self.left_out.vms,
                "VMs are left out: templates, agents of vSphere, and what no host has",
            ),
            (
                self.left_out.renamed,
                "names differ from vCenter's, because they were too long or not unique",
            ),
            (
                self.left_out.serials,
                "serial numbers are left out, because they are too long",
            ),
            (
                self.addresses.unfit,
                "addresses are left out: loopback, link-local, network and broadcast addresses, and what is none",
            ),
            (
                self.addresses.repeated,
                "addresses are left out, because another interface has them",
            ),
        ];
        for (count, what) in counts {
            if count > 0 {
                self.report.notes.push(format!("{count} {what}"));
            }
        }
    }
}
