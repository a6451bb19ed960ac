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
        # A run that nobody holds any more is closed too, at the latest with the process.
        self._abandoned = weakref.finalize(self, handler.abandon)

    @property
    def roots(self) -> str | dict[str, list[str]] | None:
        """The roots that the request asks for, as evidence spells them."""
        return self._handler.request.roots

    @property
    def wants_evidence(self) -> bool:
        """The request asks for `stats.evidence`."""
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
        """Ends the run wherever it is, and answers what became of it. It may be asked again."""
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
