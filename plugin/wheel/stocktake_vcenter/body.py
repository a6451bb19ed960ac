"""The body of a reply as text, between the thread that fetches and the guest that reads."""

from __future__ import annotations

import threading
import time
from collections import deque

from .failure import Failure

PIECE = 64 << 10
"""Bytes that are received at once."""

PART = 320 << 10
"""Bytes that are read at once: the interface allows 1 MiB, and a byte that is not UTF-8 becomes three."""

AHEAD = 512 << 10
"""Bytes that are fetched ahead."""


class Body:
    """A bounded buffer of bytes that are received and not yet read."""

    def __init__(self, deadline: float, late: Failure) -> None:
        self._changed = threading.Condition()
        self._deadline = deadline
        self._late = late
        self._pieces: deque[tuple[str, int]] = deque()
        self._held = 0
        self._ended = False
        self._failure: Failure | None = None

    def put(self, text: str, size: int) -> bool:
        """Adds a piece of so many bytes once there is room. Returns false when the reader is gone."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._held < AHEAD or self._ended, self._deadline - time.monotonic()
            )
            if self._held >= AHEAD:
                self.end(self._late)
            # A piece may contain only the beginning of a character, and an empty part would mean the end.
            if text and not self._ended:
                self._pieces.append((text, size))
                self._held += size
                self._changed.notify_all()
            return not self._ended

    def end(self, failure: Failure | None = None) -> bool:
        """Ends the body after the buffered bytes; only the first reason counts."""
        with self._changed:
            is_first = not self._ended
            if is_first:
                self._ended, self._failure = True, failure
                self._changed.notify_all()
            return is_first

    def part(self) -> str:
        """The next part, empty at the end."""
        with self._changed:
            in_time = self._changed.wait_for(
                lambda: self._pieces or self._ended, self._deadline - time.monotonic()
            )
            if not in_time:
                raise self._late
            if not self._pieces and self._failure:
                raise self._failure
            texts: list[str] = []
            size = 0
            while self._pieces and size + self._pieces[0][1] <= PART:
                text, more = self._pieces.popleft()
                texts.append(text)
                size += more
            self._held -= size
            self._changed.notify_all()
            return "".join(texts)
