"""Puts the component into the wheel: the file that `STOCKTAKE_COMPONENT` names."""

import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ComponentHook(BuildHookInterface):  # type: ignore[type-arg]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        # An editable installation uses the sources in place, and a component given by the user.
        if version == "editable":
            return
        named = os.environ.get("STOCKTAKE_COMPONENT", "")
        if not Path(named).is_file():
            raise ValueError(
                f"STOCKTAKE_COMPONENT is {named!r}, which is not a file; "
                "set it to the component of the world collector-transport"
            )
        build_data["force_include"][named] = "stocktake_vcenter/vcenter.wasm"
