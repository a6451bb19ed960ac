"""The network use of a run, and its limits."""

from __future__ import annotations

import threading
from typing import NoReturn

from .failure import Failure
from .limits import Limits
from .summary import Problem


class Meter:
    """Counts for a run. Every method raises the `Failure` that the component receives."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._lock = threading.Lock()
        self._requests = 0
        self._received = 0
        self._unpacked = 0
        self._problems: dict[str, Problem] = {}

    def problems(self) -> list[Problem]:
        """Rules that the component broke and budgets that it exceeded, each once."""
        with self._lock:
            return list(self._problems.values())

    def request(self, size: int) -> None:
        """Counts a request with a body of so many bytes."""
        with self._lock:
            self._requests += 1
            used = self._requests
        self._within("requests", used, self._limits.requests, "requests", "denied")
        self._within("request body", size, self._limits.request_bytes, "bytes", "too-large")

    def piece(self, received: int, unpacked: int) -> None:
        """Counts a piece of a reply, by its bytes."""
        with self._lock:
            self._received += received
            self._unpacked += unpacked
            # A compressed body may be longer than the decompressed one.
            used = max(self._received, self._unpacked)
        self._within("bytes received", used, self._limits.run_bytes, "bytes", "too-large")

    def reply(self, received: int, unpacked: int) -> None:
        """Checks the bytes of a reply so far."""
        used = max(received, unpacked)
        self._within("response body", used, self._limits.reply_bytes, "bytes", "too-large")

    def deny(self, allowed: str) -> NoReturn:
        """Records that the component requested another address."""
        self._refuse(
            Problem(
                "EGRESS_DENIED",
                "permission",
                f"the collector asked for another address; this run allows {allowed}; "
                "correct source.config.endpoint, or do not use this collector",
                retryable=False,
            ),
            "denied",
        )

    def _within(self, what: str, used: int, allowed: int, unit: str, case: str) -> None:
        if used > allowed:
            message = (
                f"{what} over budget: {used} {unit} of {allowed} allowed; "
                "raise the limit or narrow the scope"
            )
            context = {"allowed": allowed, "budget": what, "used": used}
            self._refuse(Problem("PLUGIN_BUDGET_EXCEEDED", "unknown", message, False, context), case)

    def _refuse(self, problem: Problem, case: str) -> NoReturn:
        with self._lock:
            self._problems.setdefault(problem.message.partition(":")[0], problem)
        raise Failure(case)
