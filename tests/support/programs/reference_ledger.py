"""normalized-v1 and the relations as the mapping table of the specification gives them,
from pyVmomi's objects."""

import ipaddress
import re

from pyVmomi import vim

TOOLS = {
    "guestToolsCurrent": "CURRENT",
    "guestToolsNotInstalled": "NOT_INSTALLED",
    "guestToolsUnmanaged": "UNMANAGED",
    "guestToolsSupportedOld": "SUPPORTED_OLD",
    "guestToolsSupportedNew": "SUPPORTED_NEW",
    "guestToolsTooOld": "TOO_OLD_UNSUPPORTED",
    "guestToolsTooNew": "TOO_NEW_UNSUPPORTED",
    "guestToolsBlacklisted": "BLACKLISTED",
}

NO_SERIAL = {"", "unknown", "none", "to be filled by o.e.m.", "0"}


def decoded(name):
    escapes = {"%2f": "/", "%5c": "\\", "%25": "%"}
    return re.sub("%2f|%5c|%25", lambda found: escapes[found[0].lower()], name, flags=re.I)


def compact(fields):
    return {key: value for key, value in fields.items() if value not in (None, "", [])}


def unique(values):
    return list(dict.fromkeys(values))


def ipv4(texts):
    found = []
    for text in texts:
        try:
            found.append(str(ipaddress.IPv4Address(text)))
        except ValueError:
            pass
    return unique(found)


# Where GuestOS of the REST API does not follow its own rule.
IRREGULAR_GUESTS = {
    "amazonlinux2_64Guest": "AMAZONLINUX2_64",
    "amazonlinux3_64Guest": "AMAZONLINUX3_64",
    "crxPod1Guest": "CRXPOD_1",
    "crxSys1Guest": "CRXSYS_1",
    "eComStationGuest": "ECOMSTATION",
    "eComStation2Guest": "ECOMSTATION_2",
    "openServer5Guest": "OPENSERVER_5",
    "openServer6Guest": "OPENSERVER_6",
    "os2Guest": "OS2",
    "otherGuest64": "OTHER_64",
    "unixWare7Guest": "UNIXWARE_7",
    "windowsHyperVGuest": "WINDOWS_HYPERV",
    "windows2019srv_64Guest": "WINDOWS_SERVER_2019",
    "windows2019srvNext_64Guest": "WINDOWS_SERVER_2021",
    "windows2022srvNext_64Guest": "WINDOWS_SERVER_2025",
}


def rest_guest_id(guest_id):
    if guest_id in IRREGULAR_GUESTS:
        return IRREGULAR_GUESTS[guest_id]
    stem = guest_id.removesuffix("Guest")
    return re.sub(r"(?<=[^\W\d_])(?=\d)|(?<=[a-z0-9])(?=[A-Z])", "_", stem).upper()


def vm(read):
    devices = read("config.hardware.device", [])
    cards = [device for device in devices if isinstance(device, vim.vm.device.VirtualEthernetCard)]
    disks = [device for device in devices if isinstance(device, vim.vm.device.VirtualDisk)]
    net = []
    for nic in read("guest.net", []):
        configured = nic.ipConfig.ipAddress if nic.ipConfig else []
        net += [address.ipAddress for address in configured] or list(nic.ipAddress)
    running = read("guest.toolsRunningStatus")
    guest_id = read("config.guestId")
    memory = read("config.hardware.memoryMB", read("summary.config.memorySizeMB"))
    return {
        "identity": compact({
            "machine_uuid": read("config.instanceUuid") or read("config.uuid"),
            "caption": decoded(read("name", "")),
            "hostname": read("guest.hostName"),
        }),
        "network": compact({
            "mac_addresses": unique(card.macAddress for card in cards if card.macAddress),
            "ip_addresses": ipv4(net) or ipv4([read("guest.ipAddress", "")]),
        }),
        "hardware": compact({
            "cpu_count": read("config.hardware.numCPU", read("summary.config.numCpu")),
            "memory_bytes": None if memory is None else memory * 1_048_576,
            "disks": [disk(one) for one in disks],
        }),
        "os": compact({"fingerprint": rest_guest_id(guest_id) if guest_id else None}),
        "runtime": compact({
            "power_state": read("runtime.powerState"),
            "tools_running": None if not running else running in (
                "guestToolsRunning", "guestToolsExecutingScripts",
            ),
            "tools_status": TOOLS.get(read("guest.toolsVersionStatus2")),
        }),
        "attributes": compact({
            "connection_state": read("summary.runtime.connectionState"),
            "vm_path": read("summary.config.vmPathName"),
            "bios_uuid": read("config.uuid"),
            "instance_uuid": read("config.instanceUuid"),
        }),
    }


def disk(one):
    thin = getattr(one.backing, "thinProvisioned", None)
    eager = getattr(one.backing, "eagerlyScrub", None)
    kind = None
    if thin:
        kind = "thin"
    elif eager:
        kind = "eagerZeroedThick"
    elif thin is not None or eager is not None:
        kind = "thick"
    return compact({
        "name": one.deviceInfo.label if one.deviceInfo else None,
        "size_bytes": one.capacityInBytes or one.capacityInKB * 1024,
        "type": kind,
    })


