"""Reads properties with pyVmomi and holds their types against its own declarations.

property_types.py reads [[type, path], ...] from standard input; STOCKTAKE_URL,
STOCKTAKE_USERNAME and STOCKTAKE_PASSWORD say where and as whom. Prints {"type path":
number of objects that have it}; fails when a value is not of the declared type, or
the path is declared nowhere.
"""

import functools
import json
import sys

from pyVmomi import VmomiSupport, vim, vmodl

from reference import connect, retrieve


@functools.cache
def data_types():
    """Every data object that pyVmomi declares."""
    return [VmomiSupport.GetVmodlType(name) for name in VmomiSupport._dataDefMap]


def step_below(of, name):
    """The type of a property, which an object of the declared type or of one that extends it has."""
    if issubclass(of, VmomiSupport.ManagedObject):
        candidates = [of]
    else:
        candidates = [of, *(one for one in data_types() if issubclass(one, of))]
    for candidate in candidates:
        infos = {info.name: info for info in candidate._GetPropertyList()}
        if name in infos:
            return infos[name].type
    return None


def declared(of, path):
    """The type that a path leads to, if there is one."""
    for name in path.split("."):
        of = of and step_below(of, name)
    return of


def fits(value, of, where):
    """Whether a value, and all inside it, is of the declared type."""
    if isinstance(value, list) and issubclass(of, list):
        for item in value:
            fits(item, of.Item, where)
        return
    # Numbers are declared as short, int or long, and read as any of them; a type as its name.
    is_number = isinstance(value, int) and issubclass(of, int)
    is_type = of is type and isinstance(value, (type, str))
    if not (isinstance(value, of) or is_number or is_type):
        raise TypeError(f"{where} is {type(value).__name__}, declared {of.__name__}")
    if isinstance(value, VmomiSupport.DataObject):
        for info in value._GetPropertyList():
            field = getattr(value, info.name)
            if field is not None:
                fits(field, info.type, f"{where}.{info.name}")


def main():
    asked = {}
    for type_name, path in json.load(sys.stdin):
        asked.setdefault(type_name, []).append(path)
    counts = {f"{name} {path}": 0 for name, paths in asked.items() for path in paths}
    kinds = [(name, VmomiSupport.GetWsdlType("urn:vim25", name)) for name in asked]
    of_type = dict(kinds)
    content = connect()
    try:
        # The manager of custom attributes is in no view.
        manager = asked.pop("CustomFieldsManager", [])
        in_view = [(name, of) for name, of in kinds if name in asked]
        # The most special type first.
        in_view.sort(key=lambda kind: -len(kind[1].__mro__))
        found = list(retrieve(content, asked, in_view))
        if manager:
            collector = vmodl.query.PropertyCollector
            spec = collector.FilterSpec(
                objectSet=[collector.ObjectSpec(obj=content.customFieldsManager)],
                propSet=[collector.PropertySpec(type=vim.CustomFieldsManager, pathSet=manager)],
            )
            options = collector.RetrieveOptions()
            page = content.propertyCollector.RetrievePropertiesEx([spec], options)
            values = {prop.name: prop.val for prop in page.objects[0].propSet}
            found.append(("CustomFieldsManager", None, values))
        types = {}
        for name, _, values in found:
            for path, value in values.items():
                key = f"{name} {path}"
                if key not in types:
                    types[key] = declared(of_type[name], path)
                    if types[key] is None:
                        raise KeyError(f"{key} is declared nowhere")
                fits(value, types[key], key)
                counts[key] += 1
        return counts
    finally:
        content.sessionManager.Logout()


json.dump(main(), sys.stdout)
