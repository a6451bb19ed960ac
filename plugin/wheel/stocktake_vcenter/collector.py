"""The component, compiled once for all runs of a process."""

from __future__ import annotations

from importlib import resources

from wasmtime import Config, Engine
from wasmtime.component import Component

from . import world
from .guest import Guest
from .handler import Handler
from .limits import Limits
from .policy import Policy
from .request import Request
from .run import Run
from .transport import Transport
from .trust import Trust


class Collector:
    """The component, compiled. Many threads may use it at the same time."""

    def __init__(self, component: bytes | None = None) -> None:
        """Compiles `component`, else the one of this package, which takes about a second.

        Raises `ForeignComponent` for one that imports more than `collector-transport` offers.
        """
        if component is None:
            component = resources.files(__package__).joinpath("vcenter.wasm").read_bytes()
        engine = _engine()
        with Component(engine, component) as compiled:
            imports = list(compiled.type.imports(engine))
            exports = list(compiled.type.exports(engine))
            world.check(imports, exports)
            self._code = compiled.serialize()

    def run(
        self,
        request: str,
        trust: Trust | None = None,
        *,
        policy: Policy | None = None,
        limits: Limits | None = None,
    ) -> Run:
        """Begins a run of a `collector-request-v1` document; leave it by `with` or `close`.

        `trust` is the system's authorities by default, and `policy` the endpoint of the request.
        """
        # An engine for each run, so that its epoch ends this run only.
        engine = _engine()
        limits = limits or Limits()
        asked = Request(request)
        transport = Transport(
            policy or Policy.for_request(asked), trust or Trust.system(), limits
        )

        def instantiate() -> Guest:
            component = Component.deserialize(engine, self._code)
            return Guest(engine, component, transport, limits, request)

        return Run(Handler(instantiate, engine.increment_epoch, transport, asked, limits))


def _engine() -> Engine:
    config = Config()
    config.epoch_interruption = True
    return Engine(config)
