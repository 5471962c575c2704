"""Signatures of webhooks.

The package `standardwebhooks` is not used: it asks the machine for the time, and what is not base64 raises out of its
check. Source: Standard Webhooks 1.0.0, sections "Signature scheme" and "Verifying signatures".
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["TOLERANCE", "is_signed", "key_of", "new_secret", "sign"]

TOLERANCE = timedelta(minutes=5)
"""How far the time of an attempt may lie from one's own."""

_MARK = "whsec_"
_VERSION = "v1"
_LEAST_BYTES, _MOST_BYTES, _OURS_BYTES = 24, 64, 32


def new_secret() -> str:
    """Return a fresh secret."""
    return _MARK + base64.b64encode(secrets.token_bytes(_OURS_BYTES)).decode()


def key_of(secret: str) -> bytes:
    """Return the key that *secret* stands for. Raises ValueError where it is none."""
    if not secret.startswith(_MARK):
        raise ValueError("a secret begins with 'whsec_'")
    try:
        key = base64.b64decode(secret.removeprefix(_MARK), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("after 'whsec_' a secret is base64") from None
    if not _LEAST_BYTES <= len(key) <= _MOST_BYTES:
        raise ValueError("a secret is 24 to 64 bytes of base64 after 'whsec_'")
    return key


def sign(key: bytes, event_id: str, timestamp: int, content: bytes) -> str:
    """Return the signature of what is sent at *timestamp*, in seconds since 1970."""
    return f"{_VERSION},{base64.b64encode(_digest(key, event_id, str(timestamp), content)).decode()}"


def is_signed(keys: Iterable[bytes], header: str, event_id: str, timestamp: str, content: bytes) -> bool:
    """Return whether one of the signatures in *header* is by one of *keys*, without telling how much of it."""
    given = [_bytes_of(part) for part in header.split(" ") if part.startswith(f"{_VERSION},")]
    made = [_digest(key, event_id, timestamp, content) for key in keys]
    # All are compared, so that the time taken does not tell which came close.
    equal = [hmac.compare_digest(one, other) for one in given for other in made]
    return any(equal)


def _digest(key: bytes, event_id: str, timestamp: str, content: bytes) -> bytes:
    return hmac.digest(key, f"{event_id}.{timestamp}.".encode("utf-8", "surrogateescape") + content, hashlib.sha256)


def _bytes_of(signature: str) -> bytes:
    try:
        return base64.b64decode(signature.partition(",")[2], validate=True)
    except (binascii.Error, ValueError):
        return b""
