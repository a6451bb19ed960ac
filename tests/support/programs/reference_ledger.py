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
    "guestToolsTooNew": "TOO_NEW",
    "guestToolsBlacklisted": "BLACKLISTED",
}

# What firmware and guests say when they have nothing to say.
NO_SERIAL = re.compile(
    r"(.)\1*|"
    r"unknown|none|null|n/?a|<?bad index>?|<?out of spec>?|\(?null string\)?|empty|blank|invalid|"
    r"not (specified|present|available|applicable|settable)|no asset tag|asset tag|"
    r"(to be filled by )?o\.?e\.?m\.?|default([ _]?string)?|"
    r"((system|chassis|base ?board) )?serial ?number|"
    r"0?123456789|(mb-?)?1234567890",
    re.IGNORECASE,
)
NO_NAME = re.compile(r"none|\(none\)|\(null\)", re.IGNORECASE)
NO_UUID = {
    "03000200-0400-0500-0006-000700080009",
    "00020003-0004-0005-0006-000700080009",
    "00010203-0405-0607-0809-0a0b0c0d0e0f",
}


def decoded(name):
    escapes = {"%2f": "/", "%5c": "\\", "%25": "%"}
    return re.sub("%2f|%5c|%25", lambda found: escapes[found[0].lower()], name, flags=re.I)


def compact(fields):
    return {key: value for key, value in fields.items() if value not in (None, "", [])}


def unique(values):
    return list(dict.fromkeys(values))


def macs(cards):
    """Each address once, as first spelled."""
    found = {}
    for card in cards:
        address = card.macAddress or ""
        if address.strip("0:-"):
            found.setdefault(address.lower(), address)
    return list(found.values())


def ipv4(texts):
    found = []
    for text in texts:
        try:
            address = ipaddress.IPv4Address(text)
        except ValueError:
            continue
        if not (address.is_unspecified or address.is_link_local):
            found.append(str(address))
    return unique(found)


def meaningful(serial):
    serial = (serial or "").strip()
    bare = serial.replace(".", "").replace("-", "").replace(" ", "")
    no_serial = not bare or len(set(bare.lower())) == 1 or NO_SERIAL.fullmatch(serial)
    return None if no_serial else serial


def uuid(text):
    shared = not text or text.lower() in NO_UUID or len(set(text.lower()) - {"-"}) < 2
    return None if shared else text


