"""The parts of a `collector-request-v1` document that the host reads."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Request:
    """The text of a document, which may be invalid; the component reports what is wrong."""

    text: str

    @property
    def endpoint(self) -> str | None:
        """`source.config.endpoint`."""
        endpoint = self._member("source", "config", "endpoint")
        return endpoint if isinstance(endpoint, str) else None

    @property
    def collects(self) -> bool:
        """Whether the response is an inventory."""
        return str(self._member("request", "mode")).startswith("collect")

    @property
    def wants_evidence(self) -> bool:
        """Whether `stats.evidence` is requested."""
        return self._member("source", "config", "evidence") is True

    @property
    def roots(self) -> str | dict[str, list[str]] | None:
        """The requested roots: `root`, or the names of the parts; None without an inventory."""
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
        # It contains a password.
        return "Request(…)"
