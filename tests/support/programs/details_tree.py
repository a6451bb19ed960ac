"""The tree of folders, datacenters, compute resources and pools: names and paths."""

from collections import Counter

from pyVmomi import vim, vmodl

from reference_ledger import decoded


class Tree:
    def __init__(self, root, objects):
        self.root = root
        self.values = {obj: values for obj, values in objects}

    def parent(self, obj):
        return self.values.get(obj, {}).get("parent")

    def name(self, obj):
        name = self.values.get(obj, {}).get("name")
        return None if name is None else decoded(name)

    def above(self, obj):
        """The object and what holds it, up to the root folder, which is not one of them."""
        while obj is not None and obj != self.root:
            yield obj
            obj = self.parent(obj)

    def path(self, obj):
        """The names from below the root folder down to the object, as vCenter stores them."""
        names = [self.values[one]["name"] for one in self.above(obj)]
        return "".join(f"/{name}" for name in reversed(names))

    def nearest(self, obj, of):
        return next((one for one in self.above(obj) if isinstance(one, of)), None)

    def datacenter(self, obj):
        return self.name(self.nearest(obj, vim.Datacenter))

    def folder(self, vapp):
        """The folder of a vApp; one that is inside another has none."""
        return self.values.get(vapp, {}).get("parentFolder")

    def outermost(self, vapp):
        """The vApp around all others."""
        return [one for one in self.above(vapp) if isinstance(one, vim.VirtualApp)][-1:]


def attribute_names(content):
    """Names of custom attributes by key; of two with one name each has its key behind it."""
    if content.customFieldsManager is None:
        return {}
    collector = vmodl.query.PropertyCollector
    spec = collector.FilterSpec(
        objectSet=[collector.ObjectSpec(obj=content.customFieldsManager)],
        propSet=[collector.PropertySpec(type=vim.CustomFieldsManager, pathSet=["field"])],
    )
    page = content.propertyCollector.RetrievePropertiesEx([spec], collector.RetrieveOptions())
    fields = [field for obj in page.objects for prop in obj.propSet for field in prop.val]
    counts = Counter(field.name for field in fields)
    return {
        field.key: field.name if counts[field.name] == 1 else f"{field.name} [{field.key}]"
        for field in fields
    }
