"""The way to a target as the environment says: through which proxy, and trusting which certificates."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from cadence.errors import ConfigError

if TYPE_CHECKING:
    from ssl import SSLContext

    from cadence.crm.credentials import Credentials

__all__ = ["certificates", "proxy_of", "through"]

_SCHEMES = ("http", "https")
_AUTHORITIES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def proxy_of(credentials: Credentials) -> str | None:
    """Return the address of the proxy to the target, None where it is reached directly, as this machine always is.

    It is looked for once, for that takes longer than a request. The names are curl's: HTTPS_PROXY, HTTP_PROXY,
    ALL_PROXY and NO_PROXY, in lower case too; on macOS and Windows the system's settings where none is set. Raises
    ConfigError for a proxy that cannot be used, rather than going past it.
    """
    target = urlsplit(credentials.base_url)
    if credentials.is_loopback or proxy_bypass(target.hostname or ""):
        return None
    named = getproxies()
    proxy = named.get(target.scheme) or named.get("all")
    return proxy and _checked(proxy, credentials.target)


def through(proxy: str | None) -> str:
    """Return what is said after the reason why no connection could be made; nothing where there is no proxy."""
    return f", through the proxy '{_shown(proxy)}'" if proxy else ""


def certificates(credentials: Credentials) -> SSLContext | bool:
    """Return whom to trust: certifi's authorities, or those in SSL_CERT_FILE or SSL_CERT_DIR; False without TLS.

    Reading them takes 40 ms. Raises ConfigError where they cannot be read.
    """
    if not credentials.base_url.startswith("https"):
        return False
    import httpx  # noqa: PLC0415 - for its rule which authorities these are

    try:
        return httpx.create_ssl_context()
    except OSError as error:
        named = next((f"{each} '{os.environ[each]}'" for each in _AUTHORITIES if os.environ.get(each)), "")
        raise ConfigError(
            f"{credentials.target}: the authorities to trust cannot be read from {named or 'certifi'}: {error}",
            hint="correct SSL_CERT_FILE or SSL_CERT_DIR in the environment, or take it out",
        ) from error


def _checked(proxy: str, target: str) -> str:
    address = proxy if "://" in proxy else f"http://{proxy}"
    try:
        parts = urlsplit(address)
        usable = parts.scheme in _SCHEMES and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError(
            f"{target}: the proxy that the environment names cannot be used: '{_shown(address)}'",
            hint="write HTTPS_PROXY or ALL_PROXY as http://HOST:PORT, or name the target's host in NO_PROXY",
        )
    return address


def _shown(address: str) -> str:
    """Return the address without the name and password in it."""
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}"
