"""Prints what breaks the schemas in the response on stdin, a line each.

The only argument is the folder of the schemas.
"""

import json
import pathlib
import sys

from jsonschema import Draft202012Validator


def validator(name):
    schema = json.loads((pathlib.Path(sys.argv[1]) / f"{name}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def main():
    response = json.load(sys.stdin)
    for error in validator("collector-response-v1").iter_errors(response):
        print(error.json_path, error.message)
    ledger, extended = validator("normalized-v1"), validator("normalized-extended-v1")
    for number, asset in enumerate(response["assets"]):
        normalized = ledger if asset["external_kind"] in ("vm", "host", "cluster") else extended
        for error in normalized.iter_errors(asset["normalized"]):
            print(f"assets[{number}].normalized", error.json_path, error.message)


main()
