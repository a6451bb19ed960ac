"""The summary of a run, by the contract; the fields of a class are in the order of its JSON."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import asdict, dataclass, field, fields
from typing import Any

MESSAGE = 4096
"""Characters of a message."""


@dataclass(frozen=True)
class Problem:
    """One entry of `errors`."""

    code: str
    """As in `VCENTER_AUTH_FAILED`."""
    category: str
    message: str
    """What was wrong, where, and what cures it."""
    retryable: bool
    """The same request may succeed later."""
    redacted_context: dict[str, Any] | None = None
    """Facts for programs."""

    @classmethod
    def of_record(cls, record: Any) -> Problem:
        context = getattr(record, "redacted-context")
        return cls(
            record.code,
            record.category.replace("-", "_"),
            _printable(record.message),
            record.retryable,
            None if context is None else json.loads(context),
        )

    def document(self) -> dict[str, Any]:
        """As in a response."""
        members = asdict(self)
        if self.redacted_context is None:
            del members["redacted_context"]
        return members


@dataclass(frozen=True)
class Stats:
    """The counts that the component reports."""

    assets: int = 0
    relations: int = 0
    warnings: int = 0
    inventory_complete: bool = False
    """The component reports the inventory as complete; `Summary.complete` is the verdict."""

    @classmethod
    def of_record(cls, record: Any) -> Stats:
        return cls(**_members(cls, record))


@dataclass(frozen=True)
class KindEvidence:
    """The counts of one kind: complete when `announced = returned + vanished + quarantined`."""

    kind: str
    announced: int
    """Objects that any list of the server names."""
    returned: int
    """Announced objects that it sent."""
    unannounced: int
    """Objects that it sent although none of its lists names them."""
    vanished: int
    """Announced objects that no longer exist, according to the server."""
    quarantined: int
    """Objects that could not be decoded."""
    excluded: int
    """Objects returned that the mode does not emit."""
    unreadable: int
    """Objects with a property that the account may not read."""
    missing_privileges: list[str]


@dataclass(frozen=True)
class Evidence:
    """The evidence that an inventory is complete."""

    kinds: list[KindEvidence] = field(default_factory=list)
    pages: int = 0
    """Pages that the server sent."""
    continue_calls: int = 0
    drained: bool = False
    """The last page had no token for another one."""
    logins: int = 0
    logouts: int = 0
    sessions_lost: int = 0
    views_created: int = 0
    views_destroyed: int = 0
    views_lost: int = 0
    restarts: int = 0

    @property
    def sessions_left(self) -> int:
        """Sessions that this run left on the server."""
        return max(0, self.logins - self.logouts - self.sessions_lost)

    def document(self, scope: str | dict[str, list[str]] | None) -> dict[str, Any]:
        """As in a response, with the roots that were read. Only the collector has counted here."""
        read = {"scope": scope} if scope else {}
        left = {"sessions_left": self.sessions_left} if self.sessions_left else {}
        return {"counted_by": "collector", **asdict(self), **read, **left}

    @classmethod
    def of_record(cls, record: Any) -> Evidence:
        members = _members(cls, record)
        kinds = [KindEvidence(**_members(KindEvidence, kind)) for kind in members.pop("kinds")]
        return cls(kinds, **members)


@dataclass(frozen=True)
class Detection:
    """What the target is."""

    target_version: str
    """`<version> (build <build>)`"""
    capabilities: dict[str, bool | str]
    driver: str
    recommended_preferred_version: str

    @classmethod
    def of_record(cls, record: Any) -> Detection:
        members = _members(cls, record)
        return cls(**{**members, "capabilities": json.loads(members["capabilities"])})


@dataclass(frozen=True)
class Summary:
    """The summary of a run."""

    stats: Stats = Stats()
    evidence: Evidence | None = None
    detection: Detection | None = None
    errors: tuple[Problem, ...] = ()
    """First the errors of the host, then those of the component. Empty exactly when the run
    succeeded."""

    @property
    def complete(self) -> bool:
        """Whether the inventory is complete."""
        return self.stats.inventory_complete and not self.errors

    @classmethod
    def of_record(cls, record: Any) -> Summary:
        return cls(
            Stats.of_record(record.stats),
            Evidence.of_record(record.evidence),
            None if record.detection is None else Detection.of_record(record.detection),
            tuple(Problem.of_record(error) for error in record.errors),
        )


def _members(cls: Any, record: Any) -> dict[str, Any]:
    return {field.name: getattr(record, field.name.replace("_", "-")) for field in fields(cls)}


def _printable(text: str) -> str:
    """Without control characters: a message may quote a server."""
    text = text.strip()
    shown = (" " if unicodedata.category(letter) == "Cc" else letter for letter in text[:MESSAGE])
    return "".join(shown) + ("…" if len(text) > MESSAGE else "")
