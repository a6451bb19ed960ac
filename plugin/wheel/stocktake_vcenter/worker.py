"""A thread that does one job after the other."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class Worker:
    """A thread that does one job after the other.

    An executor of the standard library would take no job while the process ends, which is when a run
    that was left open is closed.
    """

    def __init__(self, name: str) -> None:
        self._jobs: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def submit(self, job: Callable[[], T]) -> Future[T]:
        """Queues a job."""
        future: Future[T] = Future()
        self._jobs.put(lambda: _do(job, future))
        return future

    def stop(self) -> None:
        """Ends the thread after the queued jobs."""
        self._jobs.put(None)

    def is_current(self) -> bool:
        """Whether the caller is a job."""
        return threading.current_thread() is self._thread

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            job()


def _do(job: Callable[[], Any], future: Future[Any]) -> None:
    try:
        future.set_result(job())
    except Exception as error:
        future.set_exception(error)
