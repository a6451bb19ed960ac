"""Why there is no reply, or no complete one. Nothing of a request, a reply or a server's name is quoted."""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Iterator

from urllib3 import exceptions


class Failure(Exception):
    """A case of the interface's `error`, with its message if the case has one."""

    def __init__(self, case: str, words: str | None = None) -> None:
        super().__init__(case if words is None else f"{case}: {words}")
        self.case = case
        self.words = words

    @classmethod
    def other(cls, words: str) -> Failure:
        return cls("other", words)

    @classmethod
    def of(cls, error: Exception) -> Failure:
        """The failure behind an exception of urllib3 or of the layers below."""
        if isinstance(error, Failure):
            return error
        if isinstance(error, exceptions.NameResolutionError):
            return cls("dns")
        if isinstance(error, exceptions.NewConnectionError):
            return cls("refused")
        if isinstance(error, (exceptions.TimeoutError, TimeoutError)):
            return cls("timeout")
        if isinstance(error, exceptions.EmptyPoolError):
            return cls.other("too many replies are left unread")
        if isinstance(error, exceptions.SSLError):
            return _of_tls(error)
        if isinstance(error, (exceptions.DecodeError, UnicodeError)):
            return cls.other("the reply is damaged: it does not unpack")
        if isinstance(error, (exceptions.ProtocolError, OSError)):
            return _of_connection(error)
        return cls.other(f"the exchange failed by {type(error).__name__}")


def _of_tls(error: exceptions.SSLError) -> Failure:
    causes = list(_causes(error))
    # urllib3 reports a certificate other than the pinned one by a message only.
    refused_by_urllib3 = not any(isinstance(cause, ssl.SSLError) for cause in causes)
    if refused_by_urllib3 or any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return Failure("certificate")
    if any(isinstance(cause, (ssl.SSLEOFError, ssl.SSLZeroReturnError)) for cause in causes):
        return Failure("cut")
    return Failure("tls")


def _of_connection(error: Exception) -> Failure:
    causes = list(_causes(error))
    lost = (OSError, http.client.IncompleteRead)
    if any(isinstance(cause, http.client.HTTPException) for cause in causes) and not any(
        isinstance(cause, lost) for cause in causes
    ):
        return Failure.other("what was answered is not HTTP")
    return Failure("cut")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The exception and its causes."""
    yield error
    for part in error.args:
        if isinstance(part, BaseException):
            yield from _causes(part)
