"""Where a CRM account is, and the three headers that open it."""

from __future__ import annotations

from dataclasses import field
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from cadence.config.settings import in_variables
from cadence.errors import ConfigError
from cadence.frozen import dataclass

__all__ = ["Credentials"]

_PRINTABLE = range(0x21, 0x7F)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A base URL and the key, business and user that every request names. The key is never shown.

    `target` is what messages call the account. Raises ConfigError for a URL or a header value that must not be sent.
    """

    base_url: str
    api_key: str = field(repr=False)
    business_id: str
    user_id: str
    target: str = "the CRM"

    def __post_init__(self) -> None:
        object.__setattr__(self, "base_url", _checked_url(self.base_url, self.target))
        for setting in ("api_key", "business_id", "user_id"):
            _check_header_value(getattr(self, setting), setting, target=self.target)

    @property
    def headers(self) -> dict[str, str]:
        """The three headers of every request."""
        return {"X-API-KEY": self.api_key, "X-BUSINESS-ID": self.business_id, "X-USER-ID": self.user_id}

    @property
    def is_loopback(self) -> bool:
        """Whether requests stay on this machine."""
        return _is_loopback(urlsplit(self.base_url).hostname or "")


def _check_header_value(value: str, setting: str, *, target: str) -> None:
    # A line break in a header value would let whoever wrote the settings add headers or a second request.
    if not value:
        raise ConfigError(f"{target}: {setting} is empty", hint=_way_out(setting, target))
    for position, character in enumerate(value, start=1):
        if ord(character) not in _PRINTABLE:
            raise ConfigError(
                f"{target}: {setting} holds a character that no header may carry "
                f"(U+{ord(character):04X} at position {position} of {len(value)})",
                hint="copy it again, without spaces or line breaks",
            )


def _checked_url(url: str, target: str) -> str:
    parts = _split(url, target)
    shown = _without_secrets(parts)
    if not url:
        raise ConfigError(f"{target}: base_url is empty", hint=_way_out("base_url", target))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(f"{target}: base_url '{shown}' is not a web address", hint="write it as https://HOST")
    if parts.username or parts.password or parts.query or parts.fragment:
        raise ConfigError(
            f"{target}: base_url '{shown}' carries more than a host and a path",
            hint="write it as https://HOST and give the key as api_key",
        )
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise ConfigError(f"{target}: base_url '{shown}' would send the key unencrypted", hint="use https://")
    return url.rstrip("/")


def _split(url: str, target: str) -> SplitResult:
    try:
        if not all(ord(character) in _PRINTABLE for character in url):
            raise ValueError  # noqa: TRY301 - one message for every unreadable address
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ConfigError(f"{target}: base_url cannot be read", hint="write it as https://HOST[:PORT]") from None
    return parts


def _without_secrets(parts: SplitResult) -> str:
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _way_out(setting: str, target: str) -> str:
    variable = f"CADENCE_TARGETS__{in_variables(target)}__{setting.upper()}"
    return f"set it in [targets.{target}] of cadence.toml, or as {variable}"
