"""What a component may import and must export, by name."""

import re

TRANSPORT = "stocktake:collector/transport@1.0.0"
INVENTORY = "stocktake:collector/inventory@1.0.0"

# For the message of a panic. Any release of WASI 0.2; stderr depends on its stream.
WASI = re.compile(r"wasi:(cli/stderr|io/error|io/poll|io/streams)@0\.2\.\d+")


class ForeignComponent(ValueError):
    """The component is not one of the world `collector-transport`."""


def check(imports: list[str], exports: list[str]) -> None:
    """Raises `ForeignComponent` for a component that imports more than the world provides, or is not a collector."""
    foreign = [name for name in imports if name != TRANSPORT and not WASI.fullmatch(name)]
    if foreign:
        raise ForeignComponent(
            f"the component imports {', '.join(foreign)}, which the world collector-transport does not offer"
        )
    if INVENTORY not in exports:
        raise ForeignComponent(f"the component does not export {INVENTORY}; it is not a collector")
