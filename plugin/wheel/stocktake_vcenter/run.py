"""One run: an iterator of pages, and the summary."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from types import TracebackType


from .handler import Handler
from .page import Page
from .summary import Summary


class Run:
    """One run: an iterator of pages. Leave it by `with` or `close`, so that it cleans up on the server.

    The component works on the next page while the caller works on this one.
    """

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._next = handler.pull()
        # A garbage-collected run is closed too, at the latest with the process.
        self._abandoned = weakref.finalize(self, handler.abandon)

    @property
    def roots(self) -> str | dict[str, list[str]] | None:
        """The requested roots, as in the evidence."""
        return self._handler.request.roots

    @property
    def wants_evidence(self) -> bool:
        """Whether `stats.evidence` is requested."""
        return self._handler.request.wants_evidence

    def __iter__(self) -> Iterator[Page]:
        return self

    def __next__(self) -> Page:
        pulled = self._next.result()
        if isinstance(pulled, Summary):
            raise StopIteration
        self._next = self._handler.pull()
        return pulled

    def close(self) -> Summary:
        """Ends the run in any state, and returns its summary. It can be called again."""
        summary = self._handler.close()
        self._abandoned.detach()
        return summary

    def __enter__(self) -> Run:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
