"""Collects in ways that the example has no options for."""

import argparse
import signal
import sys
from pathlib import Path

from stocktake_vcenter import Collector, Limits, Policy, Run, Trust, write_response

DEFAULTS = Limits()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ca-file", dest="trust", type=Trust.ca_file)
    parser.add_argument("--component", type=Path, help="in place of the package's own")
    parser.add_argument("--endpoint", type=Policy.for_endpoint, help="in place of the request's")
    parser.add_argument("--wall", type=float, default=DEFAULTS.wall_seconds)
    # A loaded machine may be slow to clean up.
    parser.add_argument("--grace", type=float, default=60)
    parser.add_argument("--silence", type=float, default=DEFAULTS.silence_seconds)
    parser.add_argument("--reply-bytes", type=int, default=DEFAULTS.reply_bytes)
    parser.add_argument("--leave", choices=["closed", "forgotten", "open"], help="after a page")
    options = parser.parse_args()
    # As a service does: asked to end, it ends like any other program.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))
    collector = Collector(options.component and options.component.read_bytes())
    limits = Limits(
        wall_seconds=options.wall,
        grace_seconds=options.grace,
        silence_seconds=options.silence,
        reply_bytes=options.reply_bytes,
    )
    request = sys.stdin.buffer.read().decode()
    run = collector.run(request, options.trust, policy=options.endpoint, limits=limits)
    if options.leave:
        leave(run, options.leave)
        return 0
    with run:
        return 1 if write_response(run, sys.stdout.buffer).errors else 0


def leave(run: Run, how: str) -> None:
    page = next(run)
    kinds = {value["external_kind"] for kind, value in page.items() if kind == "asset"}
    assert kinds == set(page.assets), f"{kinds} are not {page.assets}"
    if how == "closed":
        summary = run.close()
        assert not summary.complete
        print(*(error.code for error in summary.errors))
    elif how == "open":
        globals()["left_open"] = run


if __name__ == "__main__":
    sys.exit(main())