def count(*values):
    """The first that is a number which there can be so many of."""
    return next((value for value in values if value is not None and value >= 0), None)


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
    memory = count(read("config.hardware.memoryMB"), read("summary.config.memorySizeMB"))
    instance, bios = uuid(read("config.instanceUuid")), uuid(read("config.uuid"))
    name = read("guest.hostName")
    return {
        "identity": compact({
            "machine_uuid": instance or bios,
            "caption": decoded(read("name", "")),
            "hostname": None if name and NO_NAME.fullmatch(name.strip()) else name,
        }),
        "network": compact({
            "mac_addresses": macs(cards),
            "ip_addresses": ipv4(net) or ipv4([read("guest.ipAddress", "")]),
        }),
        "hardware": compact({
            "cpu_count": count(
                read("config.hardware.numCPU"), read("summary.config.numCpu")
            ),
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
            "bios_uuid": bios,
            "instance_uuid": instance,
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
    """The system's own. A blade reports its chassis too: by an enclosure's tag, and by a service
    tag in front of its own."""
    tags = {}
    for info in read("hardware.systemInfo.otherIdentifyingInfo", []):
        tags.setdefault(info.identifierType.key, []).append(meaningful(info.identifierValue))
    *others, service_tag = tags.get("ServiceTag", [None])
    serials = [serial for serial in tags.get("SerialNumberTag", []) if serial]
    own = service_tag or next(iter(serials), None)
    serial = meaningful(read("hardware.systemInfo.serialNumber"))
    if serial and own not in (None, serial):
        if serial in others or serial in tags.get("EnclosureSerialNumberTag", []):
            serial = None
    assets = [asset for asset in tags.get("AssetTag", []) if asset]
    return serial or own or next(iter(assets), None)


OTHER_STACKS = {"vmotion", "vSphereProvisioning", "mirror", "ops"}
OTHER_TRAFFIC = re.compile(
    r"vmotion|vsan|replication|provisioning|fault\W*tolerance|ft\W*logging", re.IGNORECASE
)


def selections(read):
    """{device: the services that it is selected for}."""
    selected = {}
    for service in read("config.virtualNicManagerInfo.netConfig", []):
        for nic in service.candidateVnic:
            if nic.key in service.selectedVnic:
                selected.setdefault(nic.device, set()).add(service.nicType)
    return selected


def management_address(read):
    selected = selections(read)
    every = list(addresses(read))
    if any("management" in services for services in selected.values()):
        found = [adapter for adapter in every if "management" in selected.get(adapter[0], ())]
        found.sort(key=lambda adapter: int(re.sub(r"\D", "", adapter[0])))
        return next((address for _, _, address in found), None)
    manage = [one for one in every if one[1] != "other" and one[0] not in selected]
    usual = [address for device, _, address in manage if device in ("vmk0", "vswif0")]
    named = [address for _, purpose, address in manage if purpose == "management"]
    rest = [address for _, purpose, address in manage if purpose == "unknown"]
    return next(iter(usual + named + rest), None)


def addresses(read):
    """(device, what it is for, address) of every adapter of the host itself."""
    for nic in [*read("config.network.vnic", []), *read("config.network.consoleVnic", [])]:
        is_own = nic.device.startswith(("vmk", "vswif"))
        group = (nic.portgroup or "").lower()
        purpose = "unknown"
        if nic.spec.netStackInstanceKey in OTHER_STACKS:
            purpose = "other"
        elif "management" in group or "mgmt" in group:
            purpose = "management"
        elif OTHER_TRAFFIC.search(re.sub(r"[\W_]", "", group)):
            purpose = "other"
        for address in ipv4([nic.spec.ip.ipAddress]) if is_own and nic.spec.ip else []:
            yield nic.device, purpose, address


def local_controllers(topology):
    for adapter in topology.adapter if topology else []:
        for controller in adapter.connectedController:
            if controller.transportType in (None, "pcie"):
                yield controller


def disk_total(read):
    """Nothing when one of them does not say how large it is."""
    luns = read("config.storageDevice.scsiLun")
    if luns is None:
        return None
    disks, names = {}, set()
    for lun in luns:
        mine = (lun.key, lun.uuid, lun.canonicalName, getattr(lun, "devicePath", None))
        names.update([lun.canonicalName, lun.uuid])
        if lun.lunType == "disk" and getattr(lun, "localDisk", None) is not False:
            capacity = getattr(lun, "capacity", None)
            disks[mine] = capacity.block * capacity.blockSize if capacity else None
    for controller in local_controllers(read("config.storageDevice.nvmeTopology")):
        for namespace in controller.attachedNamespace:
            # A namespace behind a disk elsewhere is not local either.
            if namespace.name not in names:
                mine = (controller.subnqn, namespace.name, namespace.id)
                disks[mine] = namespace.capacityInBlocks * namespace.blockSize
    return None if None in disks.values() else sum(disks.values())


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
    every = [address for _, _, address in addresses(read)]
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
            "management_ip": management_address(read),
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


def uses(read):
    """What the devices of a VM refer to, as (type, id)."""
    backings = [(one, one.backing) for one in read("config.hardware.device", []) if one.backing]
    for device, backing in backings:
        if isinstance(device, vim.vm.device.VirtualDisk):
            while backing:
                if getattr(backing, "datastore", None):
                    yield "stored_on", backing.datastore._GetMoId()
                backing = getattr(backing, "parent", None)
        elif getattr(backing, "network", None):
            yield "attached_to", backing.network._GetMoId()
        elif getattr(backing, "port", None) and backing.port.portgroupKey:
            yield "attached_to", backing.port.portgroupKey


def document(objects):
    """normalized by kind and id, relations as [type, from, to], and in "uses" those of VMs to
    datastores and networks."""
    datastores = {o._GetMoId(): values for kind, o, values in objects if kind == "datastores"}
    found = {"vm": {}, "host": {}, "cluster": {}}
    relations, used = [], []
    for kind, obj, values in objects:
        read, id = values.get, obj._GetMoId()
        if kind == "vms" and not read("config.template"):
            found["vm"][id] = normalized("vm", vm(read))
            used += [[type, id, to] for type, to in dict.fromkeys(uses(read))]
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
    return {**found, "relations": relations, "uses": used}
