"""Lists an inventory with pyVmomi as its documentation shows: a ContainerView, one
traversal, RetrievePropertiesEx and its pages.

pyvmomi.py PROPERTIES; BENCH_URL, BENCH_USERNAME, BENCH_PASSWORD and BENCH_CA_FILE say
the server and the account. PROPERTIES is a JSON file: {type: [property, ...]}. Prints how many
objects there were.
"""

import json
import os
import ssl
import sys
from urllib.parse import urlsplit

from pyVim.connect import Disconnect, SmartConnect
from pyVmomi import vim, vmodl

PAGE = 1000
TYPES = {
    "VirtualMachine": vim.VirtualMachine,
    "HostSystem": vim.HostSystem,
    "ClusterComputeResource": vim.ClusterComputeResource,
    "Datastore": vim.Datastore,
    "Network": vim.Network,
    "DistributedVirtualPortgroup": vim.dvs.DistributedVirtualPortgroup,
    "DistributedVirtualSwitch": vim.DistributedVirtualSwitch,
}


def connect():
    url = urlsplit(os.environ["BENCH_URL"])
    context = ssl.create_default_context(cafile=os.environ["BENCH_CA_FILE"])
    return SmartConnect(
        host=url.hostname,
        port=url.port,
        user=os.environ["BENCH_USERNAME"],
        pwd=os.environ["BENCH_PASSWORD"],
        sslContext=context,
    )


def objects(content, properties):
    collector = vmodl.query.PropertyCollector
    view = content.viewManager.CreateContainerView(
        content.rootFolder, [TYPES[name] for name in properties], True
    )
    traversal = collector.TraversalSpec(
        name="viewTraversal", type=vim.view.ContainerView, path="view", skip=False
    )
    sets = [
        collector.PropertySpec(type=TYPES[name], pathSet=paths, all=False)
        for name, paths in properties.items()
    ]
    start = collector.ObjectSpec(obj=view, skip=True, selectSet=[traversal])
    filters = [collector.FilterSpec(objectSet=[start], propSet=sets)]
    options = collector.RetrieveOptions(maxObjects=PAGE)
    page = content.propertyCollector.RetrievePropertiesEx(filters, options)
    while page is not None:
        for item in page.objects:
            yield item.obj, {entry.name: entry.val for entry in item.propSet}
        if page.token is None:
            break
        page = content.propertyCollector.ContinueRetrievePropertiesEx(page.token)
    view.DestroyView()


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        properties = json.load(file)
    service = connect()
    count = 0
    for _, _ in objects(service.RetrieveContent(), properties):
        count += 1
    Disconnect(service)
    print(count)


main()
