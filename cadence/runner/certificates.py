"""The certificates by which a worker and Temporal know each other, as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cadence.errors import ConfigError

if TYPE_CHECKING:
    from cadence.config import TemporalSettings

__all__ = ["Certificates", "read_certificates"]


class Certificates(NamedTuple):
    """The authority that signed the server's certificate, and the client's own with its key; each as PEM, or None."""

    ca: bytes | None
    cert: bytes | None
    key: bytes | None


def read_certificates(settings: TemporalSettings) -> Certificates | None:
    """Return the files that the settings name, None where they name none. Raises ConfigError."""
    if not (settings.ca or settings.cert):
        return None
    return Certificates(
        _read(settings.ca, "ca", holds="CERTIFICATE"),
        _read(settings.cert, "cert", holds="CERTIFICATE"),
        _read(settings.key, "key", holds="PRIVATE KEY"),
    )


def _read(path: str, setting: str, *, holds: str) -> bytes | None:
    if not path:
        return None
    try:
        pem = Path(path).read_bytes()
    except OSError as error:
        raise ConfigError(
            f"{path}: cannot be read: {error.strerror}", hint=f"correct {setting} in [temporal]"
        ) from None
    if f"{holds}-----".encode() not in pem:
        raise ConfigError(
            f"{path}: holds no {holds.lower()} in PEM", hint=f"correct {setting} in [temporal]: -----BEGIN {holds}-----"
        )
    return pem
