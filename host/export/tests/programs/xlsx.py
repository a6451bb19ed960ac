"""Prints the sheets of a workbook as JSON: {sheet: [[text or null]]}, written as a CSV export writes its cells."""

import datetime
import json
import sys

from openpyxl import load_workbook


def text(cell):
    value = cell.value
    if cell.data_type == "f":
        sys.exit(f"{cell.parent.title}!{cell.coordinate} is a formula")
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, datetime.datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def main():
    book = load_workbook(sys.argv[1])
    sheets = {sheet.title: [[text(cell) for cell in row] for row in sheet.iter_rows()] for sheet in book}
    json.dump(sheets, sys.stdout)


main()
