"""Imports the files of a NetBox export one after the other into models in memory, by the rules that NetBox 4.6 publishes
in its import forms, models and choices (netbox/{dcim,ipam,virtualization}/{forms/bulk_import,models,choices}.py).

Prints a JSON array of what it refuses.
"""

import ipaddress
import json
import pathlib
import re
import sys

SLUG = re.compile(r"[-a-zA-Z0-9_]+\Z")
MAC = re.compile(r"([0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}\Z")
COLOUR = re.compile(r"[0-9a-f]{6}\Z")
POSITIVE = 2**31 - 1


def text(length):
    def check(value):
        if not isinstance(value, str):
            return "is not text"
        if len(value) > length:
            return f"has more than {length} characters"
        # Forms strip white space; a name that is stripped is not the one that others refer to.
        if value.strip() != value or "\0" in value:
            return "has white space at an end, or NUL"
    return check


def matches(pattern, length):
    return lambda value: text(length)(value) or (None if pattern.match(value) else "has another form")


def choice(*choices):
    return lambda value: None if value in choices else f"is none of {choices}"


def integer(least, most):
    return lambda value: None if type(value) is int and least <= value <= most else f"is no integer from {least} to {most}"


def boolean(value):
    return None if isinstance(value, bool) else "is neither true nor false"


def comments(value):
    return None if isinstance(value, str) and "\0" not in value else "is not text"


class Reference:
    """A field that finds one object of another model by a field."""

    def __init__(self, model, field="name", of=None):
        self.model, self.field, self.of = model, field, of


def named(length, **more):
    return {"name": text(length), "description": text(200), **more}


SLUGGED = {"slug": matches(SLUG, 100)}
MODELS = {
    "manufacturers": named(100, **SLUGGED),
    "device-roles": named(100, **SLUGGED, color=matches(COLOUR, 6), vm_role=boolean),
    "device-types": {"manufacturer": Reference("manufacturers"), "model": text(100), **SLUGGED},
    "platforms": named(100, **SLUGGED, manufacturer=Reference("manufacturers")),
    "sites": named(100, **SLUGGED, status=choice("planned", "staging", "active", "decommissioning", "retired")),
    "cluster-types": named(100, **SLUGGED),
    "clusters": named(
        100,
        type=Reference("cluster-types"),
        status=choice("planned", "staging", "active", "decommissioning", "offline"),
        scope_type=choice("dcim.region", "dcim.sitegroup", "dcim.site", "dcim.location"),
        scope_name=Reference("sites"),
    ),
    "devices": named(
        64,
        role=Reference("device-roles"),
        manufacturer=Reference("manufacturers"),
        device_type=Reference("device-types", "model", of="manufacturer"),
        platform=Reference("platforms"),
        serial=text(50),
        status=choice("offline", "active", "planned", "staged", "failed", "inventory", "decommissioning"),
        site=Reference("sites"),
        cluster=Reference("clusters"),
    ),
    "interfaces": named(
        64,
        device=Reference("devices"),
        type=choice("virtual", "bridge", "lag", "other"),
        enabled=boolean,
        mtu=integer(1, 65536),
        speed=integer(0, POSITIVE),
        duplex=choice("half", "full", "auto"),
        mgmt_only=boolean,
    ),
    "virtual-machines": named(
        64,
        status=choice("offline", "active", "planned", "staged", "failed", "decommissioning"),
        site=Reference("sites"),
        cluster=Reference("clusters"),
        device=Reference("devices"),
        platform=Reference("platforms"),
        vcpus=integer(1, 9999),
        memory=integer(0, POSITIVE),
        disk=integer(0, POSITIVE),
        serial=text(50),
        comments=comments,
    ),
    "vm-interfaces": named(64, virtual_machine=Reference("virtual-machines"), enabled=boolean, mtu=integer(1, 65536)),
    "mac-addresses": {"mac_address": matches(MAC, 17), "is_primary": boolean},
    "ip-addresses": {"address": text(64), "status": choice("active", "reserved", "deprecated", "dhcp", "slaac"), "is_primary": boolean},
}
for component in ("mac-addresses", "ip-addresses"):
    MODELS[component] |= {"device": Reference("devices"), "virtual_machine": Reference("virtual-machines"), "interface": text(64)}
