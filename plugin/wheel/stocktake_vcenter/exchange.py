"""One request and its reply, which is fetched in a thread of its own while the guest reads another."""

from __future__ import annotations

import codecs
import contextlib
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass

from urllib3 import BaseHTTPResponse

from .body import PIECE, Body
from .failure import Failure
from .meter import Meter


@dataclass(frozen=True)
class Head:
    """Status and headers of a reply."""

    status: int
    headers: list[tuple[str, str]]


class Exchange:
    """A request that was sent, and its reply."""

    def __init__(self, deadline: float, late: Failure, meter: Meter) -> None:
        """Fails with `late` at `deadline`, of the monotonic clock."""
        self._deadline = deadline
        self._late = late
        self._meter = meter
        self._head: Future[Head] = Future()
        self._body = Body(deadline, late)
        self._response: BaseHTTPResponse | None = None

    def start(self, send: Callable[[], BaseHTTPResponse]) -> None:
        """Begins it."""
        # A daemon thread: the end of the process does not wait for an unread reply.
        thread = threading.Thread(
            target=self._fetch, args=(send,), name="stocktake-exchange", daemon=True
        )
        try:
            thread.start()
        except RuntimeError:
            # The process is ending, and only clean-up requests are still sent.
            self._fetch(send)

    def head(self) -> Head:
        """Waits for status and headers."""
        try:
            return self._head.result(max(0, self._deadline - time.monotonic()))
        except NotYet:
            raise self._late from None

    def read(self) -> str:
        """The next part of the body, empty at its end."""
        return self._body.part()

    def end(self, failure: Failure) -> None:
        """Abandons the rest of the reply; the thread ends when the server answers or a limit is reached."""
        if not self._body.end(failure):
            return
        with contextlib.suppress(InvalidStateError):
            self._head.set_exception(failure)
        if self._response is not None:
            # Wakes a thread that waits for the server, if it still waits.
            with contextlib.suppress(RuntimeError, ValueError, OSError):
                self._response.shutdown()

    def _fetch(self, send: Callable[[], BaseHTTPResponse]) -> None:
        try:
            with contextlib.closing(send()) as response:
                self._response = response
                is_wanted = self._tell(response)
                decoder = codecs.getincrementaldecoder("utf-8")("replace")
                received = unpacked = 0
                while is_wanted and (piece := response.read1(PIECE)):
                    self._meter.piece(response.tell() - received, len(piece))
                    received = response.tell()
                    unpacked += len(piece)
                    self._meter.reply(received, unpacked)
                    is_wanted = self._body.put(decoder.decode(piece), len(piece))
                self._body.put(decoder.decode(b"", final=True), 0)
                self._body.end()
        except Exception as error:
            self.end(Failure.of(error))

    def _tell(self, response: BaseHTTPResponse) -> bool:
        headers = [
            # http.client reads headers as Latin-1, in which every byte is a character.
            (name.lower(), value.encode("latin-1", "replace").decode("utf-8", "replace"))
            for name, value in response.headers.items()
        ]
        try:
            self._head.set_result(Head(response.status, headers))
        except InvalidStateError:
            # It was abandoned.
            return False
        return True
