"""Reads `details` of an inventory with pyVmomi, VMware's own SDK.

details.py; STOCKTAKE_URL, STOCKTAKE_USERNAME and STOCKTAKE_PASSWORD say where and
as whom. Prints {kind: {id: details}} for every kind of details-v1, as the guide's
page on details describes the fields. It shares no code and no table with the
collector, so that the two can be held against each other.
"""

import json
import sys

from pyVmomi import vim, vmodl

import details_host
import details_vm
from details_tree import Tree, attribute_names
from details_values import MIB, allocation, custom_attributes, moid, object_of
from reference import connect, retrieve

# The most special type comes first: a vApp is a resource pool, and a pod is a folder.
KINDS = [
    ("vm", vim.VirtualMachine),
    ("host", vim.HostSystem),
    ("cluster", vim.ClusterComputeResource),
    ("compute", vim.ComputeResource),
    ("datastore", vim.Datastore),
    ("dvportgroup", vim.dvs.DistributedVirtualPortgroup),
    ("opaque", vim.OpaqueNetwork),
    ("network", vim.Network),
    ("dvswitch", vim.DistributedVirtualSwitch),
    ("datacenter", vim.Datacenter),
    ("datastorepod", vim.StoragePod),
    ("folder", vim.Folder),
    ("vapp", vim.VirtualApp),
    ("resourcepool", vim.ResourcePool),
]

POOL = ["config.cpuAllocation", "config.memoryAllocation"]
PROPERTIES = {
    "vm": details_vm.PROPERTIES,
    "host": details_host.PROPERTIES,
    "cluster": [
        "configuration.drsConfig.enabled", "configuration.drsConfig.defaultVmBehavior",
        "configuration.drsConfig.vmotionRate", "configuration.dasConfig.enabled",
        "configuration.dasConfig.admissionControlEnabled",
        "configuration.dasConfig.failoverLevel", "summary.numHosts",
        "summary.numEffectiveHosts", "summary.effectiveCpu", "summary.effectiveMemory",
        "summary.numCpuCores", "summary.numCpuThreads", "overallStatus",
    ],
    "compute": [],
    "datastore": [
        "summary.url", "summary.type", "info", "summary.capacity", "summary.freeSpace",
        "summary.uncommitted", "summary.accessible", "summary.maintenanceMode",
        "summary.multipleHostAccess",
    ],
    "network": ["summary.accessible"],
    "opaque": ["summary.accessible", "summary"],
    "dvportgroup": ["config.defaultPortConfig", "config.numPorts", "config.type"],
    "dvswitch": ["summary.productInfo", "config.numPorts", "config.uplinkPortPolicy"],
    "datacenter": [],
    "folder": [],
    "datastorepod": ["summary.capacity", "summary.freeSpace"],
    "vapp": [*POOL, "parentFolder"],
    "resourcepool": POOL,
}
COMMON = ["name", "parent", "customValue"]


def cluster(read):
    memory = read("summary.effectiveMemory")
    return {
        "drs": {
            "enabled": read("configuration.drsConfig.enabled"),
            "level": read("configuration.drsConfig.defaultVmBehavior"),
            "vmotion_rate": read("configuration.drsConfig.vmotionRate"),
        },
        "ha": {
            "enabled": read("configuration.dasConfig.enabled"),
            "admission_control": read("configuration.dasConfig.admissionControlEnabled"),
            "failover_level": read("configuration.dasConfig.failoverLevel"),
        },
        "hosts": read("summary.numHosts"),
        "effective_hosts": read("summary.numEffectiveHosts"),
        "effective_cpu_mhz": read("summary.effectiveCpu"),
        "effective_memory_bytes": None if memory is None else memory * MIB,
        "cores": read("summary.numCpuCores"),
        "threads": read("summary.numCpuThreads"),
        "status": read("overallStatus"),
    }


def datastore(read):
    vmfs = getattr(read("info"), "vmfs", None)
    return {
        "url": read("summary.url"),
        "type_name": read("summary.type"),
        "vmfs_version": vmfs and vmfs.version,
        "capacity_bytes": read("summary.capacity"),
        "free_bytes": read("summary.freeSpace"),
        "uncommitted_bytes": read("summary.uncommitted"),
        "accessible": read("summary.accessible"),
        "maintenance": read("summary.maintenanceMode"),
        "multiple_host_access": read("summary.multipleHostAccess"),
    }


