"""The component's HTTP: requests are checked, limited, and sent by urllib3 with its own TLS."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from urllib3 import BaseHTTPResponse, HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util import Timeout

from .exchange import Exchange
from .failure import Failure
from .limits import Limits
from .meter import Meter
from .policy import HEADERS, Policy
from .trust import Trust


class Transport:
    """The exchanges of one run."""

    def __init__(self, policy: Policy | None, trust: Trust, limits: Limits) -> None:
        self.meter = Meter(limits)
        self._policy = policy
        self._limits = limits
        self._pool = None if policy is None else _pool(policy, trust, limits)
        self._lock = threading.Lock()
        self._exchanges: set[Exchange] = set()
        self._seconds = limits.exchange_seconds
        self._late = Failure("timeout")

    def send(self, url: str, headers: list[tuple[str, str]], body: str) -> Exchange:
        """Begins an exchange. Never raises: errors are reported by the exchange."""
        with self._lock:
            deadline = time.monotonic() + self._seconds
            exchange = Exchange(deadline, self._late, self.meter)
            self._exchanges.add(exchange)
        try:
            exchange.start(self._admit(url, headers, body.encode()))
        except Failure as failure:
            exchange.end(failure)
        return exchange

    def forget(self, exchange: Exchange) -> None:
        """Abandons the unread rest of an exchange."""
        with self._lock:
            self._exchanges.discard(exchange)
        exchange.end(Failure.other("the exchange has ended"))

    def interrupt(self) -> None:
        """Ends the open exchanges. Later ones have little time.

        Most of them clean up. One may be an ordinary call of a component that has not received
        any failure yet, which must leave time to clean up after it.
        """
        # Not as a lost connection, which would be retried.
        ended = Failure.other("the run was ended")
        with self._lock:
            self._seconds = self._limits.grace_seconds / 2
            self._late = ended
            exchanges = list(self._exchanges)
        for exchange in exchanges:
            exchange.end(ended)

    def close(self) -> None:
        """Ends the remaining exchanges and closes idle connections."""
        self.interrupt()
        if self._pool is not None:
            self._pool.close()

    def _admit(
        self, url: str, headers: list[tuple[str, str]], body: bytes
    ) -> Callable[[], BaseHTTPResponse]:
        if self._pool is None or self._policy is None:
            self.meter.deny("nothing, because the request names no usable endpoint")
        if not self._policy.admits(url):
            self.meter.deny(str(self._policy))
        self.meter.request(len(body))
        passed = {name: value for name, value in headers if name in HEADERS}
        return partial(
            self._pool.urlopen,
            "POST",
            # The URL of the policy: what is sent cannot differ from what was checked.
            self._policy.path,
            body=body,
            headers={**passed, "accept-encoding": "gzip"},
            retries=False,
            redirect=False,
            preload_content=False,
            pool_timeout=math.ceil(self._limits.connect_seconds),
        )


def _pool(policy: Policy, trust: Trust, limits: Limits) -> HTTPConnectionPool:
    options: dict[str, Any] = {
        "timeout": Timeout(connect=limits.connect_seconds, read=limits.silence_seconds),
        "maxsize": limits.connections,
        "block": True,
    }
    if policy.scheme == "https":
        return HTTPSConnectionPool(policy.host, policy.port, **options, **trust.options())
    return HTTPConnectionPool(policy.host, policy.port, **options)
