"""Drives the guest of one run, on a thread of its own, and assembles the summary."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import replace

from .guest import Guest, Trapped
from .limits import Limits
from .page import Page
from .request import Request
from .summary import Problem, Summary
from .transport import Transport
from .watch import Watch
from .worker import Worker


class Handler:
    """Drives the guest of one run.

    An interrupt from the keyboard hits the thread of the caller only, never the guest half-way
    through a call.
    """

    def __init__(
        self,
        instantiate: Callable[[], Guest],
        force: Callable[[], None],
        transport: Transport,
        request: Request,
        limits: Limits,
    ) -> None:
        self.request = request
        self._transport = transport
        self._limits = limits
        self._guest: Guest | None = None
        self._summary: Summary | None = None
        self._worker = Worker("stocktake-guest")
        self._watch = Watch(limits.wall_seconds, limits.grace_seconds, self._end, force)
        self._worker.submit(lambda: self._open(instantiate))

    def pull(self) -> Future[Page | Summary]:
        """Requests the next page, or the summary."""
        return self._worker.submit(self._pull)

    def close(self) -> Summary:
        """Ends the run in any state."""
        self._watch.end()
        # A worker that has ended takes no job.
        summary = self._summary or self._worker.submit(self._close).result()
        self._worker.stop()
        return summary

    def abandon(self) -> None:
        """Ends a run whose result is not needed any more."""
        if self._worker.is_current():
            # Garbage collection happened on this thread: the rest is done after this job.
            self._watch.end()
            self._worker.stop()
        else:
            self.close()

    def _end(self) -> None:
        self._transport.interrupt()
        self._worker.submit(self._close)

    # The worker does the rest.

    def _open(self, instantiate: Callable[[], Guest]) -> None:
        try:
            self._guest = instantiate()
        except Trapped as trap:
            self._conclude(Summary(errors=self._of_trap(trap)))

    def _pull(self) -> Page | Summary:
        if self._summary or self._guest is None or self._watch.is_ending:
            return self._close()
        try:
            pulled = self._guest.pull()
        except Trapped as trap:
            return self._conclude(Summary(errors=self._of_trap(trap)))
        return self._conclude(pulled) if isinstance(pulled, Summary) else pulled

    def _close(self) -> Summary:
        if self._summary:
            return self._summary
        try:
            summary = self._guest.close() if self._guest else Summary()
        except Trapped as trap:
            return self._conclude(Summary(errors=self._of_trap(trap)))
        return self._conclude(summary)

    def _conclude(self, summary: Summary) -> Summary:
        """The summary of the guest, with the errors of the host."""
        self._watch.stop()
        found = [*self._of_lateness(), *self._transport.meter.problems(), *summary.errors]
        self._summary = replace(summary, errors=tuple(found or self._of_cancelling()))
        self._transport.close()
        if self._guest:
            self._guest.drop()
        return self._summary

    def _of_lateness(self) -> list[Problem]:
        if not self._watch.is_late:
            return []
        seconds = self._limits.wall_seconds
        outcome = "it was ended by force" if self._watch.is_forced else "it has cleaned up"
        message = (
            f"the collector was over its wall-clock limit of {seconds:g} s: {outcome}; "
            "narrow the scope or raise the limit"
        )
        context = {"allowed_seconds": seconds}
        return [Problem("PLUGIN_TIMEOUT", "unknown", message, True, context)]

    def _of_cancelling(self) -> list[Problem]:
        """A run that was asked to end may not report that."""
        if not self._watch.is_ending:
            return []
        if self.request.collects:
            message = "the run was cancelled before the list was whole"
            return [Problem("INVENTORY_INCOMPLETE", "schema", message, retryable=False)]
        message = "the run was cancelled"
        return [Problem("PLUGIN_EXIT_NONZERO", "unknown", message, retryable=False)]

    def _of_trap(self, trap: Trapped) -> tuple[Problem, ...]:
        if not self._watch.is_forced:
            return (Problem("PLUGIN_TRAPPED", "unknown", f"the collector trapped: {trap}", False),)
        if self._watch.is_late:
            return ()
        message = (
            f"the collector did not end within the grace of {self._limits.grace_seconds:g} s and was "
            "ended by force; its session expires on the server"
        )
        return (Problem("PLUGIN_TIMEOUT", "unknown", message, retryable=True),)
