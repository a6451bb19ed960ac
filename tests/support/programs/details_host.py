"""The details of a host."""

import ipaddress

from pyVmomi import vim

from details_values import moid, time

PROPERTIES = [
    "runtime.bootTime", "runtime.inMaintenanceMode", "runtime.inQuarantineMode",
    "runtime.dasHostState", "hardware.biosInfo", "config.powerSystemInfo.currentPolicy",
    "config.network.pnic", "config.network.vswitch", "config.network.proxySwitch",
    "config.network.portgroup", "config.network.vnic", "config.network.dnsConfig",
    "config.network.ipRouteConfig", "config.virtualNicManagerInfo.netConfig",
    "config.dateTimeInfo.ntpConfig", "config.fileSystemVolume.mountInfo",
    "config.vsanHostConfig.enabled", "datastore", "summary.currentEVCModeKey",
    "summary.maxEVCModeKey",
]


def switches(read):
    """Name, uuid, whether it is distributed, and the switch itself."""
    for one in read("config.network.vswitch") or []:
        yield one.name, None, False, one
    for one in read("config.network.proxySwitch") or []:
        yield one.dvsName, one.dvsUuid, True, one


def pnic(card, read):
    link = card.linkSpeed
    holders = (name for name, _, _, switch in switches(read) if card.key in switch.pnic)
    return {
        "device": card.device,
        "mac": card.mac,
        "speed_mbps": link and link.speedMb,
        "full_duplex": link and link.duplex,
        "driver": card.driver,
        "switch": next(holders, None),
    }


def switch(name, uuid, distributed, one, read):
    devices = {card.key: card.device for card in read("config.network.pnic") or []}
    return {
        "name": name,
        "uuid": uuid,
        "distributed": distributed,
        "ports": one.numPorts,
        "mtu": one.mtu,
        "pnics": [devices[key] for key in one.pnic if key in devices],
    }


def services(device, configs):
    """The services for which one of the device's entries is selected."""
    return [
        config.nicType
        for config in configs or []
        if any(
            candidate.device == device and candidate.key in config.selectedVnic
            for candidate in config.candidateVnic
        )
    ]


def vmkernel(nic, read):
    spec = nic.spec
    port = spec.distributedVirtualPort
    ip = spec.ip
    mask = ip and ip.subnetMask
    return {
        "device": nic.device,
        "portgroup": nic.portgroup,
        "portgroup_id": port and port.portgroupKey,
        "mac": spec.mac,
        "ip": ip and ip.ipAddress,
        "prefix": ipaddress.ip_network(f"0.0.0.0/{mask}").prefixlen if mask else None,
        "mtu": spec.mtu,
        "services": services(nic.device, read("config.virtualNicManagerInfo.netConfig")),
    }


def mounted(datastore, read, tree):
    name = tree.values.get(datastore, {}).get("name")
    mounts = read("config.fileSystemVolume.mountInfo") or []
    mount = next((one.mountInfo for one in mounts if one.volume.name == name), None)
    return {
        "id": moid(datastore),
        "name": tree.name(datastore),
        "mounted": mount and mount.mounted,
        "accessible": mount and mount.accessible,
        "mode": mount and mount.accessMode,
    }


def fields(obj, read, tree):
    bios = read("hardware.biosInfo")
    policy = read("config.powerSystemInfo.currentPolicy")
    dns = read("config.network.dnsConfig")
    ntp = read("config.dateTimeInfo.ntpConfig")
    routes = read("config.network.ipRouteConfig")
    agent = read("runtime.dasHostState")
    compute = read("parent")
    return {
        "datacenter": tree.datacenter(compute),
        "cluster": tree.name(compute) if isinstance(compute, vim.ClusterComputeResource) else None,
        "booted_at": time(read("runtime.bootTime")),
        "bios": bios and {"version": bios.biosVersion, "date": time(bios.releaseDate)},
        "cpu": policy and {"power_policy": policy.shortName},
        "pnics": [pnic(card, read) for card in read("config.network.pnic") or []],
        "vmkernels": [vmkernel(nic, read) for nic in read("config.network.vnic") or []],
        "vswitches": [switch(*one, read) for one in switches(read)],
        "portgroups": [
            {"name": one.spec.name, "switch": one.spec.vswitchName, "vlan_id": one.spec.vlanId}
            for one in read("config.network.portgroup") or []
        ],
        "dns": dns and {
            "host_name": dns.hostName,
            "domain": dns.domainName,
            "servers": list(dns.address),
            "search_domains": list(dns.searchDomain),
        },
        "ntp": ntp and {"servers": list(ntp.server)},
        "gateway": routes and routes.defaultGateway,
        "datastores": [mounted(one, read, tree) for one in read("datastore") or []],
        "evc": {
            "current": read("summary.currentEVCModeKey"),
            "max": read("summary.maxEVCModeKey"),
        },
        "vsan": read("config.vsanHostConfig.enabled"),
        "maintenance": read("runtime.inMaintenanceMode"),
        "quarantine": read("runtime.inQuarantineMode"),
        "ha_state": agent and agent.state,
    }
