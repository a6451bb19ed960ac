"""The details of a virtual machine."""

from pyVmomi import vim

from details_values import MIB, allocation, device_label, moid, name, time
from reference_ledger import TOOLS

PROPERTIES = [
    "resourcePool", "parentVApp", "config.annotation", "config.version", "config.firmware",
    "config.bootOptions", "config.keyId", "config.createDate", "config.tools.toolsVersion",
    "config.guestFullName", "config.hardware.numCPU", "config.hardware.numCoresPerSocket",
    "config.hardware.device", "config.cpuHotAddEnabled", "config.memoryHotAddEnabled",
    "config.cpuAllocation", "config.memoryAllocation", "config.changeTrackingEnabled",
    "config.managedBy", "runtime.bootTime", "runtime.consolidationNeeded",
    "runtime.faultToleranceState", "guest.toolsVersionStatus2", "guest.toolsRunningStatus",
    "guest.toolsInstallType", "guest.guestFullName", "guest.guestFamily", "guest.guestState",
    "guest.disk", "guest.net", "snapshot", "summary.storage",
]

RUNNING = ("guestToolsRunning", "guestToolsExecutingScripts")
# What ESXi says of tools that it does not know the version of.
NO_VERSION = 2147483647


def tools(read):
    number = read("config.tools.toolsVersion")
    status = read("guest.toolsRunningStatus")
    is_known = number is not None and 1024 <= number != NO_VERSION
    return {
        "version": f"{number // 1024}.{number % 1024 // 32}.{number % 32}" if is_known else None,
        "version_number": number or None,
        "status": TOOLS.get(read("guest.toolsVersionStatus2")),
        "running": None if status is None else status in RUNNING,
        "install_type": read("guest.toolsInstallType"),
    }


def guest(read):
    disks = [
        {
            "path": disk.diskPath,
            "file_system": disk.filesystemType,
            "capacity_bytes": disk.capacity,
            "free_bytes": disk.freeSpace,
        }
        for disk in read("guest.disk") or []
    ]
    return {
        "full_name": read("guest.guestFullName"),
        "configured_full_name": read("config.guestFullName"),
        "family": read("guest.guestFamily"),
        "state": read("guest.guestState"),
        "disks": disks,
    }


def cpu(read):
    cpus = read("config.hardware.numCPU")
    cores = read("config.hardware.numCoresPerSocket") or None
    is_whole = cpus is not None and cores is not None and cpus % cores == 0
    return {
        "sockets": cpus // cores if is_whole else None,
        "cores_per_socket": cores,
        "hot_add": read("config.cpuHotAddEnabled"),
        **(allocation(read("config.cpuAllocation"), "mhz", 1) or {}),
    }


def memory(read):
    return {
        "hot_add": read("config.memoryHotAddEnabled"),
        **(allocation(read("config.memoryAllocation"), "bytes", MIB) or {}),
    }


def addresses(key, guests):
    """What the guest says of the card: the configured addresses, else the plain list."""
    found = []
    for one in guests or []:
        if one.deviceConfigId != key:
            continue
        if one.ipConfig and one.ipConfig.ipAddress:
            found += [
                {"ip": each.ipAddress, "prefix": each.prefixLength}
                for each in one.ipConfig.ipAddress
            ]
        else:
            found += [{"ip": each} for each in one.ipAddress]
    return found


def nic(device, guests, tree, networks):
    backing = device.backing
    card = vim.vm.device.VirtualEthernetCard
    network = getattr(backing, "network", None)
    if isinstance(backing, card.DistributedVirtualPortBackingInfo):
        # The key of a port group is its id.
        key = backing.port.portgroupKey
        port_group = vim.dvs.DistributedVirtualPortgroup
        network = next(
            (obj for obj in tree.values if isinstance(obj, port_group) and moid(obj) == key), None
        )
    if isinstance(backing, card.OpaqueNetworkBackingInfo):
        network = networks.get(backing.opaqueNetworkId)
    connectable = device.connectable
    return {
        "label": device_label(device),
        "key": device.key,
        "type_name": type(device).__name__.rpartition(".")[2].removeprefix("Virtual").lower(),
        "mac": device.macAddress,
        "network_id": moid(network),
        "network_name": tree.name(network) or getattr(backing, "deviceName", None),
        "connected": connectable and connectable.connected,
        "start_connected": connectable and connectable.startConnected,
        "addresses": addresses(device.key, guests),
    }


