"""Collects as a collector-request-v1 document says, and prints the collector-response-v1."""

import argparse
import sys
from pathlib import Path

from stocktake_vcenter import Collector, Trust, write_response


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("request", nargs="?", type=Path, help="the document; stdin unless given")
    trust = parser.add_mutually_exclusive_group()
    trust.add_argument("--ca-file", dest="trust", type=Trust.ca_file, metavar="FILE")
    trust.add_argument("--pin", dest="trust", type=Trust.pin, metavar="sha256:HEX")
    options = parser.parse_args()
    request = options.request.read_bytes() if options.request else sys.stdin.buffer.read()
    with Collector().run(request.decode(), options.trust) as run:
        summary = write_response(run, sys.stdout.buffer)
    return 1 if summary.errors else 0


if __name__ == "__main__":
    sys.exit(main())
