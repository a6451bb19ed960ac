"""Prints what breaks the schemas in a response: the folder of the schemas, the file."""

import json
import pathlib
import sys

from jsonschema import Draft202012Validator
from referencing import Registry, Resource


def main():
    folder = pathlib.Path(sys.argv[1])
    schemas = {path.name: json.loads(path.read_text()) for path in folder.glob("*.schema.json")}
    resources = [(schema["$id"], Resource.from_contents(schema)) for schema in schemas.values()]
    registry = Registry().with_resources(resources)

    def errors(schema, instance):
        return [error.json_path + " " + error.message for error in Draft202012Validator(schema, registry=registry).iter_errors(instance)]

    details = schemas["details-v1.schema.json"]
    response = json.loads(pathlib.Path(sys.argv[2]).read_text())
    found = []
    for asset in response["assets"]:
        kind = asset["external_kind"]
        name = "normalized-v1" if kind in ("vm", "host", "cluster") else "normalized-extended-v1"
        found += errors(schemas[f"{name}.schema.json"], asset["normalized"])
        found += errors({"$ref": f"{details['$id']}#/$defs/{kind}"}, asset["details"])
    json.dump(found, sys.stdout)


main()