def disk(device, labels, tree):
    backing = device.backing
    datastore = getattr(backing, "datastore", None)
    is_raw = isinstance(backing, vim.vm.device.VirtualDisk.RawDiskMappingVer1BackingInfo)
    path = backing.fileName
    written = path[1:path.index("]")] if path.startswith("[") and "]" in path else None
    return {
        "label": device_label(device),
        "key": device.key,
        "controller": labels.get(device.controllerKey),
        "unit": device.unitNumber,
        "mode": backing.diskMode,
        "datastore_id": moid(datastore),
        "datastore_name": tree.name(datastore) or written,
        "path": path,
        "capacity_bytes": device.capacityInBytes or device.capacityInKB * 1024,
        "thin": getattr(backing, "thinProvisioned", None),
        "rdm": {"lun": backing.lunUuid, "mode": backing.compatibilityMode} if is_raw else None,
        "sharing": getattr(backing, "sharing", None),
    }


def cdrom(device):
    return {
        "label": device_label(device),
        "connected": device.connectable and device.connectable.connected,
        "start_connected": device.connectable and device.connectable.startConnected,
        "path": getattr(device.backing, "fileName", None),
        "device": getattr(device.backing, "deviceName", None),
    }


def usb(device):
    return {
        "label": device_label(device),
        "connected": device.connected,
        "device": getattr(device.backing, "deviceName", None),
    }


def snapshots(info):
    """Each snapshot before its children."""
    def below(nodes, parent):
        for node in nodes:
            yield {
                "id": moid(node.snapshot),
                "name": name(node.name),
                "description": node.description,
                "created_at": time(node.createTime),
                "state": node.state,
                "quiesced": node.quiesced,
                "parent": parent,
                "current": node.snapshot == info.currentSnapshot,
            }
            yield from below(node.childSnapshotList, moid(node.snapshot))

    return list(below(info.rootSnapshotList, None)) if info else []


def place(obj, read, tree):
    """A VM in a vApp has no folder of its own."""
    vapp = read("parentVApp")
    folder = read("parent")
    if folder is None and vapp is not None:
        folder = next((tree.folder(outer) for outer in tree.outermost(vapp)), None)
    return {
        "datacenter": tree.datacenter(read("parent") or read("resourcePool")),
        "folder_path": tree.path(folder),
        "resource_pool": tree.name(read("resourcePool")),
        "vapp": tree.name(vapp),
    }


def fields(obj, read, tree, networks):
    devices = read("config.hardware.device")
    labels = {device.key: device_label(device) for device in devices or []}
    kinds = vim.vm.device

    def all_of(of):
        return [device for device in devices or [] if isinstance(device, of)]

    boot = read("config.bootOptions")
    storage = read("summary.storage")
    manager = read("config.managedBy")
    return {
        **place(obj, read, tree),
        "annotation": read("config.annotation"),
        "hardware_version": read("config.version"),
        "firmware": read("config.firmware"),
        "secure_boot": boot and boot.efiSecureBootEnabled,
        "vtpm": None if devices is None else bool(all_of(kinds.VirtualTPM)),
        "encrypted": read("config.keyId") is not None if read("config.version") else None,
        "created_at": time(read("config.createDate")),
        "booted_at": time(read("runtime.bootTime")),
        "tools": tools(read),
        "guest": guest(read),
        "cpu": cpu(read),
        "memory": memory(read),
        "nics": [
            nic(one, read("guest.net"), tree, networks)
            for one in all_of(kinds.VirtualEthernetCard)
        ],
        "disks": [disk(one, labels, tree) for one in all_of(kinds.VirtualDisk)],
        "cdroms": [cdrom(one) for one in all_of(kinds.VirtualCdrom)],
        "usb": [usb(one) for one in all_of(kinds.VirtualUSB)],
        "snapshots": snapshots(read("snapshot")),
        "consolidation_needed": read("runtime.consolidationNeeded"),
        "change_tracking": read("config.changeTrackingEnabled"),
        "fault_tolerance": read("runtime.faultToleranceState"),
        "storage": storage and {
            "committed_bytes": storage.committed,
            "uncommitted_bytes": storage.uncommitted,
            "unshared_bytes": storage.unshared,
        },
        "managed_by": manager and {"extension": manager.extensionKey, "type_name": manager.type},
    }
