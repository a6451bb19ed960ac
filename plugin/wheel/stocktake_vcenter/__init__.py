"""Collects the inventory of a VMware vCenter by a WebAssembly component.

| module | holds |
| --- | --- |
| `collector` | the component, compiled once for all runs |
| `run` | one run: an iterator of pages, and the summary |
| `page`, `summary` | the results of a run |
| `response` | a run as one line of `collector-response-v1` |
| `trust` | which certificates are trusted |
| `policy`, `limits` | where a run may post to, and how much it may use |
| `guest`, `world` | the component under wasmtime, and what it may import |
| `transport`, `exchange`, `body`, `failure` | its HTTP, over urllib3 |
| `watch` | ends a run that is over its time |

The component has neither file, socket nor environment: all it can do is to post to the
endpoint of its request.
"""

from .collector import Collector
from .limits import Limits
from .page import Page
from .policy import Policy
from .response import write_response
from .run import Run
from .summary import Detection, Evidence, KindEvidence, Problem, Stats, Summary
from .trust import Trust
from .world import ForeignComponent

__all__ = [
    "Collector",
    "Detection",
    "Evidence",
    "ForeignComponent",
    "KindEvidence",
    "Limits",
    "Page",
    "Policy",
    "Problem",
    "Run",
    "Stats",
    "Summary",
    "Trust",
    "write_response",
]
