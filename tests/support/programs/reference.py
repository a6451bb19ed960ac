"""Reads an inventory with pyVmomi, VMware's own SDK, as its documentation shows.

reference.py sync|deep|ledger; STOCKTAKE_URL, STOCKTAKE_USERNAME and
STOCKTAKE_PASSWORD say where and as whom. Prints one JSON document: for sync and
deep the properties of every object of the seven kinds, for ledger what
normalized-v1 holds of VMs, hosts and clusters. It shares no code with the
collector, so that the two can be held against each other.
"""

import json
import os
import ssl
import sys
from urllib.parse import urlsplit

from pyVmomi import SoapStubAdapter, VmomiSupport, vim, vmodl

import reference_ledger

KINDS = [
    ("vms", vim.VirtualMachine),
    ("hosts", vim.HostSystem),
    ("clusters", vim.ClusterComputeResource),
    ("datastores", vim.Datastore),
    ("dvpgs", vim.dvs.DistributedVirtualPortgroup),
    ("networks", vim.Network),
    ("dvswitches", vim.DistributedVirtualSwitch),
]

SYNC = {
    "vms": [
        "name", "config.uuid", "runtime.powerState", "summary.config.vmPathName",
        "summary.runtime.host", "summary.runtime.connectionState",
    ],
    "hosts": [
        "name", "hardware.systemInfo.serialNumber", "hardware.cpuInfo", "hardware.memorySize",
        "summary.runtime.powerState", "summary.runtime.connectionState", "parent",
    ],
    "clusters": [
        "name", "summary.numHosts", "summary.numEffectiveHosts", "summary.totalCpu",
        "summary.totalMemory",
    ],
    "datastores": ["name", "summary.capacity", "summary.freeSpace", "summary.type"],
    "networks": ["name"],
    "dvpgs": ["name", "parent", "config.distributedVirtualSwitch"],
    "dvswitches": ["name", "uuid"],
}

DEEP = {kind: SYNC[kind] + ["host", "vm"] for kind in ("datastores", "networks", "dvpgs")}


# By the server's major version; what is older speaks none newer than 6.5.
VERSIONS = {"7": "vim.version.v7_0", "8": "vim.version.v8_0_0_0"}


def content_of(version):
    url = urlsplit(os.environ["STOCKTAKE_URL"])
    is_plain = url.scheme == "http"
    stub = SoapStubAdapter(
        host=url.hostname,
        # pyVmomi's way to say that there is no TLS.
        port=-url.port if is_plain else url.port or 443,
        path="/sdk",
        version=version,
        sslContext=None if is_plain else ssl._create_unverified_context(),
    )
    return vim.ServiceInstance("ServiceInstance", stub).RetrieveContent()


def connect():
    oldest = "vim.version.version10"
    content = content_of(oldest)
    version = VERSIONS.get(content.about.apiVersion.split(".")[0], oldest)
    content = content_of(version)
    content.sessionManager.Login(
        os.environ["STOCKTAKE_USERNAME"], os.environ["STOCKTAKE_PASSWORD"]
    )
    return content


def retrieve(content, properties):
    """(kind, object, {path: value}) for every object, page by page."""
    collector = vmodl.query.PropertyCollector
    types = [(kind, of) for kind, of in KINDS if kind in properties]
    view = content.viewManager.CreateContainerView(
        content.rootFolder, [of for _, of in types], True
    )
    traversal = collector.TraversalSpec(
        name="viewTraversal", path="view", skip=False, type=vim.view.ContainerView
    )
    spec = collector.FilterSpec(
        objectSet=[collector.ObjectSpec(obj=view, skip=True, selectSet=[traversal])],
        propSet=[
            collector.PropertySpec(type=of, all=False, pathSet=properties[kind])
            for kind, of in types
        ],
    )
    page = content.propertyCollector.RetrievePropertiesEx(
        [spec], collector.RetrieveOptions(maxObjects=100)
    )
    while page:
        for found in page.objects:
            # A port group is a network too: the first type that fits is its own.
            kind = next(kind for kind, of in types if isinstance(found.obj, of))
            yield kind, found.obj, {prop.name: prop.val for prop in found.propSet}
        if not page.token:
            break
        page = content.propertyCollector.ContinueRetrievePropertiesEx(page.token)
    view.DestroyView()


def plain(value):
    """A value as JSON; what is unset is left out."""
    if isinstance(value, VmomiSupport.ManagedObject):
        return {"type": value._wsdlName, "value": value._GetMoId()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, VmomiSupport.DataObject):
        fields = {}
        for prop in value._GetPropertyList():
            field = getattr(value, prop.name)
            if field is not None and not (isinstance(field, list) and not field):
                fields[prop.name] = plain(field)
        return fields
    if isinstance(value, (bool, int, float)):
        return value
    return str(value)


def read(content, properties):
    found = {kind: [] for kind in properties}
    for kind, obj, values in retrieve(content, properties):
        values = {path: plain(value) for path, value in values.items()}
        found[kind].append([obj._GetMoId(), values])
    return found


def main(what):
    content = connect()
    try:
        if what == "ledger":
            properties = reference_ledger.properties(content.about.apiVersion)
            objects = list(retrieve(content, properties))
            return reference_ledger.normalized(objects)
        return read(content, SYNC if what == "sync" else {**SYNC, **DEEP})
    finally:
        content.sessionManager.Logout()


json.dump(main(sys.argv[1]), sys.stdout)
