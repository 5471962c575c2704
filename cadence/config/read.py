"""Read `cadence.toml` and the environment into Settings."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cadence.config.bounds import HEARTBEAT, RATE, SUBMIT, TASKS_A_DAY, WEBHOOK_TIMEOUT, expiry_of
from cadence.config.settings import (
    LOCAL,
    ServiceSettings,
    Settings,
    SubmitSettings,
    TargetSettings,
    TemporalSettings,
    in_variables,
)
from cadence.diagnostics import Finding, Place, did_you_mean
from cadence.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence.config.bounds import Bounds

__all__ = ["load_settings"]

_FILE = "cadence.toml"
_SEE = "see the settings in docs/reference/settings.md"
_PREFIX = "CADENCE_"
_TARGETS = "CADENCE_TARGETS__"
_TARGET_KEYS = ("base_url", "api_key", "business_id", "user_id")
_TEMPORAL_FILES = ("cert", "key", "ca")
_TEMPORAL_TEXTS = ("namespace", "task_queue", "api_key", "deployment", "metrics")
_SECRETS = ("api_key", "hook_secret")
_GLANCE = 80
_RULE_KEYS = ("quiet_hours", "max_per_day", "min_gap", "not_on")


def load_settings(directory: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings that hold in *directory* (the working directory by default).

    `cadence.toml` is sought there and in the folders above. `CADENCE_SECTION__KEY` in *environ* overrides a key.
    Raises ConfigError with every finding of both at once.
    """
    here = (directory or Path.cwd()).resolve()
    path = next((folder / _FILE for folder in (here, *here.parents) if (folder / _FILE).is_file()), None)
    reader = _Reader(path.parent if path else here, path)
    reader.overlay(os.environ if environ is None else environ)
    return reader.settings()


