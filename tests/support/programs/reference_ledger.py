"""normalized-v1 as the mapping table of the specification gives it, from pyVmomi's objects."""

import ipaddress
import re

from pyVmomi import vim

PROPERTIES = {
    "vms": [
        "name", "config.uuid", "config.instanceUuid", "config.template", "config.guestId",
        "config.hardware.numCPU", "config.hardware.memoryMB", "config.hardware.device",
        "guest.hostName", "guest.net", "guest.ipAddress", "guest.toolsRunningStatus",
        "guest.toolsVersionStatus2", "runtime.powerState", "summary.config.numCpu",
        "summary.config.memorySizeMB", "summary.config.vmPathName",
        "summary.runtime.connectionState",
    ],
    "hosts": [
        "name", "hardware.systemInfo.serialNumber", "hardware.systemInfo.otherIdentifyingInfo",
        "summary.config.product.version", "summary.config.product.build",
        "summary.hardware.vendor", "summary.hardware.model", "summary.hardware.numCpuCores",
        "summary.hardware.numCpuThreads", "summary.hardware.numCpuPkgs",
        "summary.hardware.cpuModel", "summary.hardware.cpuMhz", "summary.hardware.memorySize",
        "config.network.vnic", "config.network.consoleVnic", "datastore",
        "config.storageDevice.scsiLun", "summary.runtime.powerState",
        "summary.runtime.connectionState", "runtime.inMaintenanceMode",
    ],
    "clusters": [
        "name", "summary.numHosts", "summary.numEffectiveHosts", "summary.totalCpu",
        "summary.totalMemory",
    ],
    "datastores": ["name", "summary.capacity", "summary.type"],
}

NVME = "config.storageDevice.nvmeTopology"


def properties(api_version):
    """The properties that a server of this version has."""
    if int(api_version.split(".")[0]) < 7:
        return PROPERTIES
    return {**PROPERTIES, "hosts": [*PROPERTIES["hosts"], NVME]}


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


# Where the published REST enum does not follow its own rule.
IRREGULAR_GUESTS = {
    "amazonlinux2_64Guest": "AMAZONLINUX2_64",
    "amazonlinux3_64Guest": "AMAZONLINUX3_64",
    "windows8Server64Guest": "WINDOWS_8_SERVER_64",
    "windows9Server64Guest": "WINDOWS_9_SERVER_64",
    "windows2019srvNext_64Guest": "WINDOWS_SERVER_2021",
    "windows2022srvNext_64Guest": "WINDOWS_SERVER_2025",
}


def rest_guest_id(guest_id):
    if guest_id in IRREGULAR_GUESTS:
        return IRREGULAR_GUESTS[guest_id]
    base = guest_id.removesuffix("Guest")
    base = re.sub(r"^windows(\d+)srv_64$", r"windows_Server_\1", base)
    return re.sub(r"(?<=[a-z])(?=[A-Z0-9])", "_", base).upper()


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


def local_namespaces(topology):
    for adapter in topology.adapter if topology else []:
        for controller in adapter.connectedController:
            if controller.transportType in (None, "pcie"):
                yield from controller.attachedNamespace


def host(read, datastores):
    nics = list(read("config.network.vnic", [])) + list(read("config.network.consoleVnic", []))
    nics = [nic for nic in nics if nic.device.startswith(("vmk", "vswif"))]
    addresses = [(nic, ipv4([nic.spec.ip.ipAddress or ""])) for nic in nics]
    addresses = [(nic, found[0]) for nic, found in addresses if found]
    management = [a for nic, a in addresses if nic.device in ("vmk0", "vswif0")]
    management += [a for nic, a in addresses if "management" in (nic.portgroup or "").lower()]
    management += [a for _, a in addresses]
    own = [datastores[one._GetMoId()] for one in read("datastore", [])]
    own = [one for one in own if one["summary.type"].lower() not in ("nfs", "nfs41", "vsan")]
    disks = {
        lun.canonicalName: lun.capacity.block * lun.capacity.blockSize
        for lun in read("config.storageDevice.scsiLun", [])
        if lun.lunType == "disk" and getattr(lun, "localDisk", None) is not False
        and isinstance(lun, vim.host.ScsiDisk)
    }
    for namespace in local_namespaces(read(NVME)):
        size = namespace.capacityInBlocks * namespace.blockSize
        disks.setdefault(namespace.name, size)
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
            "management_ip": management[0] if management else None,
            "ip_addresses": unique(a for _, a in addresses),
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
        "storage": {
            "datastores": [
                {"name": decoded(one["name"]), "capacity_bytes": one["summary.capacity"]}
                for one in own
            ]
        },
        "attributes": compact({
            "cpu_model": read("summary.hardware.cpuModel"),
            "cpu_mhz": read("summary.hardware.cpuMhz"),
            "cpu_packages": read("summary.hardware.numCpuPkgs"),
            "cpu_threads": read("summary.hardware.numCpuThreads"),
            "disk_total_bytes": sum(disks.values()),
            "datastore_total_bytes": sum(one["summary.capacity"] for one in own),
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


def normalized(objects):
    datastores = {o._GetMoId(): values for kind, o, values in objects if kind == "datastores"}
    found = {"vm": {}, "host": {}, "cluster": {}}
    for kind, obj, values in objects:
        read = lambda path, default=None, values=values: values.get(path, default)
        if kind == "vms" and not read("config.template"):
            found["vm"][obj._GetMoId()] = vm(read)
        elif kind == "hosts":
            found["host"][obj._GetMoId()] = host(read, datastores)
        elif kind == "clusters":
            found["cluster"][obj._GetMoId()] = cluster(read)
    return found
