"""Prints the CSV files of a folder as JSON: {name: [[text or null]]}."""

import csv
import json
import pathlib
import sys


def main():
    sheets = {}
    for path in pathlib.Path(sys.argv[1]).iterdir():
        with path.open(newline="", encoding="utf-8") as file:
            sheets[path.stem] = [[cell or None for cell in row] for row in csv.reader(file, strict=True)]
    json.dump(sheets, sys.stdout)


main()
