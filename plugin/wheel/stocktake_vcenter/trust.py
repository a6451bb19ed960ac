"""Which certificates are trusted."""

from __future__ import annotations

import os
import re
import ssl
from typing import Any

PIN = re.compile(r"sha256:([0-9a-f]{64})")


class Trust:
    """Which certificates are trusted: those of the system's roots, those of one file, or one certificate."""

    def __init__(self, context: ssl.SSLContext, fingerprint: str | None = None) -> None:
        self._context = context
        self._fingerprint = fingerprint

    @classmethod
    def system(cls) -> Trust:
        """Trusts the certificate authorities of this machine."""
        context = _context()
        context.load_default_certs()
        return cls(context)

    @classmethod
    def ca_file(cls, path: str | os.PathLike[str]) -> Trust:
        """Trusts only the certificate authorities of a PEM file.

        Raises `ValueError` when the file cannot be read or holds no certificate.
        """
        context = _context()
        try:
            context.load_verify_locations(cafile=path)
        except ssl.SSLError:
            raise ValueError(f"ca file {os.fspath(path)}: it holds no usable certificate") from None
        except OSError as error:
            raise ValueError(f"ca file {os.fspath(path)}: {error.strerror}") from None
        return cls(context)

    @classmethod
    def pin(cls, text: str) -> Trust:
        """Trusts only the certificate with this `sha256:HEX`; name and validity are not checked.

        Raises `ValueError` when the text is not of that form.
        """
        kind, _, digits = text.strip().lower().partition(":")
        # Browsers and openssl print colons between the bytes.
        match = PIN.fullmatch(f"{kind}:{digits.replace(':', '')}")
        if match is None:
            raise ValueError(
                "pin: expected sha256: and 64 hexadecimal digits, with or without colons between them"
            )
        context = _context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return cls(context, match[1])

    def options(self) -> dict[str, Any]:
        """The settings of urllib3's connection pool."""
        return {
            "ssl_context": self._context,
            # The pool sets the mode of the context from it.
            "cert_reqs": self._context.verify_mode,
            "assert_fingerprint": self._fingerprint,
        }


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # An authority that is trusted need not be a root.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    return context
