"""Reads an inventory with pyVmomi, VMware's own SDK, as its documentation shows.

reference.py sync|ledger [--deep|--raw]; STOCKTAKE_URL, STOCKTAKE_USERNAME and
STOCKTAKE_PASSWORD name the server and the account. Prints one JSON document: for sync the
properties of every object of the seven kinds, with --deep the heavy ones too;
for ledger what normalized-v1 holds of VMs, hosts and clusters, and with --raw
the properties behind it, of all kinds. It shares no code with the collector,
so that the two can be held against each other.
"""

import argparse
import base64
import json
import os
import ssl
import sys
from urllib.parse import urlsplit

from pyVmomi import SoapStubAdapter, VmomiSupport, vim, vmodl

import reference_ledger

# A port group is a network too: the first type that fits an object is its own.
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

DEEP = {kind: ["host", "vm"] for kind in ("datastores", "networks", "dvpgs")}

LEDGER = {
    "vms": [
        "config.instanceUuid", "config.template", "config.guestId", "config.hardware.numCPU",
        "config.hardware.memoryMB", "config.hardware.device", "guest.hostName", "guest.net",
        "guest.ipAddress", "guest.toolsRunningStatus", "guest.toolsVersionStatus2",
        "runtime.host", "summary.config.numCpu", "summary.config.memorySizeMB",
    ],
    "hosts": [
        "summary.config.product.version", "summary.config.product.build",
        "summary.hardware.vendor", "summary.hardware.model", "summary.hardware.numCpuCores",
        "summary.hardware.numCpuThreads", "summary.hardware.numCpuPkgs",
        "summary.hardware.cpuModel", "summary.hardware.cpuMhz", "summary.hardware.memorySize",
        "hardware.systemInfo.otherIdentifyingInfo", "config.network.vnic",
        "config.network.consoleVnic", "config.virtualNicManagerInfo.netConfig", "datastore",
        "config.storageDevice.scsiLun", "config.storageDevice.nvmeTopology",
        "runtime.inMaintenanceMode",
    ],
    "datastores": ["summary.name", "summary.url", "summary.multipleHostAccess"],
}

# Servers before 7.0 do not know it.
SINCE_7_0 = "config.storageDevice.nvmeTopology"

# By the beginning of the server's API version.
VERSIONS = {
    "6.5": "vim.version.version11",
    "6.7": "vim.version.version12",
    "7": "vim.version.v7_0",
    "8": "vim.version.v8_0_0_0",
    "9": "vim.version.v9_0_0_0",
}
OLDEST = "vim.version.version10"

# Small, so that also a small inventory takes several.
PAGE_SIZE = 25


def content_of(version):
    """SmartConnect would ask for vimServiceVersions.xml; SOAP alone has the version too."""
    url = urlsplit(os.environ["STOCKTAKE_URL"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    port = url.port or (80 if url.scheme == "http" else 443)
    stub = SoapStubAdapter(
        host=url.hostname,
        # A negative port is pyVmomi's way to say that there is no TLS.
        port=-port if url.scheme == "http" else port,
        path="/sdk",
        version=version,
        sslContext=context,
    )
    return vim.ServiceInstance("ServiceInstance", stub).RetrieveContent()


def connect():
    api_version = content_of(OLDEST).about.apiVersion
    known = (version for start, version in VERSIONS.items() if api_version.startswith(start))
    content = content_of(next(known, OLDEST))
    content.sessionManager.Login(
        os.environ["STOCKTAKE_USERNAME"], os.environ["STOCKTAKE_PASSWORD"]
    )
    return content


def retrieve(content, properties, kinds=KINDS):
    """(kind, object, {path: value}) for every object, page by page."""
    collector = vmodl.query.PropertyCollector
    view = content.viewManager.CreateContainerView(
        content.rootFolder, [of for _, of in kinds], True
    )
    traversal = collector.TraversalSpec(
        name="viewTraversal", path="view", skip=False, type=vim.view.ContainerView
    )
    spec = collector.FilterSpec(
        objectSet=[collector.ObjectSpec(obj=view, skip=True, selectSet=[traversal])],
        propSet=[
            collector.PropertySpec(type=of, all=False, pathSet=properties[kind])
            for kind, of in kinds
        ],
    )
    page = content.propertyCollector.RetrievePropertiesEx(
        [spec], collector.RetrieveOptions(maxObjects=PAGE_SIZE)
    )
    while page:
        for found in page.objects:
            kind = next(kind for kind, of in kinds if isinstance(found.obj, of))
            yield kind, found.obj, {prop.name: prop.val for prop in found.propSet}
        if not page.token:
            break
        page = content.propertyCollector.ContinueRetrievePropertiesEx(page.token)
    view.DestroyView()


def plain(value, declared=None):
    """A value as JSON. What is unset is left out; so is an empty array within an object,
    which the wire does not distinguish from an unset one.

    A type must be named where another one, or none, is declared. Elsewhere servers
    differ, and it stands under a name of its own.
    """
    if isinstance(value, VmomiSupport.ManagedObject):
        return {"type": value._wsdlName, "value": value._GetMoId()}
    if isinstance(value, list):
        return [plain(item, value.Item) for item in value]
    if isinstance(value, VmomiSupport.DataObject):
        name = "_typeNameIfNamed" if type(value) is declared else "_typeName"
        fields = {name: value._wsdlName}
        for prop in value._GetPropertyList():
            field = getattr(value, prop.name)
            if field is not None and not (isinstance(field, list) and not field):
                fields[prop.name] = plain(field, prop.type)
        return fields
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, (bool, int, float)):
        return value
    return str(value)


def together(*lists):
    return {kind: [path for each in lists for path in each.get(kind, [])] for kind, _ in KINDS}


def known(properties, api_version):
    if int(api_version.split(".")[0]) >= 7:
        return properties
    return {
        kind: [path for path in paths if path != SINCE_7_0] for kind, paths in properties.items()
    }


def read(content, properties):
    found = {kind: [] for kind, _ in KINDS}
    for kind, obj, values in retrieve(content, properties):
        values = {path: plain(value) for path, value in values.items()}
        found[kind].append([obj._GetMoId(), values])
    return found


def main():
    arguments = argparse.ArgumentParser(usage=__doc__)
    arguments.add_argument("profile", choices=["sync", "ledger"])
    arguments.add_argument("--deep", action="store_true")
    arguments.add_argument("--raw", action="store_true")
    asked = arguments.parse_args()
    content = connect()
    try:
        if asked.profile == "sync":
            return read(content, together(SYNC, DEEP) if asked.deep else SYNC)
        properties = known(together(SYNC, LEDGER), content.about.apiVersion)
        if asked.raw:
            return read(content, properties)
        return reference_ledger.document(list(retrieve(content, properties)))
    finally:
        content.sessionManager.Logout()


if __name__ == "__main__":
    json.dump(main(), sys.stdout)