def serial_number(read):
    serial = (read("hardware.systemInfo.serialNumber") or "").strip()
    if serial.lower() not in NO_SERIAL:
        return serial
    tags = ["ServiceTag", "SerialNumberTag", "EnclosureSerialNumberTag", "AssetTag"]
    best = {}
    for info in read("hardware.systemInfo.otherIdentifyingInfo", []):
        value = info.identifierValue.strip()
        if value.lower() not in NO_SERIAL:
            best.setdefault(info.identifierType.key, value)
    return next((best[tag] for tag in tags if tag in best), None)


def addresses(read):
    """(device, port group, address) of every adapter of the host itself."""
    for nic in [*read("config.network.vnic", []), *read("config.network.consoleVnic", [])]:
        is_own = nic.device.startswith(("vmk", "vswif"))
        for address in ipv4([nic.spec.ip.ipAddress]) if is_own and nic.spec.ip else []:
            yield nic.device, nic.portgroup or "", address


def local_namespaces(topology):
    for adapter in topology.adapter if topology else []:
        for controller in adapter.connectedController:
            if controller.transportType in (None, "pcie"):
                yield from controller.attachedNamespace


def disk_total(read):
    luns = read("config.storageDevice.scsiLun")
    if luns is None:
        return None
    disks = {}
    for lun in luns:
        is_local = lun.lunType == "disk" and getattr(lun, "localDisk", None) is not False
        size = lun.capacity.block * lun.capacity.blockSize if is_local else 0
        # A namespace behind a disk elsewhere is not local either.
        disks.setdefault(lun.canonicalName, size)
    for namespace in local_namespaces(read("config.storageDevice.nvmeTopology")):
        disks.setdefault(namespace.name, namespace.capacityInBlocks * namespace.blockSize)
    return sum(disks.values())


def storage(read, datastores):
    """The host's datastores; nothing when one of them cannot be read."""
    ids = [one._GetMoId() for one in read("datastore", [])]
    if read("datastore") is None or not all(id in datastores for id in ids):
        return None
    all_of_them = [datastores[id] for id in ids]
    return [
        {"name": decoded(one["name"]), "capacity_bytes": one["summary.capacity"]}
        for one in all_of_them
        if one["summary.type"].lower() not in ("nfs", "nfs41", "vsan")
    ]


def host(read, datastores):
    found = list(addresses(read))
    usual = [address for device, _, address in found if device in ("vmk0", "vswif0")]
    named = [address for _, group, address in found if "management" in group.lower()]
    every = [address for _, _, address in found]
    own = storage(read, datastores)
    power = read("summary.runtime.powerState")
    power = {"standBy": "suspended", "unknown": None}.get(power, power)
    return {
        "identity": compact({
            "hostname": decoded(read("name", "")),
            "serial_number": serial_number(read),
            "vendor": read("summary.hardware.vendor"),
            "model": read("summary.hardware.model"),
        }),
        "network": compact({
            "management_ip": next(iter(usual + named + every), None),
            "ip_addresses": unique(every),
        }),
        "os": compact({
            "name": "ESXi",
            "version": read("summary.config.product.version"),
            "fingerprint": read("summary.config.product.build"),
        }),
        "hardware": compact({
            "cpu_count": read("summary.hardware.numCpuCores"),
            "memory_bytes": read("summary.hardware.memorySize"),
        }),
        "runtime": compact({"power_state": power}),
        "storage": {} if own is None else {"datastores": own},
        "attributes": compact({
            "cpu_model": read("summary.hardware.cpuModel"),
            "cpu_mhz": read("summary.hardware.cpuMhz"),
            "cpu_packages": read("summary.hardware.numCpuPkgs"),
            "cpu_threads": read("summary.hardware.numCpuThreads"),
            "disk_total_bytes": disk_total(read),
            "datastore_total_bytes": None if own is None else sum(
                one["capacity_bytes"] for one in own
            ),
            "connection_state": read("summary.runtime.connectionState"),
            "in_maintenance_mode": read("runtime.inMaintenanceMode"),
        }),
    }


def cluster(read):
    return {
        "identity": compact({"caption": decoded(read("name", ""))}),
        "attributes": compact({
            "num_hosts": read("summary.numHosts"),
            "num_effective_hosts": read("summary.numEffectiveHosts"),
            "total_cpu_mhz": read("summary.totalCpu"),
            "total_memory_bytes": read("summary.totalMemory"),
        }),
    }


def normalized(kind, sections):
    # Of VMs and hosts these stand there even when nothing is known.
    always = {"vm": ("identity", "network", "hardware", "runtime"), "host": ("identity", "network")}
    kept = {
        name: fields for name, fields in sections.items() if fields or name in always.get(kind, ())
    }
    return {"version": "normalized-v1", "kind": kind, **kept}


def document(objects):
    """normalized by kind and id, and relations as [type, from, to]."""
    datastores = {o._GetMoId(): values for kind, o, values in objects if kind == "datastores"}
    found = {"vm": {}, "host": {}, "cluster": {}}
    relations = []
    for kind, obj, values in objects:
        read, id = values.get, obj._GetMoId()
        if kind == "vms" and not read("config.template"):
            found["vm"][id] = normalized("vm", vm(read))
            place = read("runtime.host")
            if place:
                relations.append(["runs_on", id, place._GetMoId()])
                relations.append(["hosts_vm", place._GetMoId(), id])
        elif kind == "hosts":
            found["host"][id] = normalized("host", host(read, datastores))
            parent = read("parent")
            if isinstance(parent, vim.ClusterComputeResource):
                relations.append(["member_of", id, parent._GetMoId()])
        elif kind == "clusters":
            found["cluster"][id] = normalized("cluster", cluster(read))
    return {**found, "relations": relations}
