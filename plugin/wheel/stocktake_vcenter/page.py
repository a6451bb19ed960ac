"""One page of a run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Page:
    """One page of a run."""

    sequence: int
    """Counts the pages of a run from 0."""
    assets: dict[str, int]
    """Assets in the page, per kind; kinds without assets are omitted."""
    relations: int
    warnings: int
    done: int
    """Objects read so far."""
    total: int | None
    """Objects in all, once the server has announced them."""
    batch: str
    """Lines of `{"asset":…}`, `{"relation":…}` or `{"warning":…}`, each ending with a newline."""

    def items(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """`asset`, `relation` or `warning`, with the value as in a response."""
        for line in self.batch.split("\n"):
            if line:
                yield from json.loads(line).items()

    @classmethod
    def of_record(cls, record: Any) -> Page:
        return cls(
            record.sequence,
            {entry.kind: entry.count for entry in record.assets},
            record.relations,
            record.warnings,
            record.progress.done,
            record.progress.total,
            record.batch,
        )
