"""The component under wasmtime: its exports and imports."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

from wasmtime import Engine, Store, Trap, WasiConfig, WasmtimeError
from wasmtime.component import (
    Component,
    Func,
    Linker,
    Record,
    ResourceAny,
    ResourceHost,
    ResourceType,
    Variant,
)

from .exchange import Exchange
from .failure import Failure
from .limits import Limits
from .page import Page
from .summary import Summary
from .transport import Transport
from .world import INVENTORY, TRANSPORT

# Type of the host's handles; there is only one.
EXCHANGE = 1

LAST_WORDS = 400
"""Characters of its stderr that are kept."""


class Trapped(Exception):
    """The component trapped, or was ended by force. Its store is not entered again."""


class HeadRecord(Record):
    """The record `head`, whose fields wasmtime reads by name."""

    def __init__(self, status: int, headers: list[tuple[str, str]]) -> None:
        self.status = status
        self.headers = headers


class Guest:
    """A component that runs one request. One thread at a time may use it."""

    def __init__(
        self, engine: Engine, component: Component, transport: Transport, limits: Limits, request: str
    ) -> None:
        self._stderr = b""
        self._transport = transport
        self._exchanges: dict[int, Exchange] = {}
        self._begun = 0
        self._store = Store(engine)
        self._store.set_limits(memory_size=limits.memory_bytes)
        self._store.set_epoch_deadline(1)
        wasi = WasiConfig()
        wasi.stderr_custom = self._hear
        self._store.set_wasi(wasi)
        with Linker(engine) as linker:
            # Only checked imports are linked.
            linker.add_wasip2()
            with linker.root() as root, root.add_instance(TRANSPORT) as instance:
                instance.add_resource("exchange", ResourceType.host(EXCHANGE), self._drop)
                instance.add_func("send", self._send)
                instance.add_func("[method]exchange.head", self._head)
                instance.add_func("[method]exchange.read", self._read)
            with self._trapping():
                self._instance = linker.instantiate(self._store, component)
        self._run: ResourceAny | None = self._call("[constructor]run", request)

    def pull(self) -> Page | Summary:
        """The next page, or the summary after the last one."""
        pulled = self._call("[method]run.pull", self._run)
        if pulled.tag == "page":
            return Page.of_record(pulled.payload)
        return Summary.of_record(pulled.payload)

    def close(self) -> Summary:
        """Ends the run in any state; it cleans up first."""
        return Summary.of_record(self._call("[method]run.close", self._run))

    def drop(self) -> None:
        """Frees the component's memory."""
        self._store.close()

    def _call(self, name: str, *arguments: Any) -> Any:
        with self._trapping():
            return self._func(name)(self._store, *arguments)

    @contextlib.contextmanager
    def _trapping(self) -> Iterator[None]:
        try:
            yield
        except (Trap, WasmtimeError) as error:
            reason = _cause(error)
            words = self._stderr.decode("utf-8", "replace").strip()[-LAST_WORDS:]
            raise Trapped(f"{reason}; its last words: {words}" if words else reason) from None

    def _func(self, name: str) -> Func:
        interface = self._instance.get_export_index(self._store, INVENTORY)
        index = self._instance.get_export_index(self._store, name, interface)
        func = index and self._instance.get_func(self._store, index)
        if not isinstance(func, Func):
            raise WasmtimeError(f"the component does not export {name}")
        return func

    def _hear(self, words: bytes) -> None:
        self._stderr = (self._stderr + words)[-4 * LAST_WORDS :]

    # The imports of the component. An exception would trap it, so each failure is returned as an
    # error of the interface.

    def _send(self, _store: Any, request: Any) -> ResourceHost:
        self._begun += 1
        self._exchanges[self._begun] = self._transport.send(
            request.url, request.headers, request.body
        )
        return ResourceHost.own(self._begun, EXCHANGE)

    def _head(self, store: Any, handle: ResourceAny) -> Any:
        def record(exchange: Exchange) -> HeadRecord:
            head = exchange.head()
            return HeadRecord(head.status, head.headers)

        return self._told(store, handle, record)

    def _read(self, store: Any, handle: ResourceAny) -> Any:
        return self._told(store, handle, Exchange.read)

    def _told(self, store: Any, handle: ResourceAny, ask: Callable[[Exchange], Any]) -> Any:
        try:
            return ask(self._exchanges[handle.to_host(store).rep])
        except Exception as error:
            failure = Failure.of(error)
            return Variant(failure.case, failure.words)
        finally:
            handle.close()

    def _drop(self, _store: Any, rep: int) -> None:
        self._transport.forget(self._exchanges.pop(rep))


def _cause(error: Exception) -> str:
    """The line with the reason; the others are a backtrace of addresses."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    causes = [line for line in lines if line.startswith("wasm trap: ")]
    return causes[-1] if causes else lines[-1]
