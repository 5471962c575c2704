"""Which target is used, in a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from cadence.cli.targetline import target_line
from cadence.config import Settings, TargetSettings
from cadence.errors import ConfigError

HERE = Path("/project")


def test_without_any_target_the_local_one_is_named_with_the_way_to_another() -> None:
    assert target_line(Settings(root=HERE), None, here=HERE) == (
        "target: local (.cadence/activities.db); set [targets.kizen] in cadence.toml for a CRM"
    )


def test_a_store_elsewhere_is_shown_whole() -> None:
    settings = Settings(root=Path("/other"), targets={"local": TargetSettings("local")})
    assert target_line(settings, None, here=HERE) == "target: local (/other/.cadence/activities.db)"


def test_a_crm_is_named_with_its_address() -> None:
    settings = Settings(targets={"kizen": TargetSettings("kizen", "https://crm.example", "s3cret")})
    assert target_line(settings, "kizen", here=HERE) == "target: kizen (https://crm.example)"
    assert target_line(settings, "local", here=HERE).startswith("target: local (")


def test_an_unknown_target_is_refused() -> None:
    with pytest.raises(ConfigError, match="unknown target 'kizn'"):
        target_line(Settings(), "kizn", here=HERE)
