"""Prints what breaks the schemas in the responses on stdin, of which each line is one.

The only argument is the folder of the schemas.
"""

import json
import pathlib
import sys

from jsonschema import Draft202012Validator


def schema_of(name):
    return json.loads((pathlib.Path(sys.argv[1]) / f"{name}.schema.json").read_text())


def validator(schema):
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def main():
    whole, ledger, extended = (
        validator(schema_of(name))
        for name in ("collector-response-v1", "normalized-v1", "normalized-extended-v1")
    )
    definitions = schema_of("details-v1")["$defs"]
    details = {kind: validator(schema) for kind, schema in definitions.items()}
    for line in sys.stdin:
        response = json.loads(line)
        for error in whole.iter_errors(response):
            print(error.json_path, error.message)
        for number, asset in enumerate(response["assets"]):
            normalized = ledger if asset["external_kind"] in ("vm", "host", "cluster") else extended
            for error in normalized.iter_errors(asset["normalized"]):
                print(f"assets[{number}].normalized", error.json_path, error.message)
            if "details" in asset:
                for error in details[asset["external_kind"]].iter_errors(asset["details"]):
                    print(f"assets[{number}].details", error.json_path, error.message)


main()
