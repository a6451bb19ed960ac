"""Ends a run that exceeds its time limit: first by a request, then by force."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Watch:
    """Calls `ask` after `seconds` or on request, and `force` if the run has not ended `grace` later.

    One thread does both: no thread can be started while the process ends.
    """

    def __init__(
        self, seconds: float, grace: float, ask: Callable[[], None], force: Callable[[], None]
    ) -> None:
        self.is_ending = False
        """The run was asked to end."""
        self.is_late = False
        """Because its time limit was exceeded."""
        self.is_forced = False
        """The run did not end, and was ended by force."""
        self._is_over = False
        self._seconds = seconds
        self._grace = grace
        self._ask = ask
        self._force = force
        self._changed = threading.Condition()
        threading.Thread(target=self._watch, name="stocktake-watch", daemon=True).start()

    def end(self) -> None:
        """Ends the run now."""
        with self._changed:
            if self.is_ending or self._is_over:
                return
            self.is_ending = True
            self._changed.notify_all()
        self._ask()

    def stop(self) -> None:
        """The run has ended."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()

    def _watch(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self.is_ending or self._is_over, self._seconds)
            self.is_late = not (self.is_ending or self._is_over)
        self.end()
        with self._changed:
            if self._changed.wait_for(lambda: self._is_over, self._grace):
                return
            self.is_forced = True
        self._force()
