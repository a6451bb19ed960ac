"""Limits of a run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Limits of a run; the defaults are those of the executable."""

    memory_bytes: int = 512 << 20
    """Of each of the component's linear memories; it has one."""

    wall_seconds: float = 300
    """From the start to the summary, what the caller does with pages included."""

    grace_seconds: float = 2
    """For the clean-up on the server after the run was asked to end."""

    connect_seconds: float = 10
    """Until a connection is established; as long again for its TLS handshake."""

    silence_seconds: float = 120
    """Until a reply begins, and between two pieces of it."""

    exchange_seconds: float = 300
    """For one request and its whole reply."""

    request_bytes: int = 1 << 20
    """Of one request's body."""

    reply_bytes: int = 1 << 30
    """Of one reply's body, as received and decompressed."""

    run_bytes: int = 16 << 30
    """Of all replies' bodies, as received and decompressed."""

    requests: int = 100_000
    """Of a run."""

    connections: int = 4
    """At the same time."""