class _Reader:
    """Collects the values and the findings of one load."""

    def __init__(self, root: Path, path: Path | None) -> None:
        self.root = root
        self.path = path
        self.origin: dict[tuple[str, ...], str] = {}
        self.findings: list[Finding] = []
        self.tree: dict[str, Any] = _toml(path) if path else {}
        self.named = _targets_in(self.tree)

    def overlay(self, environ: Mapping[str, str]) -> None:
        """Lay `CADENCE_SECTION__KEY` variables over the file; others that start with CADENCE_ are not settings."""
        self._tell_apart()
        for name in sorted(environ):
            if not name.startswith(_PREFIX) or "__" not in name:
                continue
            keys = self._keys(name.removeprefix(_PREFIX))
            self.origin[keys] = name
            self._put(keys, _rule_value(environ[name]) if keys[0] == "rules" else environ[name])

    def _tell_apart(self) -> None:
        """Find the targets of the file that no variable could tell apart."""
        seen: dict[str, str] = {}
        for name in self.named:
            other = seen.setdefault(in_variables(name), name)
            if other != name:
                keys = ("targets", name)
                message = (
                    f"targets.{name} is the same as targets.{other} to variables: {_TARGETS}{in_variables(name)}__..."
                )
                self._find(keys, "bad-setting", message, "rename one of them")

    def _keys(self, variable: str) -> tuple[str, ...]:
        """Return the keys that a variable without its prefix means; a target is that of the file which it spells."""
        spelled = variable.upper().replace("-", "_")
        for name in sorted(self.named, key=len, reverse=True):
            start = f"TARGETS__{in_variables(name)}__"
            if spelled.startswith(start):
                return ("targets", name, *spelled[len(start) :].lower().split("__"))
        return tuple(part.lower() for part in variable.split("__"))

    def _put(self, keys: tuple[str, ...], value: str) -> None:
        node = self.tree
        for key in keys[:-1]:
            child = node.get(key)
            if not isinstance(child, dict):
                child = node[key] = {}
            node = child
        node[keys[-1]] = value

    def settings(self) -> Settings:
        """Return the settings, or raise ConfigError with all that is wrong."""
        sections = ("ledger", "sequences", "calendars", "plan", "targets", "submit", "rules", "temporal", "service")
        self._known(self.tree, (), sections)
        sequences = self._folder(("sequences", "path"), "sequences")
        settings = Settings(
            root=self.root,
            path=self.path,
            ledger_url=self._ledger_url(),
            sequences=sequences,
            calendars=self._folder(("calendars", "path"), str(sequences / "calendars")),
            expires=self._expires(),
            default_target=self._text(("targets", "default"), ""),
            targets=self._targets(),
            submit=self._submit(),
            rules=self._section("rules", _RULE_KEYS),
            rule_variables={keys[1:]: name for keys, name in self.origin.items() if keys[0] == "rules"},
            temporal=self._temporal(),
            service=self._service(),
        )
        if self.findings:
            raise ConfigError(_summary(self.findings), findings=self.findings)
        return settings

    def _ledger_url(self) -> str:
        url = self._text(("ledger", "url"), "")
        self._section("ledger", ("url",))
        return self._anchored(url) if url else f"sqlite:///{self.root / '.cadence' / 'ledger.db'}"

    def _anchored(self, url: str) -> str:
        """Return a SQLite URL with its relative path counted from the root."""
        scheme, separator, path = url.partition(":///")
        if scheme != "sqlite" or not separator or not path or Path(path).is_absolute():
            return url
        return f"sqlite:///{self.root / path}"

    def _expires(self) -> str:
        self._section("plan", ("expires",))
        default = "24 hours"
        if self._value(("plan", "expires")) is None:
            return default
        text = self._text(("plan", "expires"), default)
        try:
            expiry_of(text)
        except ConfigError as error:
            self._find(("plan", "expires"), "bad-setting", error.message, error.hint)
        return text

    def _folder(self, keys: tuple[str, str], default: str) -> Path:
        self._section(keys[0], (keys[1],))
        return self.root / self._text(keys, default)

    def _targets(self) -> dict[str, TargetSettings]:
        targets = {}
        for name, keys in self._mapping(self.tree, ("targets",)).items():
            if name == "default":
                continue
            if not isinstance(keys, dict):
                self._wrong(("targets", name), keys, "a section with base_url, api_key, business_id and user_id")
                continue
            known = ("url",) if name == LOCAL else _TARGET_KEYS
            self._known(keys, ("targets", name), known)
            texts = {key: self._text(("targets", name, key), "") for key in known}
            if texts.get("url"):
                texts["url"] = self._anchored(texts["url"])
            targets[name] = TargetSettings(name, **texts)
        return targets

    def _submit(self) -> SubmitSettings:
        default = SubmitSettings()
        self._section("submit", ("quiet_period", "timeout", "concurrency", "rate", "marker"))
        marker = self._text(("submit", "marker"), default.marker)
        if marker not in ("note", "none"):
            self._wrong(("submit", "marker"), marker, "'note' or 'none'")
        numbers = {name: self._number(("submit", name), getattr(default, name), SUBMIT[name]) for name in SUBMIT}
        return SubmitSettings(**numbers, marker=marker)

    def _service(self) -> ServiceSettings:
        default = ServiceSettings()
        names = ("public_url", "rate", "tasks_a_day", "webhooks_allow", "webhook_timeout", "hook_secret")
        self._section("service", names)
        url = self._text(("service", "public_url"), "").rstrip("/")
        if url and not url.startswith(("http://", "https://")):
            self._wrong(("service", "public_url"), url, "an address, as in 'https://crm.example.com'")
        return ServiceSettings(
            public_url=url,
            rate=self._number(("service", "rate"), default.rate, RATE),
            tasks_a_day=self._number(("service", "tasks_a_day"), default.tasks_a_day, TASKS_A_DAY),
            webhooks_allow=self._names(("service", "webhooks_allow")),
            webhook_timeout=self._number(("service", "webhook_timeout"), default.webhook_timeout, WEBHOOK_TIMEOUT),
            hook_secret=self._text(("service", "hook_secret"), ""),
        )

    def _temporal(self) -> TemporalSettings:
        default = TemporalSettings()
        names = ("address", "tls", "heartbeat", "traces", *_TEMPORAL_FILES, *_TEMPORAL_TEXTS)
        if not self._section("temporal", names):
            return default
        address = self._text(("temporal", "address"), default.address)
        host, _, port = address.rpartition(":")
        if not host or "/" in host or not port.isdecimal():
            self._wrong(("temporal", "address"), address, "host:port, as in 'localhost:7233'")
        texts = {name: self._text(("temporal", name), getattr(default, name)) for name in _TEMPORAL_TEXTS}
        return TemporalSettings(
            address=address,
            tls=self._flag(("temporal", "tls"), default=default.tls),
            traces=self._flag(("temporal", "traces"), default=default.traces),
            heartbeat=self._number(("temporal", "heartbeat"), default.heartbeat, HEARTBEAT),
            **self._temporal_files(),
            **texts,
        )

    def _temporal_files(self) -> dict[str, str]:
        files = {name: self._text(("temporal", name), "") for name in _TEMPORAL_FILES}
        for one, other in (("cert", "key"), ("key", "cert")):
            if files[one] and not files[other]:
                self._wrong(("temporal", one), files[one], f"temporal.{other} beside it")
        return {name: str(self.root / path) if path else "" for name, path in files.items()}

    def _flag(self, keys: tuple[str, ...], *, default: bool) -> bool:
        value = self._value(keys)
        known = {True: True, False: False, "true": True, "false": False, None: default}
        if isinstance(value, bool | str | None) and value in known:
            return known[value]
        self._wrong(keys, value, "true or false")
        return default

    def _section(self, name: str, known: tuple[str, ...]) -> dict[str, Any]:
        if name not in self.tree:
            return {}
        section = self._mapping(self.tree, (name,))
        self._known(section, (name,), known)
        return section

    def _mapping(self, node: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
        value = node.get(keys[-1], {})
        if isinstance(value, dict):
            return value
        self._wrong(keys, value, f"a section: [{'.'.join(keys)}]")
        return {}

    def _value(self, keys: tuple[str, ...]) -> Any:
        node: Any = self.tree
        for key in keys:
            if not isinstance(node, dict) or key not in node:
                return None
            node = node[key]
        return node

    def _text(self, keys: tuple[str, ...], default: str) -> str:
        value = self._value(keys)
        if value is None:
            return default
        if isinstance(value, str):
            return value
        self._wrong(keys, value, "a text in quotes")
        return default

    def _names(self, keys: tuple[str, ...]) -> tuple[str, ...]:
        value = self._value(keys)
        names = value.split(",") if isinstance(value, str) else value or []
        if isinstance(names, list) and all(isinstance(name, str) for name in names):
            return tuple(name.strip() for name in names if name.strip())
        self._wrong(keys, value, "a list of texts")
        return ()

    def _number(self, keys: tuple[str, ...], default: float, bounds: Bounds) -> Any:
        value = self._value(keys)
        number = default if value is None else _number_in(value, bounds)
        if bounds.hold(number):
            return number
        self._wrong(keys, value, str(bounds))
        return default

    def _known(self, section: dict[str, Any], keys: tuple[str, ...], known: tuple[str, ...]) -> None:
        for key in section:
            if key not in known:
                dotted = ".".join((*keys, key))
                self._find((*keys, key), "unknown-setting", f"unknown setting '{dotted}'", did_you_mean(key, known))

    def _wrong(self, keys: tuple[str, ...], value: object, expected: str) -> None:
        shown = "a secret" if keys[-1] in _SECRETS else f"'{_shown(value)}'"
        self._find(keys, "bad-setting", f"{'.'.join(keys)} is {shown}, expected {expected}", None)

    def _find(self, keys: tuple[str, ...], code: str, message: str, hint: str | None) -> None:
        from_environment = self.origin.get(keys) or next(
            (v for k, v in self.origin.items() if k[: len(keys)] == keys), None
        )
        place = Place(f"${from_environment}" if from_environment else str(self.path or _FILE))
        self.findings.append(Finding(code, message, place, hint))


def _targets_in(tree: dict[str, Any]) -> list[str]:
    targets = tree.get("targets")
    return [name for name, keys in targets.items() if isinstance(keys, dict)] if isinstance(targets, dict) else []


def _number_in(value: object, bounds: Bounds) -> object:
    """Return the number that *value* is, or says as text; *value* itself where that is none."""
    try:
        if isinstance(value, str):
            return int(value) if bounds.whole else float(value)
        return value if bounds.whole or isinstance(value, bool) or not isinstance(value, int) else float(value)
    except (ValueError, OverflowError):
        return value


def _shown(value: object) -> str:
    """Return *value* for a message, cut where it is long; of some thousand digits Python makes no text at all."""
    try:
        text = str(value)
    except ValueError:
        return "a number of thousands of digits"
    return text if len(text) <= _GLANCE else f"{text[: _GLANCE - 1]}…"


def _rule_value(text: str) -> Any:
    """Return a rule's value from the environment: a number, a list or a table as TOML writes them, else the text."""
    if not (text.isdecimal() or text.startswith(("[", "{"))):
        return text
    import tomllib  # noqa: PLC0415 - only where a rule is set so

    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):  # no TOML, or a number of more digits than Python reads
        return text


def _toml(path: Path) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415 - only where there is a file

    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))  # some editors begin a file with a mark
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}", hint=_SEE) from None
    except ValueError:  # of a number that is longer Python makes none
        raise ConfigError(f"{path}: holds a number of more than 4,300 digits", hint=_SEE) from None
    except RecursionError:
        raise ConfigError(f"{path}: nested too deeply to be settings", hint=_SEE) from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None


def _summary(findings: list[Finding]) -> str:
    return f"{len(findings)} setting{'s' if len(findings) > 1 else ''} cannot be used"
