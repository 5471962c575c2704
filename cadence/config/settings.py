"""What can be set, with its defaults."""

from __future__ import annotations

from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cadence.diagnostics import suggest
from cadence.errors import ConfigError
from cadence.frozen import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "LOCAL",
    "ServiceSettings",
    "Settings",
    "SubmitSettings",
    "TargetSettings",
    "TemporalSettings",
    "in_variables",
]

LOCAL = "local"
_STATE = ".cadence"


def in_variables(target: str) -> str:
    """Return how a variable of the environment writes the name of a target, as in CADENCE_TARGETS__KI_ZEN__API_KEY."""
    return target.upper().replace("-", "_")


@dataclass(frozen=True, slots=True)
class TargetSettings:
    """One CRM account. For the target `local` all but `url`, its store, stay empty."""

    name: str
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    business_id: str = ""
    user_id: str = ""
    url: str = ""

    @property
    def is_local(self) -> bool:
        """Whether this is the embedded activity service."""
        return self.name == LOCAL


@dataclass(frozen=True, slots=True)
class SubmitSettings:
    """How activities are submitted. Times are in seconds, `rate` in requests a second (0 is no limit).

    `wait` is whether to sit out quiet periods and other runs; a command says so, no file.
    """

    quiet_period: float = 60.0
    timeout: float = 30.0
    concurrency: int = 8
    rate: float = 0.0
    marker: str = "note"
    wait: bool = True


@dataclass(frozen=True, slots=True)
class TemporalSettings:
    """Where Temporal is, and how workers use it.

    `cert`, `key` and `ca` are files; any of them, or `api_key`, turns TLS on. `heartbeat` is after how many seconds
    without a sign a worker is given up. `deployment` names the workers to Temporal's worker versioning; empty, they are
    not versioned. `metrics` is where to serve (`host:port`) or push (`http://...`) the SDK's metrics.
    """

    address: str = "localhost:7233"
    namespace: str = "default"
    task_queue: str = "cadence"
    tls: bool = False
    cert: str = ""
    key: str = ""
    ca: str = ""
    api_key: str = field(default="", repr=False)
    heartbeat: float = 30.0
    deployment: str = "cadence"
    metrics: str = ""
    traces: bool = False


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """How `cadence serve` answers. `public_url` is where callers find it, without a slash at its end.

    `tasks_a_day` is how many tasks fill a person's day. `webhooks_allow` names the places inside, `host` or
    `host:port`, to which webhooks may go; `webhook_timeout` is how many seconds one attempt may take. `hook_secret` is
    what the CRM signs its webhooks with; empty, none are taken. `rate` is how many requests a second each key may make
    of the API (0 is no limit).
    """

    public_url: str = ""
    rate: float = 0.0
    tasks_a_day: int = 12
    webhooks_allow: tuple[str, ...] = ()
    webhook_timeout: float = 15.0
    hook_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. `root` is the folder of `cadence.toml`, else the working directory; paths are relative to it.

    `expires` is how long a plan may be applied, as an offset. `rules` are the project's own, not yet parsed;
    `rule_variables` are those of the environment that some of them come from, by their keys below [rules].
    """

    root: Path = field(default_factory=Path)
    path: Path | None = None
    ledger_url: str = ""
    sequences: Path = field(default_factory=lambda: Path("sequences"))
    calendars: Path = field(default_factory=lambda: Path("sequences/calendars"))
    expires: str = "24 hours"
    default_target: str = ""
    targets: Mapping[str, TargetSettings] = field(default_factory=dict)
    submit: SubmitSettings = field(default_factory=SubmitSettings)
    rules: Mapping[str, Any] = field(default_factory=dict)
    rule_variables: Mapping[tuple[str, ...], str] = field(default_factory=dict)
    temporal: TemporalSettings = field(default_factory=TemporalSettings)
    service: ServiceSettings = field(default_factory=ServiceSettings)

    @property
    def state(self) -> Path:
        """The folder of the ledger and the embedded store."""
        return self.root / _STATE

    @property
    def store_url(self) -> str:
        """Where the embedded activity service keeps its data."""
        configured = self.targets.get(LOCAL)
        return (configured and configured.url) or f"sqlite:///{self.state / 'activities.db'}"

    def target(self, name: str | None = None) -> TargetSettings:
        """Return the target of that name, else the default, else the only one configured, else `local`.

        Raises ConfigError for an unknown name, and where several are configured and none is the default.
        """
        chosen = name or self.default_target
        if chosen:
            return self._named(chosen)
        match list(self.targets.values()):
            case []:
                return TargetSettings(LOCAL)
            case [only]:
                return only
            case several:
                names = ", ".join(target.name for target in several)
                raise ConfigError(
                    f"{self.path or 'the environment'}: several targets are configured ({names}) and none is chosen",
                    hint="choose one with --target NAME, or set `default` in [targets]",
                )

    def _named(self, name: str) -> TargetSettings:
        if name in self.targets:
            return self.targets[name]
        if name == LOCAL:
            return TargetSettings(LOCAL)
        meant = suggest(name, [*self.targets, LOCAL])
        section = f"a target is a section [targets.{name}] in cadence.toml"
        raise ConfigError(f"unknown target '{name}'", hint=f"did you mean '{meant}'? {section}" if meant else section)
