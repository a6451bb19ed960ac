//! A hypervisor host.

use std::collections::HashMap;

use stocktake_contract::details::{Bios, Dns, Evc, Host, HostCpu, MountedDatastore, Ntp, Text};

use super::time::time;
use super::values::{Properties, filled, flag, known, present, text, texts};
use super::{Context, host_network};
use crate::gaps::Gap;
use crate::names;
use crate::tape::{Tape, Value};

/// The details of a host.
pub(super) fn host<'a>(
    properties: &'a Tape,
    context: Context<'a>,
    gaps: &mut Vec<Gap>,
) -> Host<'a> {
    let read = Properties(properties);
    let parent = read.reference("parent").map(|parent| parent.value);
    let cluster = |id| context.places.name_of("ClusterComputeResource", id);
    let policy = read.get("config.powerSystemInfo.currentPolicy");
    let network = host_network::Network::read(read);
    let servers = read.get("config.dateTimeInfo.ntpConfig.server");
    Host {
        datacenter: read.datacenter(context),
        cluster: known(parent.and_then(cluster)),
        custom_attributes: read.custom_attributes(context, gaps),
        booted_at: time(read.get("runtime.bootTime")),
        bios: read.get("hardware.biosInfo").and_then(bios),
        cpu: present(HostCpu {
            power_policy: text(policy.and_then(|policy| policy.get("shortName"))),
        }),
        pnics: filled(network.pnics()),
        vmkernels: filled(network.vmkernels()),
        vswitches: filled(network.switches()),
        portgroups: filled(host_network::port_groups(
            read.get("config.network.portgroup"),
        )),
        dns: read.get("config.network.dnsConfig").and_then(dns),
        ntp: present(Ntp {
            servers: texts(servers.into_iter().flat_map(Value::fields)),
        }),
        gateway: read.text("config.network.ipRouteConfig.defaultGateway"),
        datastores: filled(datastores(read, context)),
        evc: present(Evc {
            current: read.text("summary.currentEVCModeKey"),
            max: read.text("summary.maxEVCModeKey"),
        }),
        vsan: read.flag("config.vsanHostConfig.enabled"),
        maintenance: read.flag("runtime.inMaintenanceMode"),
        quarantine: read.flag("runtime.inQuarantineMode"),
        ha_state: read.text("runtime.dasHostState.state"),
    }
}

fn bios(info: Value<'_>) -> Option<Bios<'_>> {
    present(Bios {
        version: text(info.get("biosVersion")),
        date: time(info.get("releaseDate")),
    })
}

fn dns(config: Value<'_>) -> Option<Dns<'_>> {
    present(Dns {
        host_name: text(config.get("hostName")),
        domain: text(config.get("domainName")),
        servers: texts(config.all("address")),
        search_domains: texts(config.all("searchDomain")),
    })
}

/// The datastores of a host, with what its volumes of the same names tell.
fn datastores<'a>(read: Properties<'a>, context: Context<'a>) -> Vec<MountedDatastore<'a>> {
    let volumes = read.get("config.fileSystemVolume.mountInfo").into_iter();
    let mounts: HashMap<_, Value<'a>> = volumes
        .flat_map(Value::fields)
        .filter_map(|volume| {
            let name = volume.at(["volume", "name"])?.non_blank()?;
            Some((names::decode(name), volume.get("mountInfo")?))
        })
        .collect();
    let references = read.get("datastore").into_iter().flat_map(Value::fields);
    references
        .filter_map(|reference| {
            let id = reference.as_reference()?.value;
            let datastore = context.datastores.get(id);
            let name = datastore.and_then(|datastore| datastore.name.as_deref());
            let mount = name.and_then(|name| mounts.get(name)).copied();
            let field = |field| mount.and_then(|mount| mount.get(field));
            Some(MountedDatastore {
                id: Text::new(id),
                name: name.and_then(Text::new),
                mounted: flag(field("mounted")),
                accessible: flag(field("accessible")),
                mode: text(field("accessMode")),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests;
