"""Prints what pyarrow and DuckDB read in the Parquet files of a folder, as JSON; members without value are left out."""

import datetime
import json
import pathlib
import sys

import duckdb
import pyarrow.parquet


def plain(value):
    if isinstance(value, datetime.datetime):
        if value.utcoffset() != datetime.timedelta(0):
            sys.exit(f"{value!r} is not in UTC")
        text = value.strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".")
        return text + "Z"
    if isinstance(value, dict):
        members = {name: plain(member) for name, member in value.items()}
        return {name: member for name, member in members.items() if member not in (None, {})}
    # pyarrow's maps are lists of pairs.
    if isinstance(value, list) and value and all(isinstance(item, tuple) for item in value):
        return plain(dict(value))
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def main():
    duckdb.sql("SET TimeZone = 'UTC'")
    read = {"pyarrow": {}, "duckdb": {}, "types": {}, "groups": {}}
    for path in pathlib.Path(sys.argv[1]).iterdir():
        read["pyarrow"][path.stem] = [plain(row) for row in pyarrow.parquet.read_table(path).to_pylist()]
        relation = duckdb.read_parquet(str(path))
        rows = [dict(zip(relation.columns, row)) for row in relation.fetchall()]
        read["duckdb"][path.stem] = [plain(row) for row in rows]
        read["types"][path.stem] = dict(zip(relation.columns, map(str, relation.types)))
        read["groups"][path.stem] = pyarrow.parquet.ParquetFile(path).metadata.num_row_groups
    queries = [
        "SELECT sum(disk.capacity_bytes) FROM (SELECT unnest(details.disks) AS disk FROM '{}/vm.parquet')",
        "SELECT details.custom_attributes['Owner'] FROM '{}/vm.parquet' WHERE external_id = 'vm-1'",
        "SELECT host.name FROM '{0}/relation.parquet' JOIN '{0}/host.parquet' AS host ON to_id = host.external_id WHERE from_id = 'vm-1' AND type = 'runs_on'",
        "SELECT count(*) FROM '{}/vm.parquet' WHERE details.created_at < TIMESTAMPTZ '2025-01-01 00:00:00Z'",
    ]
    read["answers"] = [int(answer) if isinstance(answer, int) else answer for query in queries for (answer,) in duckdb.sql(query.format(sys.argv[1])).fetchall()]
    json.dump(read, sys.stdout)


main()
