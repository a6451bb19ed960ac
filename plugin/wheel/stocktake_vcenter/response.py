"""A run as one line of `collector-response-v1`, in ASCII, with the same bytes as the executable."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import asdict
from tempfile import SpooledTemporaryFile
from typing import IO, Any, BinaryIO

from .page import Page
from .run import Run
from .summary import Summary

SPOOL = 256 << 10
"""Bytes of relations or warnings that are kept in memory."""

ROOT_UNREADABLE = '{"code":"VCENTER_ROOT_UNREADABLE"'
"""The beginning of the warning that the account may not read the root folder."""

# DEL, too, is a control character.
SPECIAL = re.compile("[^\x00-\x7e]")


def write_response(run: Run, out: BinaryIO) -> Summary:
    """Pulls the rest of a run, writes the response with a newline at its end, and returns the summary.

    Assets are written as they arrive. Relations and warnings follow them, so they are kept in files
    beyond 256 KiB; memory does not grow with the inventory.
    """
    with _Items() as relations, _Items() as warnings:
        assets = _Items(out)
        out.write(b'{"schema_version":"collector-response-v1","assets":[')
        roots = run.roots
        kinds = {"asset": assets, "relation": relations, "warning": warnings}
        for page in run:
            for kind, texts in _lines(page).items():
                kinds[kind].add(texts)
                if kind == "warning" and any(text.startswith(ROOT_UNREADABLE) for text in texts):
                    roots = "unknown" if roots == "root" else roots
        summary = run.close()
        out.write(b'],"relations":[')
        relations.copy_to(out)
        out.write(b"],")
        if summary.detection:
            out.write(b'"detect":' + _json(asdict(summary.detection)) + b",")
        stats = {
            "assets": assets.count,
            "relations": relations.count,
            "inventory_complete": summary.complete,
        }
        out.write(b'"stats":' + _json(stats)[:-1] + b',"warnings":[')
        warnings.copy_to(out)
        out.write(b"]")
        if run.wants_evidence and summary.evidence:
            scope = roots if summary.evidence.pages > 0 else None
            out.write(b',"evidence":' + _json(summary.evidence.document(scope)))
        errors = [error.document() for error in summary.errors]
        out.write(b'},"errors":' + _json(errors) + b"}\n")
        out.flush()
        return summary


class _Items:
    """JSON texts with commas between them, to be written to a file."""

    def __init__(self, file: IO[bytes] | None = None) -> None:
        self._file = file or SpooledTemporaryFile(SPOOL)
        self.count = 0

    def add(self, texts: list[str]) -> None:
        comma = "," if self.count else ""
        self.count += len(texts)
        self._file.write((comma + ",".join(texts)).encode("ascii"))

    def copy_to(self, out: BinaryIO) -> None:
        self._file.seek(0)
        shutil.copyfileobj(self._file, out)

    def __enter__(self) -> _Items:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _lines(page: Page) -> dict[str, list[str]]:
    """The texts of a page by kind, unparsed: between `{"kind":` and the last `}`."""
    kinds: dict[str, list[str]] = {}
    for line in _ascii(page.batch).split("\n")[:-1]:
        kind, _, text = line[2:-1].partition('":')
        kinds.setdefault(kind, []).append(text)
    return kinds


def _ascii(text: str) -> str:
    # Characters outside ASCII occur only in strings.
    return SPECIAL.sub(lambda letter: json.dumps(letter[0])[1:-1], text)


def _json(value: Any) -> bytes:
    # Numbers, flags and ASCII: written as by the executable.
    return json.dumps(value, separators=(",", ":")).encode("ascii")
