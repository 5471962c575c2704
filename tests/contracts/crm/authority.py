"""An authority of our own, for a CRM that speaks TLS."""

from __future__ import annotations

import ssl
from functools import cache

import trustme

__all__ = ["authority", "server_context"]


@cache
def authority() -> trustme.CA:
    return trustme.CA()


@cache
def server_context(*names: str) -> ssl.SSLContext:
    """Return the context of a server with a certificate for *names*."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority().issue_cert(*names).configure_cert(context)
    return context
