"""Settings: `cadence.toml`, found upwards, overridden key by key from the environment."""

from __future__ import annotations

from cadence.config.read import load_settings
from cadence.config.settings import LOCAL, ServiceSettings, Settings, SubmitSettings, TargetSettings, TemporalSettings

__all__ = [
    "LOCAL",
    "ServiceSettings",
    "Settings",
    "SubmitSettings",
    "TargetSettings",
    "TemporalSettings",
    "load_settings",
]