REQUIRED = {
    "manufacturers": ["name", "slug"],
    "device-roles": ["name", "slug"],
    "device-types": ["manufacturer", "model", "slug"],
    "platforms": ["name", "slug"],
    "sites": ["name", "slug", "status"],
    "cluster-types": ["name", "slug"],
    "clusters": ["name", "type", "status"],
    "devices": ["name", "role", "manufacturer", "device_type", "status", "site"],
    "interfaces": ["device", "name", "type"],
    "virtual-machines": ["name", "status"],
    "vm-interfaces": ["virtual_machine", "name"],
    "mac-addresses": ["mac_address"],
    "ip-addresses": ["address", "status"],
}
# Fields that together are unique, without case.
UNIQUE = {
    "manufacturers": [["name"], ["slug"]],
    "device-roles": [["name"], ["slug"]],
    "device-types": [["manufacturer", "model"], ["manufacturer", "slug"]],
    "platforms": [["name"], ["slug"]],
    "sites": [["name"], ["slug"]],
    "cluster-types": [["name"], ["slug"]],
    "clusters": [["scope_name", "name"]],
    "devices": [["site", "name"]],
    "interfaces": [["device", "name"]],
    "virtual-machines": [["cluster", "name"]],
    "vm-interfaces": [["virtual_machine", "name"]],
    "mac-addresses": [],
    "ip-addresses": [],
}

refused = []
models = {}
addresses = set()
primaries = set()


def refuse(model, row, reason):
    refused.append(f"{model} {row}: {reason}")


def check_reference(model, row, name, reference):
    found = [other for other in models.get(reference.model, []) if other.get(reference.field) == row[name]]
    if reference.of:
        found = [other for other in found if other[reference.of] == row[reference.of]]
    if len(found) != 1:
        refuse(model, row, f"{name} finds {len(found)} {reference.model}")
        return {}
    return found[0]


def check_interface(model, row):
    if ("device" in row) == ("virtual_machine" in row):
        return refuse(model, row, "is of one device or virtual machine")
    parent, interfaces = ("device", "interfaces") if "device" in row else ("virtual_machine", "vm-interfaces")
    found = [other for other in models[interfaces] if other[parent] == row[parent] and other["name"] == row["interface"]]
    if len(found) != 1:
        refuse(model, row, f"finds {len(found)} interfaces")


def check_address(row):
    address = ipaddress.ip_interface(row["address"])
    network = address.network
    if network.prefixlen == 0:
        refuse("ip-addresses", row, "/0 mask")
    if network.max_prefixlen - network.prefixlen > 1:
        if address.ip == network.network_address:
            refuse("ip-addresses", row, "is a network ID")
        if address.version == 4 and address.ip == network.broadcast_address:
            refuse("ip-addresses", row, "is a broadcast address")
    if address.ip in addresses:
        refuse("ip-addresses", row, "duplicate IP address found in global table")
    addresses.add(address.ip)
    if row.get("is_primary"):
        primary = (row.get("device"), row.get("virtual_machine"), address.version)
        if primary in primaries:
            refuse("ip-addresses", row, "is a second primary address")
        primaries.add(primary)


def add(model, row):
    fields = MODELS[model]
    for name in REQUIRED[model]:
        if name not in row:
            return refuse(model, row, f"{name} is required")
    found = {}
    for name, value in row.items():
        field = fields.get(name)
        if field is None:
            refuse(model, row, f"unexpected column {name}")
        elif isinstance(field, Reference):
            found[name] = check_reference(model, row, name, field)
        elif reason := field(value):
            refuse(model, row, f"{name} {reason}")
    for unique in UNIQUE[model]:
        key = [str(row.get(name)).lower() for name in unique]
        if any([str(other.get(name)).lower() for name in unique] == key for other in models[model]):
            refuse(model, row, f"{unique} is not unique")
    if model == "clusters" and ("scope_name" in row) != ("scope_type" in row):
        refuse(model, row, "scope_type must be specified when using scope_name")
    if model in ("devices", "virtual-machines"):
        scope = found.get("cluster", {}).get("scope_name")
        if scope and "site" in row and scope != row["site"]:
            refuse(model, row, "the cluster is of another site")
    if model == "virtual-machines":
        if not {"site", "cluster"} & row.keys():
            refuse(model, row, "must be assigned to a site or cluster")
        if "device" in row:
            if "cluster" not in row:
                refuse(model, row, "must specify a cluster when assigning a host device")
            elif found["device"].get("cluster") != row["cluster"]:
                refuse(model, row, "the device is not assigned to this cluster")
    if model in ("mac-addresses", "ip-addresses"):
        check_interface(model, row)
    if model == "ip-addresses":
        check_address(row)
    models[model].append(row)


def main():
    for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
        model = path.stem.split("-", 1)[1]
        models[model] = []
        for row in json.loads(path.read_text()):
            add(model, row)
    if models.keys() != MODELS.keys():
        refused.append(f"files are {sorted(models)}")
    json.dump(refused, sys.stdout)


main()
