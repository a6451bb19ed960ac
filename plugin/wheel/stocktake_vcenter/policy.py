"""The egress policy of a run: POSTs to one path of one server."""

from __future__ import annotations

from dataclasses import dataclass

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

from .request import Request

DEFAULT_PORTS = {"http": 80, "https": 443}

# The allowed headers of a vSphere API call. The transport sets framing and coding.
HEADERS = frozenset({"accept", "content-type", "cookie", "soapaction"})


@dataclass(frozen=True)
class Policy:
    """The one URL that a run may post to."""

    scheme: str
    """`https` or `http`."""
    host: str
    """In lower case, an IPv6 address in brackets."""
    port: int
    path: str
    """From `/`, to `/sdk`."""

    @classmethod
    def for_endpoint(cls, endpoint: str) -> Policy:
        """Allows the vSphere API at an endpoint as in `source.config.endpoint`.

        Raises `ValueError` for what is not of the form `https://host[:port]`.
        """
        place = _place(endpoint.strip())
        if place is None:
            raise ValueError("the endpoint must look like https://host[:port]")
        scheme, host, port, path = place
        path = path.rstrip("/")
        return cls(scheme, host, port, path if path.endswith("/sdk") else path + "/sdk")

    @classmethod
    def for_request(cls, request: Request) -> Policy | None:
        """Allows the endpoint of a request.

        One without a usable endpoint allows nothing; the component itself says what is wrong with it.
        """
        try:
            return cls.for_endpoint(request.endpoint or "")
        except ValueError:
            return None

    def admits(self, url: str) -> bool:
        """Whether a URL is this one, without user, query or fragment."""
        return _place(url) == (self.scheme, self.host, self.port, self.path)

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}{self.path}"


def _place(url: str) -> tuple[str, str, int, str] | None:
    try:
        parsed: Url = parse_url(url)
    except LocationParseError:
        return None
    default = DEFAULT_PORTS.get(parsed.scheme or "")
    extra = (parsed.auth, parsed.query, parsed.fragment)
    if default is None or not parsed.host or any(part is not None for part in extra):
        return None
    port = default if parsed.port is None else parsed.port
    return (parsed.scheme or "", parsed.host.lower(), port, parsed.path or "/")
