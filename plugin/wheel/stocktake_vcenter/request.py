"""What the host itself has to know of a `collector-request-v1` document."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Request:
    """The text of a document, which may be any; the component says what is wrong with it."""

    text: str

    @property
    def endpoint(self) -> str | None:
        """`source.config.endpoint`."""
        endpoint = self._member("source", "config", "endpoint")
        return endpoint if isinstance(endpoint, str) else None

    @property
    def collects(self) -> bool:
        """The run answers an inventory."""
        return str(self._member("request", "mode")).startswith("collect")

    @property
    def wants_evidence(self) -> bool:
        """`stats.evidence` is asked for."""
        return self._member("source", "config", "evidence") is True

    @property
    def roots(self) -> str | dict[str, list[str]] | None:
        """The roots that are asked for: `root`, or the names of the parts; none without an inventory."""
        if not self.collects or self._member("source", "source_type") != "vcenter":
            return None
        parts = {}
        for name in ("datacenter_names", "cluster_names", "folder_paths"):
            names = self._member("source", "config", "inventory_scope", name)
            if isinstance(names, list) and names:
                parts[name] = names
        return parts or "root"

    def _member(self, *path: str) -> Any:
        try:
            value = json.loads(self.text)
        except ValueError:
            return None
        for name in path:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    def __repr__(self) -> str:
        # It holds a password.
        return "Request(…)"