def network(read):
    return {"accessible": read("summary.accessible")}


def dvportgroup(read):
    vlan = getattr(read("config.defaultPortConfig"), "vlan", None)
    spec = vim.dvs.VmwareDistributedVirtualSwitch
    fields = {"ports": read("config.numPorts"), "binding": read("config.type")}
    if isinstance(vlan, spec.TrunkVlanSpec):
        ranges = [{"start": one.start, "end": one.end} for one in vlan.vlanId]
        return {**fields, "vlan_ranges": ranges}
    if isinstance(vlan, spec.PvlanSpec):
        return {**fields, "vlan_id": vlan.pvlanId, "private_vlan": True}
    if isinstance(vlan, spec.VlanIdSpec):
        return {**fields, "vlan_id": vlan.vlanId, "private_vlan": False}
    return fields


def dvswitch(read):
    product = read("summary.productInfo")
    uplinks = getattr(read("config.uplinkPortPolicy"), "uplinkPortName", [])
    return {
        "product_version": product and product.version,
        "ports": read("config.numPorts"),
        "uplinks": list(uplinks),
    }


def pool(read):
    return {
        "cpu": allocation(read("config.cpuAllocation"), "mhz", 1, expandable=True),
        "memory": allocation(read("config.memoryAllocation"), "bytes", MIB, expandable=True),
    }


def pod(read):
    return {
        "capacity_bytes": read("summary.capacity"),
        "free_bytes": read("summary.freeSpace"),
    }


def nothing(_):
    return {}


OWN = {
    "cluster": cluster, "datastore": datastore, "network": network, "dvportgroup": dvportgroup,
    "dvswitch": dvswitch, "datacenter": nothing, "folder": nothing, "datastorepod": pod,
    "vapp": pool, "resourcepool": pool,
}
# Kinds that say where they lie by a path of their own and the id of their parent.
OF_TREE = ["datacenter", "folder", "resourcepool", "vapp", "datastorepod"]
WITH_FOLDER = ["cluster", "datastore", "network", "dvportgroup", "dvswitch"]


def placed(kind, obj, tree):
    """Where an object other than a VM or host lies."""
    fields = {}
    if kind in OF_TREE:
        fields = {
            "name": tree.name(obj),
            "path": tree.path(obj),
            "parent": moid(tree.parent(obj)),
        }
    if kind not in ["datacenter", "folder", "datastorepod"]:
        fields["datacenter"] = tree.datacenter(obj)
    if kind in WITH_FOLDER:
        fields["folder_path"] = tree.path(tree.parent(obj))
    if kind == "datastore" and isinstance(tree.parent(obj), vim.StoragePod):
        fields["pod"] = tree.name(tree.parent(obj))
    if kind == "vapp":
        fields["folder_path"] = tree.path(tree.folder(obj))
    return fields


def objects(content, paths):
    """Every object with its values. A property that the server's version does not have is left out."""
    while True:
        try:
            return list(retrieve(content, paths, KINDS))
        except vmodl.query.InvalidProperty as unknown:
            left = {
                kind: [path for path in of_kind if path != unknown.name]
                for kind, of_kind in paths.items()
            }
            if left == paths:
                raise
            paths = left


def document(content):
    paths = {kind: COMMON + PROPERTIES[kind] for kind, _ in KINDS}
    found = objects(content, paths)
    tree = Tree(content.rootFolder, [(obj, values) for _, obj, values in found])
    names = attribute_names(content)
    networks = {
        values["summary"].opaqueNetworkId: obj for kind, obj, values in found if kind == "opaque"
    }
    document = {kind: {} for kind, _ in KINDS if kind not in ("compute", "opaque")}
    for kind, obj, values in found:
        kind = "network" if kind == "opaque" else kind
        if kind == "compute" or obj == content.rootFolder:
            continue
        read = values.get
        if kind == "vm":
            fields = details_vm.fields(obj, read, tree, networks)
        elif kind == "host":
            fields = details_host.fields(obj, read, tree)
        else:
            fields = {**placed(kind, obj, tree), **OWN[kind](read)}
        fields["custom_attributes"] = custom_attributes(read("customValue"), names)
        document[kind][obj._GetMoId()] = object_of({"version": "details-v1", **fields})
    return document


def main():
    content = connect()
    try:
        return document(content)
    finally:
        content.sessionManager.Logout()


if __name__ == "__main__":
    json.dump(main(), sys.stdout)
